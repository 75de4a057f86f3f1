"""The zoo of files: nearly all legitimate ones are taken, what was seen is seen, each refusal says its true cause."""

from __future__ import annotations

import io

import numpy
import pypdfium2
import pytest
from PIL import Image, ImageOps

from suchang.workflows.application.sanitiser import CAUSES, Refused, sanitise
from tests.support.file_zoo import animals
from tests.support.file_zoo.documents import by_fpdf
from tests.support.file_zoo.signed import signed, trust

ZOO = animals()
TAKEN = sorted(name for name, one in ZOO.items() if one.cause is None)
REFUSED = sorted(name for name, one in ZOO.items() if one.cause is not None)


def pages(data: bytes) -> list[numpy.ndarray]:
    """Render as a reader shows it: annotations and entries of forms included, its text smoothed one way."""
    document = pypdfium2.PdfDocument(data)
    if document.get_formtype():
        document.init_forms()
        pypdfium2.raw.FPDF_SetFormFieldHighlightAlpha(document.formenv, 0)
    shown = []
    for number in range(min(len(document), 4)):
        page = document[number]
        shown.append(page.render(scale=1, optimize_mode="lcd").to_numpy().copy())
        page.close()
    document.close()
    return shown


def words(data: bytes) -> str:
    document = pypdfium2.PdfDocument(data)
    text = document[0].get_textpage().get_text_range()
    document.close()
    return text


def same_picture(before: bytes, after: bytes, *, exact: bool) -> None:
    opened = Image.open(io.BytesIO(before))
    if opened.width * opened.height > 40_000_000:
        opened.draft(None, (opened.width // 4, opened.height // 4))
    shown = Image.open(io.BytesIO(after))
    wanted = ImageOps.exif_transpose(opened)
    if wanted.mode == "I;16":
        wanted = wanted.convert("I").point(lambda value: value / 257.0, "F").convert("L")
    mode = "RGBA" if shown.mode == "RGBA" else "RGB"
    assert abs(wanted.width / wanted.height - shown.width / shown.height) < 0.01 * wanted.width / wanted.height
    if exact:
        assert numpy.array_equal(numpy.asarray(wanted.convert(mode)), numpy.asarray(shown.convert(mode)))
        return
    side = (min(200, shown.width), min(200, shown.height))
    one, other = (
        numpy.asarray(picture.convert(mode).resize(side, Image.Resampling.BOX), int) for picture in (wanted, shown)
    )
    assert abs(one - other).mean() < 3


@pytest.mark.parametrize("name", TAKEN)
def test_same_is_seen_when_a_legitimate_file_is_rebuilt(name: str) -> None:
    one = ZOO[name]
    before = one.make()
    clean = sanitise(before)
    assert tuple(found.verdict for found in clean.signatures) == one.verdicts
    if clean.media_type != "application/pdf":
        import pillow_heif

        pillow_heif.register_heif_opener()
        same_picture(before, clean.content, exact=one.exact)
        return
    start = before.find(b"%PDF-")
    if one.exact:
        for was, now in zip(pages(before[start:]), pages(clean.content), strict=True):
            assert was.shape == now.shape
            different = int((was != now).sum())
            assert different == 0
    if one.seen:
        assert one.seen in words(clean.content)


@pytest.mark.parametrize("name", REFUSED)
def test_true_cause_is_said_when_a_file_is_refused(name: str) -> None:
    with pytest.raises(Refused) as refused:
        sanitise(ZOO[name].make())
    assert refused.value.cause == ZOO[name].cause
    said = CAUSES[refused.value.cause]
    assert said.en.endswith(".")
    assert said.zh.endswith("。")


def test_zoo_is_large_when_it_is_counted() -> None:
    assert len(ZOO) >= 200
    assert {one.cause for one in ZOO.values()} - {None} <= set(CAUSES)


def test_signature_is_trusted_when_the_office_believes_its_issuer(tmp_path) -> None:
    trust(tmp_path, "rsa")
    (found,) = sanitise(signed(by_fpdf), tmp_path).signatures
    assert (found.verdict, found.signer) == ("trusted", "电子印章 rsa")
    (other,) = sanitise(signed(by_fpdf, kind="ec"), tmp_path).signatures
    assert other.verdict == "unknown_signer"
