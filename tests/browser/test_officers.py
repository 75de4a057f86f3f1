"""Officers at work with the keyboard alone: a phrase, a bulk approval, a leave, the deputy's hat."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Visitor

pytestmark = pytest.mark.browser


def reach(page: Page, selector: str) -> None:
    """Press Tab until a control has the focus."""
    for _ in range(120):
        if page.evaluate("(one) => document.activeElement?.matches(one) ?? false", selector):
            return
        page.keyboard.press("Tab")
    pytest.fail(f"the keyboard never came to {selector}")


def test_cases_are_approved_together_when_only_keys_are_pressed(visitor: Visitor) -> None:
    page = visitor.officer("approver", "/console/bulk")
    case = visitor.site.applications["recommended"]
    reach(page, f'[name=application][value^="{case}"]')
    page.keyboard.press("Space")
    reach(page, ".phrases summary")
    page.keyboard.press("Enter")
    reach(page, "[data-phrase]")
    page.keyboard.press("Enter")
    assert page.input_value("#f-reason") == page.get_attribute("[data-phrase]", "data-phrase")
    page.keyboard.type("。")
    reach(page, "form .btn:not(.btn--small)")
    page.keyboard.press("Enter")
    page.wait_for_selector("#done")
    expect(page.locator("#done ~ ul .badge--ok")).to_have_count(1)


def test_deputy_acts_and_stops_when_only_keys_are_pressed(visitor: Visitor) -> None:
    page = visitor.officer("reviewer")
    reach(page, ".stand-in button")
    page.keyboard.press("Enter")
    page.wait_for_selector(".stand-in--on")
    assert "mine=1" in page.url
    reach(page, ".stand-in--on button")
    page.keyboard.press("Enter")
    page.wait_for_selector(".stand-in:not(.stand-in--on)")


def test_view_is_kept_and_dropped_when_only_keys_are_pressed(visitor: Visitor) -> None:
    page = visitor.officer("reviewer", "/console?due=soon")
    reach(page, "#f-view")
    page.keyboard.type("快到期")
    page.keyboard.press("Enter")
    page.wait_for_selector(".views [aria-current]")
    assert page.inner_text(".views [aria-current]") == "快到期"
    reach(page, ".views__drop")
    page.keyboard.press("Enter")
    page.wait_for_url("**/console")
    assert "快到期" not in page.inner_text(".views")
