"""Noto Sans SC for paper: static subsets built from the outlines of several files.

The web font's slices come first, so that paper looks as the screen does. What they lack comes from Noto Sans (letters
such as ł and ş) and from the whole Noto Sans SC, which has all of GB 18030-2022 up to level 2. A character that none of
them has is drawn as a framed picture of its number, so that a card never shows the same sign for different names.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator
from functools import cached_property
from io import BytesIO
from pathlib import Path
from typing import Any

from fontTools.fontBuilder import FontBuilder
from fontTools.pens.recordingPen import DecomposingRecordingPen
from fontTools.pens.transformPen import TransformPen
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.ttLib import TTFont

from suchang.domain.errors import Unavailable

PACKAGE = Path("@fontsource-variable", "noto-sans-sc")
LETTERS = Path("@fontsource-variable", "noto-sans")
WHOLE = Path("@expo-google-fonts", "noto-sans-sc")

_EM = 1000
_ASCENT, _DESCENT = 1160, -288
_LIGHT, _HEAVY = "400Regular/NotoSansSC_400Regular.ttf", "700Bold/NotoSansSC_700Bold.ttf"
_BUILD = 2
"""Grows when the same text gives another file, so that kept ones are built anew."""


class FontShelf:
    """Builds and keeps subsets of Noto Sans SC."""

    def __init__(self, node_modules: Path, cache: Path) -> None:
        """Use the packages in this ``node_modules``; the cache folder is made when it is needed and may be deleted."""
        self._modules = node_modules
        self._cache = cache

    @cached_property
    def _slices(self) -> tuple[dict[int, Path], ...]:
        """Map each character to the slice that should have it, package by package.

        Raises ``Unavailable`` when a package is not installed.
        """
        try:
            return tuple(dict(_slices_of(self._modules / package)) for package in (PACKAGE, LETTERS))
        except FileNotFoundError:
            raise Unavailable("The font for printing is not installed: run 'make setup'.", code="npm_parts") from None

    def subset(self, text: str, weight: int) -> Path:
        """Return a TrueType file with the characters of a text at a weight of 100 to 900; built once, then kept.

        Raises ``Unavailable`` when a package is not installed.
        """
        letters = "".join(sorted(set(text)))
        _ = self._slices
        release = json.loads((self._modules / PACKAGE / "package.json").read_text())["version"]
        name = hashlib.sha256(f"{_BUILD} {release} {weight} {letters}".encode()).hexdigest()
        path = self._cache / f"{name}.ttf"
        if not path.is_file():
            self._cache.mkdir(parents=True, exist_ok=True)
            part = path.with_suffix(f".{os.getpid()}.part")
            self._build(letters, weight).save(part)
            part.replace(path)
        return path

    def _build(self, letters: str, weight: int) -> TTFont:
        outlines = _Outlines(self._slices, self._modules / WHOLE / (_HEAVY if weight >= 600 else _LIGHT), weight)
        glyphs, metrics, codes = {".notdef": TTGlyphPen(None).glyph()}, {".notdef": (_EM, 0)}, {}
        for letter in letters:
            name = f"u{ord(letter):05X}"
            glyphs[name], width = outlines.glyph(ord(letter))
            metrics[name], codes[ord(letter)] = (width, 0), name
        builder = FontBuilder(_EM, isTTF=True)
        builder.setupGlyphOrder(list(glyphs))
        builder.setupCharacterMap(codes)
        builder.setupGlyf(glyphs)
        table = builder.font["glyf"]
        builder.setupHorizontalMetrics({name: (width, table[name].xMin if table[name].numberOfContours else 0)
                                        for name, (width, _) in metrics.items()})  # fmt: skip
        builder.setupHorizontalHeader(ascent=_ASCENT, descent=_DESCENT)
        builder.setupNameTable(
            {"familyName": "Su Chang Card", "styleName": str(weight), "psName": f"SuChangCard-{weight}"}
        )
        builder.setupOS2(sTypoAscender=880, sTypoDescender=-120, usWinAscent=_ASCENT, usWinDescent=-_DESCENT)
        builder.setupPost()
        builder.updateHead(created=0, modified=0)
        builder.font.recalcTimestamp = False
        return builder.font


class _Outlines:
    """Finds the outline of a character in the first file that has it."""

    def __init__(self, slices: tuple[dict[int, Path], ...], whole: Path, weight: int) -> None:
        self._slices, self._whole, self._weight = slices, whole, weight
        self._opened: dict[Path, tuple[Any, dict[int, str], int]] = {}

    def glyph(self, code: int) -> tuple[Any, int]:
        """Return the glyph of a character and its width."""
        pen = TTGlyphPen(None)
        found = self._found(code)
        if found is None:
            return self._framed(code, pen), _EM
        width = self._drawn(found, TransformPen(pen, (_EM / found[2], 0, 0, _EM / found[2], 0, 0)))
        return pen.glyph(), width

    def _found(self, code: int) -> tuple[Any, str, int] | None:
        for path in (*(one[code] for one in self._slices if code in one), self._whole):
            glyphs, names, em = self._open(path)
            if code in names:
                return glyphs, names[code], em
        return None

    def _open(self, path: Path) -> tuple[Any, dict[int, str], int]:
        if path not in self._opened:
            try:
                font = TTFont(BytesIO(path.read_bytes()), lazy=True)
            except FileNotFoundError:
                raise Unavailable(
                    "The font for printing is not installed: run 'make setup'.", code="npm_parts"
                ) from None
            place = {"wght": self._weight} if "fvar" in font else None
            self._opened[path] = font.getGlyphSet(location=place), font.getBestCmap(), font["head"].unitsPerEm
        return self._opened[path]

    @staticmethod
    def _drawn(found: tuple[Any, str, int], pen: Any) -> int:
        glyphs, name, em = found
        recorded = DecomposingRecordingPen(glyphs)
        glyphs[name].draw(recorded)
        recorded.replay(pen)
        width: float = glyphs[name].width * _EM / em
        return round(width)

    def _framed(self, code: int, pen: TTGlyphPen) -> Any:
        """Draw the number of a character in two rows within a frame."""
        for left, bottom, right, top in ((60, -80, 940, 840), (110, -30, 890, 790)):
            corners = [(left, bottom), (left, top), (right, top), (right, bottom)]
            pen.moveTo(corners[0])
            for corner in corners[1:] if left == 60 else reversed(corners[1:]):
                pen.lineTo(corner)
            pen.closePath()
        digits = f"{code:04X}"
        half = (len(digits) + 1) // 2
        size = 720 / half / 600
        for row, part in enumerate((digits[:half], digits[half:])):
            for column, digit in enumerate(part):
                found = self._found(ord(digit))
                if found is not None:
                    scale = min(0.45, size) * _EM / found[2]
                    at = (140 + column * 720 / half, 420 - row * 380)
                    self._drawn(found, TransformPen(pen, (scale, 0, 0, scale, *at)))
        return pen.glyph()


def _slices_of(package: Path) -> Iterator[tuple[int, Path]]:
    ranges = json.loads((package / "unicode.json").read_text())
    for name, text in ranges.items():
        path = package / "files" / f"{package.name}-{name.strip('[]')}-wght-normal.woff2"
        yield from ((code, path) for code in _codes(text))


def _codes(ranges: str) -> list[int]:
    """Read a CSS ``unicode-range``."""
    codes: list[int] = []
    for one in ranges.split(","):
        first, _, last = one.strip().removeprefix("U+").partition("-")
        codes.extend(range(int(first, 16), int(last or first, 16) + 1))
    return codes
