"""Two readers of pictures that share no code read every kind of code from pixels alone."""

from __future__ import annotations

from base64 import b64encode
from datetime import date
from io import BytesIO
from typing import Any

import pytest
import zxingcpp
from PIL import Image, ImageDraw

from suchang.credentials.print.fonts import FontShelf
from suchang.credentials.print.printed_card import CardFace, card_png
from suchang.web.npm_parts import NODE_MODULES
from tests.javascript.node import run_node
from tests.unit.credentials.support import device_token, online_token, print_token, text_of


def by_jsqr(picture: Image.Image) -> str | None:
    """Read with npm's jsQR."""
    pixels = b64encode(picture.convert("RGBA").tobytes()).decode()
    question = {"reader": "jsQR", "pixels": pixels, "width": picture.width, "height": picture.height}
    answer: dict[str, Any]
    [answer] = run_node("readers/readers.js", [question])
    return answer.get("text")


def by_zxing(picture: Image.Image) -> str | None:
    """Read with zxing-cpp."""
    found = zxingcpp.read_barcodes(picture.convert("RGB"))
    return found[0].text if found else None


READERS = {"jsQR": by_jsqr, "zxing-cpp": by_zxing}


def on_screen(text: str, pixels: int = 4) -> Image.Image:
    """Draw a code as the phone does, with the module of the holder's page."""
    drawing = run_node("javascript/draw_qr.js", [{"text": text}])[0]
    side = drawing["size"] + 8
    picture = Image.new("L", (side, side), 255)
    for place, dark in enumerate(drawing["dark"]):
        if dark == "1":
            picture.putpixel((4 + place % drawing["size"], 4 + place // drawing["size"]), 0)
    return picture.resize((side * pixels, side * pixels), Image.Resampling.NEAREST)


@pytest.fixture(scope="module")
def printed():
    fonts = FontShelf(NODE_MODULES, NODE_MODULES / ".suchang-fonts")

    def draw(text: str) -> Image.Image:
        face = CardFace("SC7Q4M2K9TX3HD", "张*", "B", ("江苏省人才", "Jiangsu talent"), date(2031, 10, 31), text)
        picture = Image.open(BytesIO(card_png(face, fonts, dpi=200)))
        ground = Image.new("RGBA", picture.size, "white")
        ground.alpha_composite(picture)
        return ground

    return draw


@pytest.mark.parametrize("reader", READERS)
def test_text_is_read_when_a_phone_shows_a_code(reader):
    for token in (device_token(), online_token()):
        assert READERS[reader](on_screen(text_of(token))) == text_of(token)


@pytest.mark.parametrize("reader", READERS)
def test_text_is_read_when_a_card_is_printed(reader, printed):
    text = text_of(print_token())
    assert READERS[reader](printed(text)) == text


@pytest.mark.parametrize("reader", READERS)
def test_nothing_is_read_when_a_picture_is_spoilt(reader):
    picture = on_screen(text_of(device_token()))
    ImageDraw.Draw(picture).rectangle((120, 120, 300, 300), fill=128)
    assert READERS[reader](picture) is None
