"""Entries of forms that no program has drawn yet get their look before they become part of the page."""

from __future__ import annotations

import re
from typing import Any, Final

import pikepdf

_FONT: Final = "SuForm"
_PLAIN: Final = re.compile(r"[\x20-\x7e]*\Z")
_MULTILINE: Final = 1 << 12
_PASSWORD: Final = 1 << 13


def draw_entries(document: pikepdf.Pdf) -> None:
    """Draw text entries that have no look, in the reader's Chinese type; buttons and plain Latin are drawn as usual."""
    form: Any = document.Root.get("/AcroForm")
    if not isinstance(form, pikepdf.Dictionary):
        return
    wanted = bool(form.get("/NeedAppearances", False))
    waiting = [one for page in document.pages for one in _widgets(page.obj) if wanted or not _has_look(one)]
    ours = [(one, text) for one in waiting if (text := _entry(one)) and not _PLAIN.match(text)]
    kept = [(one, one["/AP"]) for one in waiting if _has_look(one) and one not in [widget for widget, _ in ours]]
    if waiting:
        form["/NeedAppearances"] = True
        document.generate_appearance_streams()
    for widget, look in kept:
        if _inherited(widget, "/FT") not in ("/Tx", "/Ch"):
            widget["/AP"] = look
    for widget, text in ours:
        widget["/AP"] = pikepdf.Dictionary(N=_drawn(document, widget, text))
    form["/NeedAppearances"] = False


def _widgets(page: Any) -> list[Any]:
    found = page.get("/Annots", [])
    return [one for one in found if isinstance(one, pikepdf.Dictionary) and one.get("/Subtype") == "/Widget"]


def _has_look(widget: Any) -> bool:
    look = widget.get("/AP")
    return isinstance(look, pikepdf.Dictionary) and "/N" in look


def _inherited(widget: Any, key: str) -> Any:
    here, steps = widget, 0
    while isinstance(here, pikepdf.Dictionary) and steps < 20:
        if key in here:
            return here[key]
        here, steps = here.get("/Parent"), steps + 1
    return None


def _entry(widget: Any) -> str:
    value = _inherited(widget, "/V")
    if _inherited(widget, "/FT") not in ("/Tx", "/Ch") or int(_inherited(widget, "/Ff") or 0) & _PASSWORD:
        return ""
    return str(value) if isinstance(value, pikepdf.String) else ""


def _drawn(document: pikepdf.Pdf, widget: Any, text: str) -> Any:
    left, bottom, right, top = (float(number) for number in widget["/Rect"])
    width, height = abs(right - left), abs(top - bottom)
    lines = re.split(r"\r\n?|\n", text) if int(_inherited(widget, "/Ff") or 0) & _MULTILINE else [text]
    asked = re.search(r"([\d.]+)\s+Tf", str(_inherited(widget, "/DA") or ""))
    size = float(asked[1]) if asked and float(asked[1]) > 0 else min(12.0, height * 0.7 / len(lines))
    widest = max(sum(0.5 if ord(letter) < 0x2E80 else 1.0 for letter in line) for line in lines)
    size = max(4.0, min(size, (width - 4) / max(1.0, widest)))
    start = (height - size) / 2 + size * 0.12 if len(lines) == 1 else height - size
    shown = " ".join(f"<{line.encode('utf-16-be').hex()}> Tj 0 {-1.2 * size:.2f} Td" for line in lines)
    content = f"/Tx BMC q BT 0 g /{_FONT} {size:.2f} Tf 2 {start:.2f} Td {shown} ET Q EMC"
    stream = document.make_stream(content.encode())
    stream["/Type"], stream["/Subtype"] = pikepdf.Name.XObject, pikepdf.Name.Form
    stream["/BBox"] = pikepdf.Array([0, 0, width, height])
    stream["/Resources"] = pikepdf.Dictionary(Font=pikepdf.Dictionary({f"/{_FONT}": _chinese_type(document)}))
    return stream


def _chinese_type(document: pikepdf.Pdf) -> Any:
    """Name the Chinese type that readers of PDF bring along (ISO 32000-1, 9.7.5.2)."""
    described = pikepdf.Dictionary(
        Type=pikepdf.Name.FontDescriptor, FontName=pikepdf.Name("/STSong-Light"), Flags=6,
        FontBBox=[-25, -254, 1000, 880], ItalicAngle=0, Ascent=880, Descent=-120, CapHeight=880, StemV=93,
    )  # fmt: skip
    descendant = pikepdf.Dictionary(
        Type=pikepdf.Name.Font, Subtype=pikepdf.Name.CIDFontType0, BaseFont=pikepdf.Name("/STSong-Light"),
        CIDSystemInfo=pikepdf.Dictionary(Registry=pikepdf.String("Adobe"), Ordering=pikepdf.String("GB1"),
                                      Supplement=4),
        FontDescriptor=document.make_indirect(described), DW=1000, W=[1, 95, 500],
    )  # fmt: skip
    return document.make_indirect(
        pikepdf.Dictionary(
            Type=pikepdf.Name.Font, Subtype=pikepdf.Name.Type0, BaseFont=pikepdf.Name("/STSong-Light-UniGB-UTF16-H"),
            Encoding=pikepdf.Name("/UniGB-UTF16-H"), DescendantFonts=[document.make_indirect(descendant)],
        )
    )  # fmt: skip
