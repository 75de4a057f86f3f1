"""Films of queues before a desk's camera, drawn from the product's own codes, as Chromium's fake camera plays them."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import qrcode
from PIL import Image, ImageChops, ImageDraw, ImageFilter
from playwright.sync_api import Browser

from tests.support.browser import chromium

WIDTH, HEIGHT, RATE = 800, 600, 10
FOREIGN = ("134567890123456789", "281234567890123456", "https://example.org/poster", "6901234567892", "SC2:ABC")


@dataclass(frozen=True)
class Scene:
    """What stands before the camera for a while: a card's code or nothing, and how it looks."""

    who: str | None
    text: str | None
    frames: int
    angle: float = 0
    blur: float = 0
    inverted: bool = False
    glare: bool = False
    poster: str | None = None
    behind: str | None = None


def code_picture(
    text: str, side: int, *, inverted: bool = False, correction: int = qrcode.ERROR_CORRECT_Q
) -> Image.Image:
    """Draw a code as it is held before a camera, with its margin."""
    code = qrcode.QRCode(error_correction=correction, border=4)
    code.add_data(text)
    code.make(fit=True)
    drawn = code.make_image().get_image().convert("L").resize((side, side), Image.Resampling.BOX)
    return ImageChops.invert(drawn) if inverted else drawn


def queue(people: dict[str, str], length: int, dice: random.Random) -> list[Scene]:
    """Let people come one after the other, with or without a gap; nobody twice in a row, nobody twice in five."""
    scenes: list[Scene] = [Scene(None, None, RATE)]
    recent: list[str] = []
    for _ in range(length):
        who = dice.choice([one for one in people if one not in recent])
        recent = [*recent[-3:], who]
        scenes.append(
            Scene(
                who, people[who], dice.randint(10, 16), angle=dice.uniform(-25, 25), blur=dice.uniform(0, 0.9),
                inverted=dice.random() < 0.15, glare=dice.random() < 0.2,
                poster=dice.choice(FOREIGN) if dice.random() < 0.3 else None,
            )
        )  # fmt: skip
        if dice.random() < 0.4:
            alone = dice.choice(FOREIGN) if dice.random() < 0.4 else None
            scenes.append(Scene(None, None, dice.randint(1, 12), poster=alone))
    return scenes


def picture(scene: Scene, dice: random.Random) -> Image.Image:
    """Draw one frame of a scene; a hand is never quite still."""
    frame = Image.new("L", (WIDTH, HEIGHT), 60)
    if scene.poster:
        frame.paste(code_picture(scene.poster, 130), (8, 8))
    if scene.text:
        held = code_picture(scene.text, 430, inverted=scene.inverted)
        turned = held.rotate(scene.angle, expand=True, fillcolor=60, resample=Image.Resampling.BILINEAR)
        left = (WIDTH - turned.width) // 2 + 60 + dice.randint(-6, 6)
        frame.paste(turned, (left, (HEIGHT - turned.height) // 2 + dice.randint(-6, 6)))
        if scene.glare:
            light = Image.new("L", (WIDTH, HEIGHT), 0)
            spot = (left + 180, 200, left + 230, 250)
            ImageDraw.Draw(light).ellipse(spot, fill=200)
            frame = ImageChops.add(frame, light.filter(ImageFilter.GaussianBlur(18)))
        frame = frame.filter(ImageFilter.GaussianBlur(scene.blur))
    return frame


def write(scenes: Sequence[Scene], path: Path, dice: random.Random) -> None:
    """Write scenes as an uncompressed video (YUV4MPEG2, 4:2:0)."""
    grey = bytes([128]) * (WIDTH * HEIGHT // 2)
    with path.open("wb") as film:
        film.write(f"YUV4MPEG2 W{WIDTH} H{HEIGHT} F{RATE}:1 Ip A1:1 C420jpeg\n".encode())
        for scene in scenes:
            looks = [picture(scene, dice).tobytes() for _ in range(min(4, scene.frames))]
            for count in range(scene.frames):
                film.write(b"FRAME\n" + looks[count % len(looks)] + grey)


@contextmanager
def camera(browser: Browser, film: Path) -> Iterator[Browser]:
    """Start a second browser whose camera sees a film, over and over."""
    args = [
        "--no-sandbox", "--disable-gpu", "--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream",
        f"--use-file-for-fake-video-capture={film}",
    ]  # fmt: skip
    started = browser.browser_type.launch(executable_path=chromium(), args=args)
    try:
        yield started
    finally:
        started.close()


def lead_in(seen: Sequence[str], shown: Sequence[str]) -> bool:
    """Tell whether what was judged is what was shown, from some moment of the film on, over and over."""
    endless = [*shown, *shown, *shown]
    return any(endless[start : start + len(seen)] == list(seen) for start in range(len(shown)))
