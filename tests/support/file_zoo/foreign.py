"""What isn't taken, each with its name."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from functools import partial

from PIL import Image

from tests.support.file_zoo.animal import Animal


def zipped(*names: str, mimetype: str | None = None) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        if mimetype:
            archive.writestr("mimetype", mimetype)
        for name in names:
            archive.writestr(name, "<x/>")
    return out.getvalue()


def picture(kind: str) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (20, 20), "white").save(out, kind)
    return out.getvalue()


def animals() -> Iterator[Animal]:
    """Yield the foreigners."""
    made = {
        "ofd": partial(zipped, "OFD.xml", "Doc_0/Document.xml"),
        "word": partial(zipped, "[Content_Types].xml", "word/document.xml"),
        "excel": partial(zipped, "[Content_Types].xml", "xl/workbook.xml"),
        "slides": partial(zipped, "[Content_Types].xml", "ppt/presentation.xml"),
        "open_document": partial(zipped, "content.xml", mimetype="application/vnd.oasis.opendocument.text"),
        "archive": partial(zipped, "../../etc/passwd", "photo.jpg"),
        "gif": partial(picture, "GIF"),
        "bmp": partial(picture, "BMP"),
        "tiff": partial(picture, "TIFF"),
        "avif": partial(picture, "AVIF"),
        "old_office": lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(500),
        "rich_text": lambda: b"{\\rtf1\\ansi x}",
        "svg": lambda: b"<?xml version='1.0'?><svg xmlns='x' onload='alert(1)'/>",
        "web_page": lambda: b"<!DOCTYPE html><html></html>",
        "video": lambda: b"\0\0\0\x18ftypmp42" + bytes(100),
        "unknown_kind": lambda: b"\x7fELF" + bytes(100),
        "empty": bytes,
        "too_large": lambda: b"\xff\xd8\xff" + bytes(10 * 1024 * 1024),
    }
    for cause, make in made.items():
        yield Animal(f"foreign {cause}", make, cause)
    yield Animal("foreign rar", lambda: b"Rar!\x1a\x07\x00" + bytes(50), "archive")
    yield Animal("foreign 7z", lambda: b"7z\xbc\xaf\x27\x1c" + bytes(50), "archive")
    yield Animal("foreign broken zip", lambda: b"PK\3\4" + bytes(50), "archive")
    yield Animal("foreign text", "姓名,证件号码".encode, "unknown_kind")
