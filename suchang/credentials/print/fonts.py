"""Noto Sans SC for paper: static subsets built from the web font's slices.

The npm package holds one variable font in a hundred slices, each for a range of characters. A printed card needs some
hundred glyphs in two weights: they are cut out of the slices that have them, fixed at the weight, joined and kept as
one TrueType file, since building takes half a second and reading it nothing.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections import defaultdict
from functools import cached_property
from io import BytesIO
from pathlib import Path

from fontTools.merge import Merger
from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont
from fontTools.varLib.instancer import instantiateVariableFont

from suchang.domain.errors import Unavailable

PACKAGE = Path("@fontsource-variable", "noto-sans-sc")
MISSING = "〓"
"""What Chinese typesetters put where they have no type; drawn for a character that the font hasn't got."""

_LAYOUT = ["GSUB", "GPOS", "GDEF", "BASE", "vhea", "vmtx", "VVAR", "VORG", "DSIG"]


class FontShelf:
    """Builds and keeps subsets of Noto Sans SC."""

    def __init__(self, node_modules: Path, cache: Path) -> None:
        """Use the package in this ``node_modules``; the cache folder is made when it is needed and may be deleted."""
        self._package = node_modules / PACKAGE
        self._cache = cache

    @cached_property
    def _slices(self) -> dict[int, str]:
        """Map each character to the slice that has it. Raises ``Unavailable`` when the package is not installed."""
        try:
            ranges = json.loads((self._package / "unicode.json").read_text())
        except FileNotFoundError:
            raise Unavailable("The font for printing is not installed: run 'make setup'.", code="npm_parts") from None
        return {code: name.strip("[]") for name, text in ranges.items() for code in _codes(text)}

    def drawable(self, text: str) -> str:
        """Return the text with ``〓`` for each character that the font hasn't got."""
        return "".join(letter if ord(letter) in self._slices else MISSING for letter in text)

    def subset(self, text: str, weight: int) -> Path:
        """Return a TrueType file with the characters of a text at a weight of 100 to 900; built once, then kept.

        Raises ``Unavailable`` when the package is not installed.
        """
        letters = "".join(sorted(set(self.drawable(text))))
        release = json.loads((self._package / "package.json").read_text())["version"]
        name = hashlib.sha256(f"{release} {weight} {letters}".encode()).hexdigest()
        path = self._cache / f"{name}.ttf"
        if not path.is_file():
            self._cache.mkdir(parents=True, exist_ok=True)
            part = path.with_suffix(f".{os.getpid()}.part")
            self._build(letters, weight).save(part)
            part.replace(path)
        return path

    def _build(self, letters: str, weight: int) -> TTFont:
        wanted: dict[str, set[int]] = defaultdict(set)
        for letter in letters:
            wanted[self._slices[ord(letter)]].add(ord(letter))
        pieces = []
        for name, codes in sorted(wanted.items()):
            piece = BytesIO()
            self._cut(name, codes, weight).save(piece)
            piece.seek(0)
            pieces.append(piece)
        return Merger().merge(pieces) if len(pieces) > 1 else TTFont(pieces[0])

    def _cut(self, name: str, codes: set[int], weight: int) -> TTFont:
        font = TTFont(self._package / "files" / f"noto-sans-sc-{name}-wght-normal.woff2")
        options = Options(layout_features=[], hinting=False, notdef_outline=True, glyph_names=False)
        options.drop_tables = [*options.drop_tables, *_LAYOUT]
        subsetter = Subsetter(options)
        subsetter.populate(unicodes=codes)
        subsetter.subset(font)
        font = instantiateVariableFont(font, {"wght": weight})
        font.flavor = None
        return font


def _codes(ranges: str) -> list[int]:
    """Read a CSS ``unicode-range``."""
    codes: list[int] = []
    for one in ranges.split(","):
        first, _, last = one.strip().removeprefix("U+").partition("-")
        codes.extend(range(int(first, 16), int(last or first, 16) + 1))
    return codes
