"""Hostile files: what is kept can't act, what isn't taken is said in one sentence, and looking leaves a trace."""

from __future__ import annotations

import fcntl
import io
import resource
import struct
import warnings
import zipfile
import zlib
from pathlib import Path

import pikepdf
import pytest
from PIL import Image
from sqlalchemy import text

from suchang.domain.account.roles import Role
from suchang.domain.errors import Invalid, TooMany
from suchang.persistence.unit_of_work import unit_of_work
from suchang.workflows.application import sanitiser
from suchang.workflows.application.reading_files import make_harmless
from suchang.workflows.application.sanitiser import CAUSES, Refused
from tests.support.file_zoo.documents import by_fpdf
from tests.support.file_zoo.signed import signed
from tests.support.world import NANJING, QUALIFIED, World

SCRIPT = b"<script>alert(1)</script><?php system($_GET['c']); ?>"


def picture(kind: str = "PNG", size: tuple[int, int] = (64, 48), **more) -> bytes:
    out = io.BytesIO()
    Image.radial_gradient("L").resize(size).convert("RGB").save(out, kind, **more)
    return out.getvalue()


def document(*, pages: int = 1, change=None, **save) -> bytes:
    made = pikepdf.new()
    for _ in range(pages):
        page = made.add_blank_page(page_size=(200, 200))
        page.contents_add(made.make_stream(b"0 0 100 100 re f"))
    if change is not None:
        change(made)
    out = io.BytesIO()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the library's advice about the hostile parts put in here
        made.save(out, **save)
    return out.getvalue()


def png_header(width: int, height: int) -> bytes:
    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + header + chunk(b"IDAT", zlib.compress(bytes(1000))) + chunk(b"IEND", b"")


def zipped() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("../../etc/passwd", b"0" * 5_000_000)
    return out.getvalue()


def moving() -> bytes:
    frames = [Image.new("RGB", (8, 8), colour) for colour in ("red", "blue")]
    out = io.BytesIO()
    frames[0].save(out, "WEBP", save_all=True, append_images=frames[1:], lossless=True)
    return out.getvalue()


def bomb_pdf() -> bytes:
    def stuff(made: pikepdf.Pdf) -> None:
        packed = zlib.compress(bytes(250 * 1024 * 1024), 9)
        made.pages[0].Contents = pikepdf.Stream(made, packed, Filter=pikepdf.Name.FlateDecode)

    return document(change=stuff, compress_streams=False, stream_decode_level=pikepdf.StreamDecodeLevel.none)


def chained_pdf() -> bytes:
    def stuff(made: pikepdf.Pdf) -> None:
        packed = zlib.compress(zlib.compress(bytes(1_000_000)))
        filters = [pikepdf.Name.FlateDecode, pikepdf.Name.FlateDecode]
        made.pages[0].Contents = pikepdf.Stream(made, packed, Filter=filters)

    return document(change=stuff, compress_streams=False, stream_decode_level=pikepdf.StreamDecodeLevel.none)


REFUSED = {
    "nothing": (b"", "empty"),
    "html": (b"<html>" + SCRIPT, "web page"),
    "svg": (b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", "SVG"),
    "zip": (zipped(), "archive"),
    "gif with script": (b"GIF89a/*" + SCRIPT, "GIF"),
    "elf": (b"\x7fELF" + bytes(100), "Only JPEG"),
    "office": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(100), "old Office"),
    "too large": (b"\xff\xd8\xff" + bytes(sanitiser.MAX_BYTES), "larger than 10 MB"),
    "cut png": (picture()[:200], "breaks off"),
    "cut jpeg": (picture("JPEG", (400, 400))[:300], "breaks off"),
    "script named png": (b"\x89PNG\r\n\x1a\n" + SCRIPT, "damaged"),
    "pixel bomb": (png_header(100_000, 100_000), "too many pixels"),
    "long bomb": (png_header(70_000, 1), "too many pixels"),
    "short of data": (png_header(6_000, 6_000), "breaks off"),
    "moving": (moving(), "Moving pictures"),
    "not a pdf": (b"%PDF-1.7\n" + SCRIPT + b"\n%%EOF", "damaged"),
    "many pages": (document(pages=501), "more than 500 pages"),
    "no page": (document(pages=0), "no page"),
    "locked pdf": (document(encryption=pikepdf.Encryption(owner="x", user="y")), "needs a password"),
    "pdf bomb": (bomb_pdf(), "unpacks to far more"),
    "packed twice": (chained_pdf(), "unusual way"),
}


