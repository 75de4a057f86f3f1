"""One drawing, two media: a page of PDF and a picture in PNG.

All lengths are millimetres from the upper left corner; colours are ``#rrggbb``; text sits on its baseline.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import datetime
from io import BytesIO
from math import atan2, ceil, cos, hypot, pi, sin
from pathlib import Path
from typing import Literal, Protocol

from fpdf import FPDF
from PIL import Image, ImageChops, ImageDraw, ImageFont

Point = tuple[float, float]
Box = tuple[float, float, float, float]
Font = Literal["plain", "bold", "name"]
Align = Literal["left", "right", "centre"]

_POINT = 25.4 / 72
_STEP = 6
"""Pieces of an arc of a lattice: it is a few millimetres long."""
_TOKEN = re.compile(r"[MLAZ]|-?\d+")


class Canvas(Protocol):
    """What the printed card is drawn on."""

    def panel(self, box: Box, radius: float, top: str, bottom: str) -> None:
        """Fill a rounded box (x, y, width, height) from one colour at its top to another at its bottom."""

    def strokes(self, lines: Sequence[Sequence[Point]], box: Box, width: float, color: str) -> None:
        """Draw lines, cut off at the edges of a box."""

    def text(
        self, at: Point, size: float, text: str, color: str, *, font: Font = "plain", align: Align = "left"
    ) -> None:
        """Write a line of text whose em is ``size`` millimetres."""

    def code(self, modules: Sequence[Sequence[bool]], box: Box, label: str) -> None:
        """Draw the modules of a QR code, margin included, into a square box."""


def polylines(path: str, scale: float) -> Iterator[list[Point]]:
    """Read the SVG path of a lattice (absolute M, L, Z and circular A with the large arc) as lines of points."""
    tokens = _TOKEN.findall(path)
    place, line, command = 0, list[Point](), ""
    while place < len(tokens):
        if tokens[place].isalpha():
            command = tokens[place]
            place += 1
        if command == "Z":
            line.append(line[0])
            continue
        count = 7 if command == "A" else 2
        numbers = [int(token) * scale for token in tokens[place : place + count]]
        place += count
        end = (numbers[-2], numbers[-1])
        if command == "M":
            if len(line) > 1:
                yield line
            line = [end]
        elif command == "L":
            line.append(end)
        else:
            line.extend(_arc(line[-1], end, numbers[0]))
    if len(line) > 1:
        yield line


def _arc(start: Point, end: Point, radius: float) -> Iterator[Point]:
    """Walk the larger arc of a circle, in the direction of growing angles."""
    dx, dy = end[0] - start[0], end[1] - start[1]
    chord = hypot(dx, dy)
    height = max(radius**2 - (chord / 2) ** 2, 0) ** 0.5
    centre = (start[0] + dx / 2 + dy / chord * height, start[1] + dy / 2 - dx / chord * height)
    first = atan2(start[1] - centre[1], start[0] - centre[0])
    sweep = (atan2(end[1] - centre[1], end[0] - centre[0]) - first) % (2 * pi)
    for step in range(1, 2 * _STEP + 1):
        angle = first + sweep * step / (2 * _STEP)
        yield centre[0] + radius * cos(angle), centre[1] + radius * sin(angle)


def _rgb(color: str) -> tuple[int, int, int]:
    return int(color[1:3], 16), int(color[3:5], 16), int(color[5:7], 16)


class PdfCanvas:
    """A page of A4, with the fonts embedded."""

    def __init__(self, fonts: dict[Font, Path], title: str, made: datetime) -> None:
        self.pdf = FPDF(unit="mm", format="A4")
        self.pdf.set_auto_page_break(False)
        self.pdf.set_margin(0)
        self.pdf.set_lang("zh-CN")
        self.pdf.set_title(title)
        self.pdf.set_creation_date(made)
        for font, path in fonts.items():
            self.pdf.add_font(font, fname=path)
        self.pdf.add_page()

    def panel(self, box: Box, radius: float, top: str, bottom: str) -> None:
        """Fill a rounded box."""
        x, y, width, height = box
        pdf = self.pdf
        pdf.set_fill_color(_rgb(top))
        pdf.rect(x, y, width, height, style="F", round_corners=radius > 0, corner_radius=radius)
        if top != bottom:
            picture = gradient((ceil(width * 4), ceil(height * 4)), ceil(radius * 4), top, bottom)
            pdf.image(picture, x, y, width, height)

    def strokes(self, lines: Sequence[Sequence[Point]], box: Box, width: float, color: str) -> None:
        """Draw lines."""
        pdf = self.pdf
        with pdf.rect_clip(*box):
            pdf.set_line_width(width)
            pdf.set_draw_color(_rgb(color))
            for line in lines:
                pdf.polyline(list(line))

    def dashes(self, box: Box, radius: float, color: str) -> None:
        """Draw a dashed outline to cut along."""
        x, y, width, height = box
        self.pdf.set_line_width(0.2)
        self.pdf.set_draw_color(_rgb(color))
        self.pdf.set_dash_pattern(dash=1.2, gap=1.2)
        self.pdf.rect(x, y, width, height, round_corners=True, corner_radius=radius)
        self.pdf.set_dash_pattern()

    def text(
        self, at: Point, size: float, text: str, color: str, *, font: Font = "plain", align: Align = "left"
    ) -> None:
        """Write a line of text."""
        pdf = self.pdf
        pdf.set_font(font, size=size / _POINT)
        pdf.set_text_color(_rgb(color))
        width = pdf.get_string_width(text)
        x = at[0] - {"left": 0.0, "centre": width / 2, "right": width}[align]
        pdf.text(x, at[1], text)

    def code(self, modules: Sequence[Sequence[bool]], box: Box, label: str) -> None:
        """Draw a QR code as a picture of eight pixels a module: viewers that blur a picture don't blur this one."""
        picture = modules_image(modules, 8)
        self.pdf.image(picture, *box, alt_text=label)

    def bytes(self) -> bytes:
        """Return the finished file."""
        return bytes(self.pdf.output())


