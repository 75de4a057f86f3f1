"""A hardware scanner at the desk's page: real key events, whatever has the focus; codes whole, nothing redeemed."""

from __future__ import annotations

import pytest
from playwright.sync_api import CDPSession, Page, expect

from suchang.persistence.models import Redemption
from suchang.persistence.unit_of_work import unit_of_work
from tests.browser.conftest import Visitor, code_of, hold

pytestmark = pytest.mark.browser

SHIFTED = {"$": ("Digit4", 52), "%": ("Digit5", 53), "*": ("Digit8", 56), "+": ("Equal", 187), ":": ("Semicolon", 186)}
PLAIN = {" ": ("Space", 32), "-": ("Minus", 189), ".": ("Period", 190), "/": ("Slash", 191), "]": ("BracketRight", 221)}


def stroke(keys: CDPSession, key: str, code: str, number: int, *, text: str = "", modifiers: int = 0) -> None:
    """Press a key and let go, as a scanner does."""
    event = {"key": key, "code": code, "windowsVirtualKeyCode": number, "modifiers": modifiers}
    keys.send("Input.dispatchKeyEvent", {"type": "keyDown", "text": text, **event})
    keys.send("Input.dispatchKeyEvent", {"type": "keyUp", **event})


def scan(
    page: Page, text: str, *, suffix: str = "Enter", manner: str = "plain", pause: tuple[int, int] = (0, 0)
) -> None:
    """Type a text as a scanner does: plain, with caps lock on, full-width, or while an input method composes."""
    keys = page.context.new_cdp_session(page)
    for place, letter in enumerate(text):
        if pause[1] and place == pause[0]:
            page.wait_for_timeout(pause[1])
        code, number = PLAIN.get(letter) or SHIFTED.get(letter) or (
            (f"Digit{letter}", ord(letter)) if letter.isdigit() else (f"Key{letter}", ord(letter))
        )  # fmt: skip
        shift = 8 if letter.isalpha() or letter in SHIFTED else 0
        if manner == "composing":
            stroke(keys, "Process", code, 229, modifiers=shift)
            continue
        typed = letter.lower() if manner == "caps" else letter
        if manner == "wide":
            typed = "\u3000" if letter == " " else chr(ord(letter) + 0xFEE0)
        stroke(keys, typed, code, number, text=typed, modifiers=shift)
    if suffix == "Enter":
        stroke(keys, "Enter", "Enter", 13, text="\r")
    elif suffix == "Tab":
        stroke(keys, "Tab", "Tab", 9)
    keys.detach()


FOCUS = {
    "page": "document.activeElement.blur()",
    "paste": "document.getElementById('paste').focus()",
    "redeem": "document.querySelector('[data-deliberate]')?.focus()",
    "detail": "document.querySelector('.entitlement input, .entitlement select')?.focus()",
    "next": "document.getElementById('next').focus()",
    "way out": "document.querySelector('.desk-bar form button').focus()",
}
MANNERS = [("plain", ""), ("caps", "]Q1"), ("wide", "]Q1"), ("composing", "")]
PAIRS = [(focus, MANNERS[place % len(MANNERS)]) for place, focus in enumerate(FOCUS.items())]
"""Each focus and each manner; the test of the intake goes through every combination, speed and suffix."""

NOTE_REQUESTS = """() => {
    const real = fetch;
    globalThis.asked = [];
    globalThis.fetch = (path, more) => {
        if (more?.method === 'POST') asked.push([path, more.body]);
        return real(path, more);
    };
}"""


def test_verdict_comes_and_nothing_is_redeemed_when_a_scanner_types_anywhere(visitor: Visitor) -> None:
    holder = visitor.bound()
    desk = visitor.desk()
    desk.evaluate(NOTE_REQUESTS)
    code = code_of(holder)
    for count, ((focus, script), (manner, prefix)) in enumerate(PAIRS, 1):
        desk.evaluate(script)
        suffix = ("Enter", "Tab", "none")[count % 3]
        pause = (20, 900) if count % 5 == 0 else (0, 0)
        scan(desk, prefix + code, suffix=suffix, manner=manner, pause=pause)
        desk.wait_for_function("(count) => asked.filter(([path]) => path.endsWith('/verifications')).length === count",
                               arg=count, timeout=15_000)  # fmt: skip
        sent = desk.evaluate("() => JSON.parse(asked.at(-1)[1]).presentation")
        assert sent == code, (focus, manner, suffix)
        expect(desk.locator("#out")).not_to_have_attribute("data-outcome", "waiting")
        expect(desk.locator("#paste")).to_have_value("")
        code = fresh(holder, code) if focus != "way out" else code
    assert desk.url.endswith("/desk")
    paths = {path for path, _ in desk.evaluate("() => asked")}
    assert paths == {"/api/v1/verifications"}
    with unit_of_work(visitor.site.world.collaborators.sessions) as session:
        assert session.query(Redemption).count() == 0


def fresh(holder: Page, _before: str) -> str:
    """Let the phone draw its next code at once."""
    holder.reload()
    holder.wait_for_selector("[data-when=code]:not([hidden]) svg")
    return code_of(holder)


def test_item_is_redeemed_when_the_key_is_held_on_its_button(visitor: Visitor) -> None:
    holder = visitor.bound()
    desk = visitor.desk()
    scan(desk, code_of(holder))
    button = desk.locator(".entitlement", has_text="优先挂号").locator("button").first
    button.focus()
    desk.keyboard.press("Enter")
    desk.keyboard.press("Space")
    desk.wait_for_timeout(300)
    expect(desk.locator(".entitlement--done")).to_have_count(0)
    desk.wait_for_timeout(4000)
    hold(desk, "Enter")
    expect(desk.locator(".entitlement--done")).to_have_count(1)
