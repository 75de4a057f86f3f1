"""The desk's camera sees what the holder's page really drew, and the verdict comes by itself."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Browser, expect

from tests.browser.conftest import Visitor
from tests.support.browser import chromium

pytestmark = pytest.mark.browser

WIDTH, HEIGHT, FRAMES = 960, 720, 6


def video(picture: bytes, path: Path) -> None:
    """Write a still picture as an uncompressed video (YUV4MPEG2, 4:2:0), as Chromium's fake camera reads it."""
    frame = Image.new("RGB", (WIDTH, HEIGHT), "#303030")
    code = Image.open(BytesIO(picture)).convert("RGB")
    side = 640
    frame.paste(code.resize((side, side)), ((WIDTH - side) // 2, (HEIGHT - side) // 2))
    y, u, v = frame.convert("YCbCr").split()
    half = (WIDTH // 2, HEIGHT // 2)
    one = b"FRAME\n" + y.tobytes() + u.resize(half).tobytes() + v.resize(half).tobytes()
    path.write_bytes(f"YUV4MPEG2 W{WIDTH} H{HEIGHT} F10:1 Ip A1:1 C420jpeg\n".encode() + one * FRAMES)


def test_verdict_comes_by_itself_when_a_phone_is_held_before_the_camera(
    visitor: Visitor, browser: Browser, tmp_path: Path
) -> None:
    holder = visitor.bound(device_scale_factor=2)
    film = tmp_path / "phone.y4m"
    video(holder.locator("#code").screenshot(), film)
    args = [
        "--no-sandbox", "--disable-gpu", "--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream",
        f"--use-file-for-fake-video-capture={film}",
    ]  # fmt: skip
    state = visitor.desk().context.storage_state()
    filming = browser.browser_type.launch(executable_path=chromium(), args=args)
    context = filming.new_context(
        base_url=visitor.site.origin, locale="zh-CN", permissions=["camera"], storage_state=state
    )
    desk = context.new_page()
    desk.goto("/desk")
    desk.wait_for_selector("html[data-ready=desk]")
    desk.wait_for_timeout(500)
    if desk.locator("#cam").get_attribute("data-state") == "off":
        desk.keyboard.press("c")
    expect(desk.locator(".verdict__word")).to_have_text("通过", timeout=20_000)
    expect(desk.locator(".facts")).to_contain_text("手机动态码")
    filming.close()
