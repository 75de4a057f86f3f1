"""Tell what kind of file this is by its content, so that what isn't taken can be called by its name."""

from __future__ import annotations

import io
import re
import zipfile
from typing import Final, Literal

from suchang.workflows.application.sanitiser.refusals import Refused

Kind = Literal["pdf", "picture", "heic"]

_HEIC: Final = frozenset({b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"})
_FAMILY: Final = (
    (b"GIF8", "gif"), (b"BM", "bmp"), (b"II*\0", "tiff"), (b"MM\0*", "tiff"), (b"\xd0\xcf\x11\xe0", "old_office"),
    (b"{\\rtf", "rich_text"), (b"Rar!", "archive"), (b"7z\xbc\xaf", "archive"), (b"\x1f\x8b", "archive"),
    (b"\x1aE\xdf\xa3", "video"), (b"\0\0\1\xba", "video"),
)  # fmt: skip
_PARTS: Final = (("OFD.xml", "ofd"), ("word/", "word"), ("xl/", "excel"), ("ppt/", "slides"))
_MARKUP: Final = (
    (re.compile(rb"<svg[\s>]", re.I), "svg"),
    (re.compile(rb"<(!doctype html|html|script)", re.I), "web_page"),
)
_HEAD: Final = 1024


def kind_of(data: bytes) -> Kind:
    """Return the kind of a file that is taken. Raises ``Refused`` by the name of any other."""
    if data.startswith((b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n")) or (data[:4] == b"RIFF" and data[8:12] == b"WEBP"):
        return "picture"
    if data[4:8] == b"ftyp":
        return _by_brand(data)
    if data.startswith(b"PK"):
        raise Refused(_packed(data))
    # Before the PDF: a comment or an attachment in such a file may hold its first bytes.
    for beginning, cause in _FAMILY:
        if data.startswith(beginning):
            raise Refused(cause)
    if b"%PDF-" in data[:_HEAD]:
        return "pdf"
    for pattern, cause in _MARKUP:
        if pattern.search(data[:_HEAD]):
            raise Refused(cause)
    raise Refused("unknown_kind")


def _by_brand(data: bytes) -> Kind:
    size = int.from_bytes(data[:4], "big")
    brands = {data[8:12], *(data[place : place + 4] for place in range(16, min(size, 256), 4))}
    if b"avif" in brands or b"avis" in brands:
        raise Refused("avif")
    if brands & _HEIC:
        return "heic"
    raise Refused("video")


def _packed(data: bytes) -> str:
    """Name what a zip file is; only its table of contents is read."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = archive.namelist()[:2000]
            if "mimetype" in names and b"opendocument" in archive.open("mimetype").read(100):
                return "open_document"
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError, RuntimeError, EOFError):
        return "archive"
    return next((kind for part, kind in _PARTS if any(name.startswith(part) for name in names)), "archive")