class PngCanvas:
    """A picture of one card."""

    def __init__(self, fonts: dict[Font, Path], size: Point, dpi: int) -> None:
        self._fonts = fonts
        self._dpi = dpi
        self._scale = dpi / 25.4
        self.image = Image.new("RGBA", (self._px(size[0]), self._px(size[1])), (0, 0, 0, 0))
        self._draw = ImageDraw.Draw(self.image)

    def _px(self, length: float) -> int:
        return round(length * self._scale)

    def panel(self, box: Box, radius: float, top: str, bottom: str) -> None:
        """Fill a rounded box."""
        x, y, width, height = (self._px(length) for length in box)
        picture = gradient((width, height), self._px(radius), top, bottom)
        self.image.alpha_composite(picture, (x, y))

    def strokes(self, lines: Sequence[Sequence[Point]], box: Box, width: float, color: str) -> None:
        """Draw lines on a layer of twice the size, so that they are smooth."""
        scale = 2 * self._scale
        layer = Image.new("L", (2 * self.image.width, 2 * self.image.height))
        draw = ImageDraw.Draw(layer)
        for line in lines:
            draw.line([(x * scale, y * scale) for x, y in line], fill=255, width=max(1, round(width * scale)))
        mask = layer.resize(self.image.size, Image.Resampling.LANCZOS)
        window = Image.new("L", self.image.size)
        x, y, w, h = (self._px(length) for length in box)
        ImageDraw.Draw(window).rectangle((x, y, x + w, y + h), fill=255)
        self.image.paste(Image.new("RGBA", self.image.size, color), mask=ImageChops.multiply(mask, window))

    def text(
        self, at: Point, size: float, text: str, color: str, *, font: Font = "plain", align: Align = "left"
    ) -> None:
        """Write a line of text."""
        face = ImageFont.truetype(str(self._fonts[font]), self._px(size))
        anchor = {"left": "ls", "centre": "ms", "right": "rs"}[align]
        self._draw.text((at[0] * self._scale, at[1] * self._scale), text, fill=color, font=face, anchor=anchor)

    def code(self, modules: Sequence[Sequence[bool]], box: Box, label: str) -> None:  # noqa: ARG002 a PNG has no words
        """Draw a QR code in whole pixels, in the middle of its box."""
        x, y, width, _ = (self._px(length) for length in box)
        picture = modules_image(modules, width // len(modules)).convert("RGBA")
        rest = (width - picture.width) // 2
        self.image.paste(picture, (x + rest, y + rest))

    def bytes(self) -> bytes:
        """Return the finished file, its resolution noted."""
        result = BytesIO()
        self.image.save(result, "PNG", dpi=(self._dpi, self._dpi))
        return result.getvalue()


def gradient(size: tuple[int, int], radius: int, top: str, bottom: str) -> Image.Image:
    """Paint a rounded rectangle that fades from one colour at its top to another at its bottom; sizes in pixels."""
    width, height = size
    column = Image.new("RGBA", (1, height))
    first, last = _rgb(top), _rgb(bottom)
    for y in range(height):
        part = y / max(1, height - 1)
        red, green, blue = (round(a + (b - a) * part) for a, b in zip(first, last, strict=True))
        column.putpixel((0, y), (red, green, blue, 255))
    picture = column.resize(size)
    mask = Image.new("L", (2 * width, 2 * height))
    ImageDraw.Draw(mask).rounded_rectangle((0, 0, 2 * width - 1, 2 * height - 1), 2 * radius, fill=255)
    picture.putalpha(mask.resize(size, Image.Resampling.LANCZOS))
    return picture


def modules_image(modules: Sequence[Sequence[bool]], pixels: int) -> Image.Image:
    """Paint the modules of a QR code, margin included, in black and white."""
    side = len(modules)
    picture = Image.new("1", (side, side), 1)
    picture.putdata([0 if dark else 1 for row in modules for dark in row])
    return picture.resize((side * pixels, side * pixels), Image.Resampling.NEAREST)
