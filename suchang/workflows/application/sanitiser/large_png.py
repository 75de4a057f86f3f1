"""Read a PNG of many pixels in strips, each scaled down before the next is read.

Scans at 600 or 1200 dots an inch are small files of a hundred million pixels; decoded whole they take half a gigabyte.
A row of a PNG depends on the row above it alone, so a strip with one finished row before it is a PNG by itself.
"""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Self

from PIL import Image

_HEAD: Final = b"\x89PNG\r\n\x1a\n"
_SAMPLES: Final = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}
_BY_BYTES: Final = {1: (0, "L"), 2: (4, "LA"), 3: (2, "RGB"), 4: (6, "RGBA")}
"""The colour type with so many bytes a pixel: undoing a filter asks for no more than these."""
_STRIP: Final = 4_000_000


@dataclass(frozen=True, slots=True)
class LargePng:
    """The parts of a PNG whose rows follow one another."""

    width: int
    height: int
    depth: int
    colour: int
    extra: bytes
    packed: tuple[bytes, ...]

    @classmethod
    def read(cls, data: bytes) -> Self | None:
        """Read a file's parts; None for the kinds that strips don't suit: interlaced ones and 16 bits a sample."""
        extra, packed, head = b"", [], None
        for kind, body in _chunks(data):
            if kind == b"IHDR":
                head = struct.unpack(">IIBBBBB", body)
            elif kind == b"IDAT":
                packed.append(body)
            elif kind in (b"PLTE", b"tRNS"):
                extra += _chunk(kind, body)
        if head is None or head[3] not in _SAMPLES or head[2] > 8 or head[6] != 0:
            return None
        return cls(head[0], head[1], head[2], head[3], extra, tuple(packed))

    @property
    def row_bytes(self) -> int:
        """Count the bytes of a row without its filter's number."""
        return (self.width * self.depth * _SAMPLES[self.colour] + 7) // 8

    @property
    def pixel_bytes(self) -> int:
        """Count how far back in a row a filter looks."""
        return max(1, self.depth * _SAMPLES[self.colour] // 8)


def read_reduced(png: LargePng, kept: int) -> Image.Image:
    """Return the picture scaled down to at most ``kept`` pixels. Raises ``OSError`` when it breaks off."""
    part = (kept / (png.width * png.height)) ** 0.5
    size = (max(1, int(png.width * min(1, part))), max(1, int(png.height * min(1, part))))
    result: Image.Image | None = None
    above, done = bytes(png.row_bytes), 0
    for rows in _strips(png):
        count = len(rows) // (png.row_bytes + 1)
        plain = _unfiltered(png, above, rows, count)
        above = plain[-png.row_bytes :]
        strip = _picture(png, plain, count)
        top, bottom = done * size[1] // png.height, (done + count) * size[1] // png.height
        done += count
        result = result or Image.new(strip.mode, size)
        if bottom > top:
            result.paste(strip.resize((size[0], bottom - top), Image.Resampling.BOX), (0, top))
    if result is None or done < png.height:
        raise OSError("image file is truncated")
    return result


def _strips(png: LargePng) -> Iterator[bytes]:
    stride = png.row_bytes + 1
    size = max(1, _STRIP // stride) * stride
    machine, held, left = zlib.decompressobj(), b"", stride * png.height
    for body in png.packed:
        rest = body
        while rest and left > 0 and not machine.eof:
            try:
                held += machine.decompress(rest, max(1, size - len(held)))
            except zlib.error as error:
                raise OSError("image file is damaged") from error
            rest = machine.unconsumed_tail
            whole = min(len(held) - len(held) % stride, left)
            if len(held) >= size or whole == left:
                yield held[:whole]
                held, left = held[whole:], left - whole
    whole = min(len(held) - len(held) % stride, left)
    if whole:
        yield held[:whole]


def _unfiltered(png: LargePng, above: bytes, rows: bytes, count: int) -> bytes:
    colour, mode = _BY_BYTES[png.pixel_bytes]
    width = png.row_bytes // png.pixel_bytes
    body = _file(width, count + 1, 8, colour, b"", b"\0" + above + rows)
    with Image.open(io.BytesIO(body), formats=("PNG",)) as strip:
        return strip.tobytes("raw", mode)[png.row_bytes :]


def _picture(png: LargePng, plain: bytes, count: int) -> Image.Image:
    stride = png.row_bytes
    rows = b"".join(b"\0" + plain[place : place + stride] for place in range(0, len(plain), stride))
    with Image.open(
        io.BytesIO(_file(png.width, count, png.depth, png.colour, png.extra, rows)), formats=("PNG",)
    ) as one:
        one.load()
        mode = "RGBA" if one.has_transparency_data else "L" if one.mode in ("1", "L") else "RGB"
        return one.convert(mode)


def _file(width: int, height: int, depth: int, colour: int, extra: bytes, rows: bytes) -> bytes:
    head = struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0)
    return _HEAD + _chunk(b"IHDR", head) + extra + _chunk(b"IDAT", zlib.compress(rows, 0)) + _chunk(b"IEND", b"")


def _chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def _chunks(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    place = len(_HEAD)
    while place + 8 <= len(data):
        size = int.from_bytes(data[place : place + 4], "big")
        yield data[place + 4 : place + 8], data[place + 8 : place + 8 + size]
        place += size + 12
