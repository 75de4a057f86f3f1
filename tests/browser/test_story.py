"""The main job through the pages: apply, review, approve, show, verify, redeem, undo."""

from __future__ import annotations

import re
from io import BytesIO

import pytest
import zxingcpp
from PIL import Image
from playwright.sync_api import Page, expect

from tests.browser.conftest import Visitor, code_of, hold, identity_number

pytestmark = pytest.mark.browser


def fill_evidence(page: Page) -> None:
    """Fill and save every piece of evidence that the conversation asks for."""
    while page.locator("li.piece details").count():
        form = page.locator("li.piece details[open] form").first
        for box in form.locator("input[type=date]").all():
            box.fill("2030-06-01" if "until" in str(box.get_attribute("name")) else "2025-06-01")
        for box in form.locator("select").all():
            if not box.input_value():
                box.select_option(index=1)
        for box in form.locator("input[value=yes]").all():
            box.check()
        form.locator("button").click()


def scan(desk: Page, text: str) -> None:
    """Hand a code to the desk as pasted text."""
    desk.fill("#paste", text)
    desk.press("#paste", "Enter")


def test_card_is_shown_and_redeemed_once_when_everybody_does_their_part(visitor: Visitor) -> None:
    applicant = visitor.open("/precheck", size=(390, 844))
    applicant.check("[name=who][value=chief_tech]")
    applicant.check("[name=place][value=employed]")
    applicant.check("[name=merit][value=member]")
    applicant.click("text=看结果")
    expect(applicant.locator("#result")).to_contain_text("省企业首席技师")
    applicant.click("text=按这个结果申请")
    applicant.fill("[name=phone]", "13700000001")
    applicant.click("form .btn--big")
    applicant.fill("[name=code]", applicant.inner_text(".demo-code b"))
    applicant.click("form .btn--big")
    applicant.fill("[name=name]", "王芳")
    applicant.fill("[name=number]", identity_number(777))
    applicant.click("form .btn--big")
    applicant.select_option("[name=city]", "320500")
    applicant.click("form .btn--big")
    fill_evidence(applicant)
    applicant.click("text=提交申请")
    expect(applicant.locator("h1")).to_have_text("已提交")

    reviewer = visitor.officer("reviewer", "/console?q=王")
    reviewer.click("#queue a")
    reviewer.click(".decide .btn--wide")
    reviewer.wait_for_selector("#decide")
    while reviewer.locator("[id^=src-]").count():
        left = reviewer.locator("[id^=src-]").count()
        reviewer.locator("[id^=src-]").first.fill("社保系统、主管部门")
        reviewer.locator("[id^=src-]").first.press("Enter")
        expect(reviewer.locator("[id^=src-]")).to_have_count(left - 1)
    reviewer.wait_for_selector("html[data-ready=console]")
    reviewer.keyboard.press("a")
    reviewer.keyboard.type("材料齐全")
    reviewer.keyboard.press("Control+Enter")
    expect(reviewer.locator(".decide")).to_contain_text("等待审批人决定")
    approver = visitor.officer("approver", "/console?q=王")
    approver.click("#queue a")
    approver.fill("[name=reason]", "符合条件")
    approver.click(".decide .btn--wide")
    expect(approver.locator(".decide")).to_contain_text("已经发卡")

    applicant.goto("/me")
    applicant.click("#bind")
    applicant.wait_for_selector("[data-when=code]:not([hidden]) svg")
    shot = Image.open(BytesIO(applicant.locator("#code").screenshot()))
    seen = zxingcpp.read_barcodes(shot)[0].text
    assert seen == code_of(applicant)

    desk = visitor.desk()
    scan(desk, seen)
    expect(desk.locator(".verdict__word")).to_have_text("通过")
    expect(desk.locator(".facts")).to_contain_text("王*")
    hold(desk, "2")
    expect(desk.locator(".entitlement--done")).to_have_count(1)
    hold(desk, "z")
    expect(desk.locator(".entitlement--done")).to_have_count(0)
    scan(desk, seen)
    expect(desk.locator(".verdict__word")).to_have_text("拒绝")
    expect(desk.locator(".verdict__why")).to_have_text("这个码刚才已经用过。")

    applicant.goto("/me/records")
    expect(applicant.locator("main")).to_contain_text("南京鼓楼示范医院")


def test_scanner_is_read_when_it_types_like_a_keyboard(visitor: Visitor) -> None:
    code = code_of(visitor.bound())
    desk = visitor.desk()
    desk.evaluate(
        """(text) => {
            const press = (key) => document.body.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true }));
            for (const character of text) press(character);
            press('Enter');
        }""",
        code,
    )
    expect(desk.locator(".verdict__word")).to_have_text("通过")


def test_picture_is_read_when_a_screenshot_is_uploaded(visitor: Visitor) -> None:
    holder = visitor.bound(device_scale_factor=2)
    picture = holder.locator("#code").screenshot()
    desk = visitor.desk()
    desk.set_input_files("#image", {"name": "code.png", "mimeType": "image/png", "buffer": picture})
    expect(desk.locator(".verdict__word")).to_have_text("通过", timeout=15_000)


def test_screenshot_is_refused_with_its_reason_when_it_is_61_seconds_old(visitor: Visitor) -> None:
    holder = visitor.bound(device_scale_factor=2)
    desk = visitor.desk()
    context = holder.context
    context.add_init_script("Date.now = ((real) => () => real() - 61000)(Date.now.bind(Date))")
    context.route("**/api/v1/me/card", lambda route: route.abort())
    holder.reload()
    holder.wait_for_selector("[data-when=code]:not([hidden]) svg")
    screenshot = {"name": "code.png", "mimeType": "image/png", "buffer": holder.locator("#code").screenshot()}
    desk.set_input_files("#image", screenshot)
    expect(desk.locator(".verdict__word")).to_have_text("拒绝", timeout=15_000)
    expect(desk.locator(".verdict__why")).to_have_text("这个码已经过期，可能是截图。")


def test_nothing_of_a_page_runs_when_a_name_is_markup(visitor: Visitor) -> None:
    page = visitor.officer("reviewer", f"/console/applications/{visitor.site.applications['hostile']}")
    expect(page.locator("h1")).to_contain_text("<")
    expect(page.locator("main img")).to_have_count(0)


def test_room_asks_to_sign_in_when_nobody_is(visitor: Visitor) -> None:
    for path, room in (("/me", "/me/sign-in"), ("/apply", "/me/sign-in"), ("/desk", "/desk/sign-in"),
                       ("/console", "/console/sign-in")):  # fmt: skip
        page = visitor.open(path)
        assert re.sub(r"\?.*", "", page.url.removeprefix(visitor.site.origin)) == room
