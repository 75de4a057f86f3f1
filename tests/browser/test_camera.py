"""The desk's camera sees what the holder's page really drew, and the verdict comes by itself."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Browser, expect

from tests.browser.conftest import Visitor, hold
from tests.support.browser import chromium

pytestmark = pytest.mark.browser

WIDTH, HEIGHT, FRAMES = 960, 720, 6


def frame_of(code: Image.Image) -> Image.Image:
    """Return what the camera sees when a phone that shows this picture is held before it."""
    frame = Image.new("RGB", (WIDTH, HEIGHT), "#303030")
    side = 640
    frame.paste(code.convert("RGB").resize((side, side)), ((WIDTH - side) // 2, (HEIGHT - side) // 2))
    return frame


def video(frames: Sequence[Image.Image], path: Path) -> None:
    """Write pictures as an uncompressed video (YUV4MPEG2, 4:2:0), as Chromium's fake camera reads it, over and over."""
    half = (WIDTH // 2, HEIGHT // 2)
    with path.open("wb") as film:
        film.write(f"YUV4MPEG2 W{WIDTH} H{HEIGHT} F10:1 Ip A1:1 C420jpeg\n".encode())
        for frame in frames:
            y, u, v = frame.convert("YCbCr").split()
            film.write(b"FRAME\n" + y.tobytes() + u.resize(half).tobytes() + v.resize(half).tobytes())


@contextmanager
def filming(browser: Browser, film: Path, frames: Sequence[Image.Image]) -> Iterator[Browser]:
    """Start a second browser whose camera sees these frames."""
    video(frames, film)
    args = [
        "--no-sandbox", "--disable-gpu", "--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream",
        f"--use-file-for-fake-video-capture={film}",
    ]  # fmt: skip
    started = browser.browser_type.launch(executable_path=chromium(), args=args)
    try:
        yield started
    finally:
        started.close()


def test_verdict_comes_by_itself_when_a_phone_is_held_before_the_camera(
    visitor: Visitor, browser: Browser, tmp_path: Path
) -> None:
    code = Image.open(BytesIO(visitor.bound(device_scale_factor=2).locator("#code").screenshot()))
    state = visitor.desk().context.storage_state()
    with filming(browser, tmp_path / "phone.y4m", [frame_of(code)] * FRAMES) as camera:
        context = camera.new_context(
            base_url=visitor.site.origin, locale="zh-CN", permissions=["camera"], storage_state=state
        )
        desk = context.new_page()
        desk.goto("/desk")
        desk.wait_for_selector("html[data-ready=desk]")
        desk.wait_for_timeout(500)
        if desk.locator("#cam").get_attribute("data-state") == "off":
            hold(desk, "c")
        expect(desk.locator(".verdict__word")).to_have_text("通过", timeout=20_000)
        expect(desk.locator(".facts")).to_contain_text("手机动态码")
