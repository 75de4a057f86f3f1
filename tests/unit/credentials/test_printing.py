"""The printed card, read back from the rasterised page."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from io import BytesIO

import pikepdf
import pypdfium2
import pytest
import zxingcpp
from PIL import Image, ImageFont

from suchang.credentials.print.fonts import WHOLE, FontShelf, _Outlines
from suchang.credentials.print.printed_card import CardFace, card_pdf, card_png, grouped, qr_modules
from suchang.domain.errors import Unavailable
from suchang.domain.vocabulary import Relation
from suchang.web.npm_parts import NODE_MODULES
from tests.unit.credentials.support import print_token, text_of

MADE = datetime(2026, 11, 1, 8, 0, tzinfo=UTC)
FACE = CardFace(
    number="SC7Q4M2K9TX3HD",
    name="张*",
    tier="B",
    kind=("江苏省高层次人才", "Jiangsu high-level talent"),
    valid_until=date(2031, 10, 31),
    code=text_of(print_token()),
)


@pytest.fixture(scope="module")
def fonts(tmp_path_factory):
    return FontShelf(NODE_MODULES, tmp_path_factory.mktemp("fonts"))


@pytest.fixture(scope="module")
def pdf(fonts):
    return card_pdf(FACE, fonts, MADE)


def _page(pdf: bytes, dpi: int) -> Image.Image:
    document = pypdfium2.PdfDocument(pdf)
    page = document[0]
    picture = page.render(scale=dpi / 72).to_pil()
    page.close()
    document.close()
    return picture


@pytest.mark.parametrize("dpi", [120, 300])
def test_code_is_read_back_when_the_page_is_rasterised(pdf, dpi):
    found = zxingcpp.read_barcodes(_page(pdf, dpi))
    assert [one.text for one in found] == [FACE.code]
    assert found[0].ec_level == "Q"


def test_code_is_read_back_when_the_page_was_copied_badly(pdf):
    """Grey, turned by two degrees, scaled down and with a stain over a corner of the code."""
    picture = _page(pdf, 300).convert("L").rotate(2, Image.Resampling.BICUBIC, expand=True, fillcolor=255)
    corner = zxingcpp.read_barcodes(picture)[0].position.bottom_right
    picture.paste(140, (corner.x - 70, corner.y - 70, corner.x, corner.y))
    worn = picture.resize((picture.width // 2, picture.height // 2))
    assert [one.text for one in zxingcpp.read_barcodes(worn)] == [FACE.code]


def test_code_is_read_back_when_the_picture_is_put_on_a_dark_ground(fonts):
    picture = Image.open(BytesIO(card_png(FACE, fonts)))
    dark = Image.new("RGBA", (picture.width + 200, picture.height + 200), "#111111")
    dark.alpha_composite(picture, (100, 100))
    assert [one.text for one in zxingcpp.read_barcodes(dark.convert("RGB"))] == [FACE.code]


def test_card_has_the_size_of_a_bank_card_when_printed_at_actual_size(pdf, fonts):
    page = _page(pdf, 300)
    assert (round(page.width / 300 * 25.4), round(page.height / 300 * 25.4)) == (210, 297)
    dark = page.convert("L").crop((0, 600, page.width, 1500)).point(lambda grey: 255 if grey < 128 else 0)
    row = dark.crop((0, 400, page.width, 402)).getbbox()
    assert row is not None
    # The dashed line lies one millimetre outside the card on each side.
    assert (row[2] - row[0]) / 300 * 25.4 == pytest.approx(85.60, abs=2.3)
    picture = Image.open(BytesIO(card_png(FACE, fonts, dpi=600)))
    assert (picture.width / 600 * 25.4, picture.height / 600 * 25.4) == pytest.approx((85.60, 53.98), abs=0.05)
    assert picture.info["dpi"] == pytest.approx((600, 600), abs=0.1)


def test_words_can_be_copied_and_fonts_are_embedded_when_the_sheet_is_opened(pdf):
    document = pypdfium2.PdfDocument(pdf)
    page = document[0]
    words = page.get_textpage()
    text = words.get_text_range()
    words.close()
    page.close()
    document.close()
    for part in ("苏畅卡", "张*", "2031-10-31", "SC 7Q4M 2K9T X3HD", "江苏省高层次人才", "identity document"):
        assert part in text
    with pikepdf.open(BytesIO(pdf)) as opened:
        fonts = [one for one in opened.objects if isinstance(one, pikepdf.Dictionary) and one.get("/Type") == "/Font"]
        composite = [one for one in fonts if one.Subtype == "/Type0"]
        assert len(composite) == 3
        assert all("/FontFile2" in one.DescendantFonts[0].FontDescriptor for one in composite)
        assert opened.Root.Lang == "zh-CN"


def test_relation_is_printed_when_the_card_is_a_dependants(fonts):
    sheet = card_pdf(replace(FACE, relation=Relation.SPOUSE), fonts, MADE)
    document = pypdfium2.PdfDocument(sheet)
    page = document[0]
    words = page.get_textpage()
    assert "持卡人配偶 Spouse" in words.get_text_range()
    words.close()
    page.close()
    document.close()


def test_lattice_differs_when_the_number_differs(fonts):
    # The strip below the code holds nothing but the lattice and one line of text.
    one, other = (card_png(replace(FACE, number=number), fonts, dpi=150) for number in (FACE.number, "SC0000000000A1"))
    strips = [Image.open(BytesIO(png)).crop((220, 8, 500, 19)).tobytes() for png in (one, other)]
    assert strips[0] != strips[1]


def test_same_bytes_when_the_same_sheet_is_printed_again(pdf, fonts):
    assert card_pdf(FACE, fonts, MADE) == pdf


def test_next_version_is_drawn_when_a_code_is_longer_than_usual():
    assert len(qr_modules(FACE.code)) == 81 + 8
    assert len(qr_modules("A" * 600)) > 81 + 8


def test_only_the_name_is_cut_anew_when_another_person_prints(fonts, pdf, monkeypatch):
    cut = []
    build = fonts._build

    def watched(letters, weight):
        cut.append((letters, weight))
        return build(letters, weight)

    monkeypatch.setattr(fonts, "_build", watched)
    card_pdf(replace(FACE, name="欧阳**", number="SC0000000000A1"), fonts, MADE)
    card_pdf(replace(FACE, name="欧阳**"), fonts, MADE)
    assert cut == [("*欧阳", 700)]


def ink(fonts, letters: str, weight: int = 700) -> dict[str, bytes]:
    """Draw each character by itself."""
    face = ImageFont.truetype(str(fonts.subset(letters, weight)), 40)
    return {letter: bytes(face.getmask(letter)) for letter in letters}


@pytest.mark.parametrize(
    "letters",
    ["łŁşŞğİőűčžđøßñ", "张㛃䶮鿍𬭎𬸚𫖯𫚉𬶍𪩘𫄧𬜯", "㐀䶵一龥"],
    ids=["letters of Europe", "names beyond the plane", "ends of the blocks"],
)
def test_each_character_has_a_look_of_its_own_when_it_is_printed(fonts, letters):
    drawn = ink(fonts, letters)
    assert all(any(picture) for picture in drawn.values())
    assert len(set(drawn.values())) == len(letters)


def test_all_of_level_two_has_outlines_when_the_whole_font_is_read(fonts):
    """GB 18030-2022, levels 1 and 2: the unified ideographs, extension A, and those beyond the first plane."""
    outlines = _Outlines(fonts._slices, fonts._modules / WHOLE / "700Bold/NotoSansSC_700Bold.ttf", 700)
    wanted = [*range(0x4E00, 0x9FA6), *range(0x3400, 0x4DB6)]
    assert [hex(code) for code in wanted if outlines._found(code) is None] == []
    _, names, _ = outlines._open(outlines._whole)
    assert sum(code > 0x20000 for code in names) >= 196


def test_number_is_framed_when_no_font_has_the_character(fonts):
    drawn = ink(fonts, "\U0002a700\U00030000")
    assert len(set(drawn.values())) == 2
    assert "〓" not in card_words(card_pdf(replace(FACE, name="张\U00030000"), fonts, MADE))
    assert card_png(replace(FACE, name="\U00030000*"), fonts, dpi=150)


def card_words(pdf: bytes) -> str:
    document = pypdfium2.PdfDocument(pdf)
    page = document[0]
    words = page.get_textpage()
    text = words.get_text_range()
    words.close()
    page.close()
    document.close()
    return text


def test_one_sentence_when_the_font_is_not_installed(tmp_path):
    with pytest.raises(Unavailable, match=r"^The font for printing is not installed: run 'make setup'\.$"):
        card_pdf(FACE, FontShelf(tmp_path, tmp_path / "fonts"), MADE)


@pytest.mark.parametrize(("number", "written"), [("SC7Q4M2K9TX3HD", "SC 7Q4M 2K9T X3HD"), ("SC7Q4M2", "SC 7Q4M 2")])
def test_groups_of_four_when_a_number_is_written(number, written):
    assert grouped(number) == written