@pytest.mark.parametrize("name", sorted(REFUSED))
def test_file_is_refused_with_one_sentence_when_it_is_hostile(name) -> None:
    data, sentence = REFUSED[name]
    with pytest.raises(Refused) as refused:
        sanitiser.sanitise(data)
    said = str(refused.value)
    assert sentence in said
    assert said.endswith(".")
    assert "\n" not in said


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
def test_only_pixels_are_kept_when_a_picture_brings_more(kind) -> None:
    exif = Image.Exif()
    exif[0x010E] = SCRIPT.decode()
    extra = {"exif": exif.tobytes()}
    if kind == "JPEG":
        extra["comment"] = SCRIPT
    data = picture(kind, **extra) + SCRIPT + zipped()
    found = sanitiser.sanitise(data)
    media, clean = found.media_type, found.content
    assert media == ("image/png" if kind == "PNG" else "image/jpeg")
    assert b"script" not in clean
    assert b"php" not in clean
    assert b"PK\x03\x04" not in clean
    with Image.open(io.BytesIO(clean)) as opened:
        assert opened.size == (64, 48)
        assert not opened.getexif()


def active(made: pikepdf.Pdf) -> None:
    script = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS="app.alert(1)")
    made.Root.OpenAction = made.make_indirect(script)
    made.Root.AA = pikepdf.Dictionary(WC=script)
    made.Root.AcroForm = pikepdf.Dictionary(XFA="evil", Fields=[])
    made.attachments["evil.exe"] = b"MZ evil"
    page = made.pages[0].obj
    page.AA = pikepdf.Dictionary(O=script)
    launch = pikepdf.Dictionary(S=pikepdf.Name.Launch, F="cmd.exe")
    link = pikepdf.Dictionary(
        Type=pikepdf.Name.Annot, Subtype=pikepdf.Name.Link, Rect=[0, 0, 9, 9],
        A=pikepdf.Dictionary(S=pikepdf.Name.URI, URI="http://evil.example"),
    )  # fmt: skip
    page.Annots = made.make_indirect([link, pikepdf.Dictionary(Subtype=pikepdf.Name.Widget, A=launch)])
    hidden = pikepdf.Dictionary(Type=pikepdf.Name.XObject, Subtype=pikepdf.Name.Form, BBox=[0, 0, 1, 1], AA=script)
    form = made.make_stream(b"0 0 1 1 re f")
    for key, value in hidden.items():
        form[key] = value
    page.Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(X=form))
    made.Root.Names = pikepdf.Dictionary(JavaScript=pikepdf.Dictionary(Names=["x", script]))


@pytest.mark.parametrize("packed", [pikepdf.ObjectStreamMode.disable, pikepdf.ObjectStreamMode.generate])
def test_nothing_active_is_left_when_a_pdf_is_rebuilt(packed) -> None:
    found = sanitiser.sanitise(document(pages=2, change=active, object_stream_mode=packed))
    media, clean = found.media_type, found.content
    assert media == "application/pdf"
    for word in (b"JavaScript", b"/JS", b"alert", b"Launch", b"cmd.exe", b"evil", b"OpenAction", b"/AA", b"Annot",
                 b"EmbeddedFile", b"XFA", b"AcroForm", b"/URI"):  # fmt: skip
        assert word not in clean, word
    with pikepdf.open(io.BytesIO(clean)) as opened:
        assert len(opened.pages) == 2
        assert b"100 100 re" in b"".join(part.read_bytes() for part in opened.pages[0].Contents)
        assert not opened.attachments


@pytest.mark.parametrize("tail", [zipped(), SCRIPT])
def test_nothing_behind_the_end_is_left_when_a_pdf_is_also_something_else(tail) -> None:
    clean = sanitiser.sanitise(document() + tail).content
    assert tail not in clean
    assert b"PK\x03\x04" not in clean
    assert b"script" not in clean


def test_memory_stays_bounded_when_bombs_are_handed_in(tmp_path) -> None:
    for name in ("pixel bomb", "pdf bomb", "packed twice", "short of data"):
        with pytest.raises(Invalid):
            make_harmless(REFUSED[name][0], tmp_path, readers=1)
    used = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024
    assert used < sanitiser.MEMORY


def test_program_gives_the_same_as_the_function_when_the_file_is_good(tmp_path) -> None:
    data = picture("JPEG")
    assert make_harmless(data, tmp_path, readers=1) == sanitiser.sanitise(data)


def test_both_languages_are_given_when_a_file_is_refused(tmp_path) -> None:
    with pytest.raises(Invalid) as refused:
        make_harmless(zipped(), tmp_path, readers=1)
    assert refused.value.detail == CAUSES["archive"].en
    assert [(one.field, one.message) for one in refused.value.errors] == [("file", CAUSES["archive"].zh)]


def test_upload_is_asked_to_come_back_when_no_reader_becomes_free(tmp_path) -> None:
    with (tmp_path / ".reader-0").open("wb") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        with pytest.raises(TooMany) as busy:
            make_harmless(picture(), tmp_path, readers=1, wait=0.2)
    assert busy.value.retry_after == 15
    assert make_harmless(picture(), tmp_path, readers=1, wait=0.2).media_type == "image/png"


# Over HTTP, stored and seen.


