"""The parts of a PDF: what could act is taken out, what unpacks to too much is found before anybody unpacks it."""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator
from typing import Any, Final

import pikepdf

from suchang.workflows.application.sanitiser import limits
from suchang.workflows.application.sanitiser.refusals import Refused

_ACTIVE: Final = frozenset(
    {
        "/A", "/AA", "/AF", "/AcroForm", "/Annots", "/EF", "/EmbeddedFile", "/EmbeddedFiles", "/F", "/FS", "/JS",
        "/JavaScript", "/Launch", "/Metadata", "/Names", "/OPI", "/OpenAction", "/PieceInfo", "/Ref", "/RichMedia",
        "/URI", "/XFA",
    }
)  # fmt: skip
"""Keys of scripts, actions, attachments and references outwards; pages need none of them. ``/F`` in a stream's
dictionary points to an outside file (ISO 32000-1, 7.3.8)."""
_NAMED: Final = frozenset(
    {
        "/Font",
        "/XObject",
        "/ExtGState",
        "/Pattern",
        "/ColorSpace",
        "/Shading",
        "/Properties",
        "/CharProcs",
        "/Colorants",
    }
)
"""Dictionaries whose keys are names that their maker chose: a font may be called A, and the letter A is a glyph's."""
_INFLATE: Final = frozenset({"/FlateDecode", "/Fl"})
_RUN_LENGTH: Final = frozenset({"/RunLengthDecode", "/RL"})
_LZW: Final = frozenset({"/LZWDecode", "/LZW"})
_TEXT: Final = {"/ASCII85Decode": "85", "/A85": "85", "/ASCIIHexDecode": "hex", "/AHx": "hex"}


def strip(document: pikepdf.Pdf) -> None:
    """Take out of every part what could act. Raises ``Refused`` when parts are nested too deeply."""
    named = {_place(one) for thing in document.objects for one in _named_dictionaries(thing, 0)} - {(0, 0)}
    for thing in document.objects:
        _strip(thing, 0, named=_place(thing) in named)


def _place(thing: Any) -> tuple[int, int]:
    return thing.objgen if isinstance(thing, pikepdf.Object) else (0, 0)


def _named_dictionaries(thing: Any, depth: int) -> Iterator[Any]:
    if depth > limits.MAX_DEPTH:
        raise Refused("pdf_nested")
    if isinstance(thing, pikepdf.Dictionary | pikepdf.Stream):
        for key, value in thing.items():
            if key in _NAMED and isinstance(value, pikepdf.Dictionary):
                yield value
            if key != "/Parent" and isinstance(value, pikepdf.Object) and not value.is_indirect:
                yield from _named_dictionaries(value, depth + 1)
    elif isinstance(thing, pikepdf.Array):
        for value in list(thing):
            if isinstance(value, pikepdf.Object) and not value.is_indirect:
                yield from _named_dictionaries(value, depth + 1)


def _strip(thing: Any, depth: int, *, named: bool = False) -> None:
    if depth > limits.MAX_DEPTH:
        raise Refused("pdf_nested")
    if isinstance(thing, pikepdf.Dictionary | pikepdf.Stream):
        keys = list(thing.keys())
        if not named:
            for key in keys:
                if key in _ACTIVE:
                    del thing[key]
        for key in keys:
            if key != "/Parent" and (named or key not in _ACTIVE):
                _descend(thing[key], depth, named=key in _NAMED)
    elif isinstance(thing, pikepdf.Array):
        for one in list(thing):
            _descend(one, depth)


def _descend(one: Any, depth: int, *, named: bool = False) -> None:
    # Indirect objects are visited by themselves.
    if isinstance(one, pikepdf.Object) and not one.is_indirect:
        _strip(one, depth + 1, named=named and isinstance(one, pikepdf.Dictionary))


def unpacked_size(stream: Any) -> int:
    """Count what a stream unpacks to, one block at a time. Raises ``Refused`` for bombs and chains of packers."""
    given = stream.get("/Filter", [])
    filters = [str(one) for one in (given if isinstance(given, pikepdf.Array) else [given])]
    packers = [one for one in filters if one in _INFLATE | _RUN_LENGTH | _LZW]
    if len(filters) > 3 or len(packers) > 1:
        raise Refused("pdf_packing")
    raw = stream.read_raw_bytes()
    for one in filters:
        if one in _TEXT:
            raw = _from_text(raw, _TEXT[one])
        elif one in _INFLATE:
            return _bounded(_inflated(raw))
        elif one in _RUN_LENGTH:
            return _bounded(iter([len(raw) * 64]))
        elif one in _LZW:
            return _bounded(_lzw_sizes(raw, early=_early_change(stream)))
        else:
            break  # a picture's own coding: its readers bound it by the picture's size
    return len(raw)


def _bounded(sizes: Iterator[int]) -> int:
    total = 0
    for size in sizes:
        total += size
        if total > limits.MAX_STREAM:
            raise Refused("pdf_bomb")
    return total


def _inflated(raw: bytes) -> Iterator[int]:
    machine = zlib.decompressobj()
    while raw and not machine.eof:
        try:
            yield len(machine.decompress(raw, 1 << 20))
        except zlib.error:
            return  # readers show what came before the fault, and so may they here
        raw = machine.unconsumed_tail


def _early_change(stream: Any) -> int:
    given = stream.get("/DecodeParms", {})
    first = given[0] if isinstance(given, pikepdf.Array) and len(given) else given
    return int(first.get("/EarlyChange", 1)) if isinstance(first, pikepdf.Dictionary) else 1


def _lzw_sizes(raw: bytes, *, early: int) -> Iterator[int]:
    """Follow the codes of LZW and count what each stands for, without writing it."""
    lengths, width, held, bits, before = [1] * 256 + [0, 0], 9, 0, 0, 0
    for byte in raw:
        held, bits = (held << 8 | byte) & 0xFFFFFF, bits + 8
        while bits >= width:
            code = held >> (bits - width) & ((1 << width) - 1)
            bits -= width
            if code == 256:
                del lengths[258:]
                width, before = 9, 0
                continue
            if code == 257:
                return
            length = lengths[code] if code < len(lengths) else before + 1
            yield length
            if before and len(lengths) < 4096:
                lengths.append(before + 1)
            before = length
            width = min(12, max(9, (len(lengths) + early).bit_length()))


def _from_text(raw: bytes, kind: str) -> bytes:
    """Decode the text forms of binary data; faults in them end it, as in readers."""
    import base64

    text = re.sub(rb"\s", b"", raw.split(b"~>" if kind == "85" else b">")[0].removeprefix(b"<~"))
    try:
        if kind == "85":
            return base64.a85decode(text)
        return bytes.fromhex((text + b"0" * (len(text) % 2)).decode("ascii"))
    except ValueError:
        return raw
