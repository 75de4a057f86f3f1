"""Challenge mode: the desk shows a code, the phone that scans it answers with a proof for this desk alone."""

from __future__ import annotations

from io import BytesIO

import pytest
import zxingcpp
from PIL import Image
from playwright.sync_api import expect

from tests.browser.conftest import Visitor, code_of, hold

pytestmark = pytest.mark.browser


def test_ordinary_code_is_refused_and_the_answer_accepted_when_a_desk_challenges(visitor: Visitor) -> None:
    holder = visitor.bound()
    ordinary = code_of(holder)
    desk = visitor.desk()
    hold(desk, "x")
    desk.wait_for_selector(".challenge svg")
    shot = Image.open(BytesIO(desk.locator(".challenge").screenshot()))
    address = zxingcpp.read_barcodes(shot)[0].text
    assert address == address.upper()
    desk.fill("#paste", ordinary)
    desk.press("#paste", "Enter")
    expect(desk.locator(".verdict__word")).to_have_text("拒绝")

    hold(desk, "x")
    desk.wait_for_selector(".challenge svg")
    shot = Image.open(BytesIO(desk.locator(".challenge").screenshot()))
    path = zxingcpp.read_barcodes(shot)[0].text.partition("/C/")[2]
    holder.goto(f"/C/{path}")
    holder.wait_for_selector("#challenged:not([hidden])")
    desk.fill("#paste", code_of(holder))
    desk.press("#paste", "Enter")
    expect(desk.locator(".verdict__word")).to_have_text("通过")