class Handed:
    """An application in draft with one piece of evidence."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.token = world.person()
        body = {"city": NANJING, "facts": QUALIFIED}
        made = world.ok("POST", "/api/v1/me/applications", self.token, json=body)
        self.case, self.piece = made["id"], made["evidence"][0]["id"]
        self.path = f"/api/v1/me/applications/{self.case}/evidence/{self.piece}/file"

    def put(self, data: bytes, **headers: str):
        return self.world.call("PUT", self.path, self.token, data=data, headers=headers)


@pytest.fixture
def handed(world: World) -> Handed:
    return Handed(world)


def stored(world: World) -> list[Path]:
    return [path for path in (world.collaborators.settings.data_dir / "evidence").rglob("*") if path.is_file()]


def test_file_is_kept_encrypted_under_a_name_of_the_house_when_handed_in(handed: Handed) -> None:
    before = set(stored(handed.world))
    data = picture("JPEG")
    headers = {"Content-Type": "image/jpeg", "Content-Disposition": 'attachment; filename="../../../wsgi.py"'}
    answer = handed.put(data, **headers)
    assert answer.status_code == 200, answer.json
    (path,) = set(stored(handed.world)) - before
    assert path.name.startswith("fil_")
    assert path.suffix == ""
    assert path.stat().st_mode & 0o777 == 0o600
    assert b"JFIF" not in path.read_bytes()
    given = handed.world.call("GET", handed.path, handed.token)
    assert given.data == sanitiser.sanitise(data).content
    assert given.headers["X-Content-Type-Options"] == "nosniff"
    assert given.headers["Content-Disposition"] == f'attachment; filename="{handed.piece}.jpg"'
    assert "sandbox" in given.headers["Content-Security-Policy"]
    handed.put(picture("PNG"))
    assert path not in stored(handed.world), "the earlier file is gone"


def test_nothing_is_kept_when_a_file_is_refused(handed: Handed) -> None:
    before = stored(handed.world)
    answer = handed.put(b"<svg onload=alert(1)>")
    assert (answer.status_code, answer.json["code"]) == (422, "file_refused")
    assert answer.json["detail"] == CAUSES["svg"].en
    assert answer.json["errors"] == [{"field": "file", "message": CAUSES["svg"].zh}]
    assert stored(handed.world) == before


def test_look_is_written_down_with_its_reason_when_an_officer_opens_a_file(handed: Handed) -> None:
    world = handed.world
    handed.put(picture("JPEG"))
    world.ok("POST", f"/api/v1/me/applications/{handed.case}/submit", handed.token, json={})
    reviewer, suzhou = world.office(Role.REVIEWER), world.office(Role.REVIEWER, city="320500")
    path = f"/api/v1/applications/{handed.case}/evidence/{handed.piece}/file"
    assert world.call("GET", path, reviewer).json["code"] == "reason_required"
    assert world.call("GET", path, suzhou, query_string={"reason": "核对学历"}).status_code == 404
    assert world.call("GET", path, handed.token, query_string={"reason": "核对学历"}).status_code == 401
    assert world.call("GET", path, reviewer, query_string={"reason": "核对学历"}).status_code == 200
    with unit_of_work(world.collaborators.sessions) as session:
        seen = session.execute(
            text("SELECT data->>'reason' FROM audit_event WHERE action = 'evidence_seen' AND subject_id = :id"),
            {"id": handed.piece},
        ).scalars()
        assert list(seen) == ["核对学历"]
    assert handed.put(picture()).status_code == 409
    checked = f"/api/v1/applications/{handed.case}/evidence/{handed.piece}/checked"
    assert world.call("POST", checked, reviewer, json={"source": "学信网"}).json["code"] == "not_claimed_by_you"
    world.ok("POST", f"/api/v1/applications/{handed.case}/claim", reviewer, json={})
    world.ok("POST", checked, reviewer, json={"source": "学信网"})
    shown = world.ok("GET", f"/api/v1/applications/{handed.case}", reviewer)["evidence"][0]
    assert (shown["checked"], shown["checked_source"]) == (True, "学信网")


def test_stranger_finds_nothing_when_asking_for_a_file(handed: Handed) -> None:
    handed.put(picture())
    other = handed.world.person()
    assert handed.world.call("GET", handed.path, other).status_code == 404
    assert handed.world.call("PUT", handed.path, other, data=picture()).status_code == 404


def test_signature_is_told_to_the_officer_when_a_signed_file_is_handed_in(handed: Handed) -> None:
    world = handed.world
    answer = handed.put(signed(by_fpdf))
    assert [one["verdict"] for one in answer.json["signatures"]] == ["unknown_signer"]
    world.ok("POST", f"/api/v1/me/applications/{handed.case}/submit", handed.token, json={})
    reviewer = world.office(Role.REVIEWER)
    (shown,) = world.ok("GET", f"/api/v1/applications/{handed.case}", reviewer)["evidence"][0]["signatures"]
    assert (shown["verdict"], shown["signer"]) == ("unknown_signer", "电子印章 rsa")
