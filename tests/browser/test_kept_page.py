"""The card's page is shown from what the phone keeps, at once, and corrected by what the server has."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Visitor, code_of
from tests.browser.test_offline import kept

pytestmark = pytest.mark.browser


def test_code_is_shown_and_the_holder_told_when_the_sign_in_has_expired(visitor: Visitor) -> None:
    page = visitor.bound()
    kept(page, "/me")
    page.context.clear_cookies(name="sc_holder")
    page.goto("/me")
    page.wait_for_selector("[data-when=code]:not([hidden]) svg")
    expect(page.locator("#signed-out")).to_contain_text("登录已过期")
    expect(page.locator("#freshness")).to_have_attribute("data-offline", "false")


def test_page_corrects_itself_when_the_card_has_changed_since(visitor: Visitor) -> None:
    page = visitor.holder("suspended")
    page.click("#bind")
    page.wait_for_selector("[data-when=code]:not([hidden]) svg")
    kept(page, "/me")
    page.goto("/me/family")
    [token] = [one["value"] for one in page.context.cookies() if one["name"] == "sc_holder"]
    visitor.site.world.ok("POST", "/api/v1/me/card/report-lost", token, json={"reason": "遗失"})
    page.goto("/me")
    expect(page.locator("#code")).to_contain_text("卡片已暂停")
    assert page.locator("[data-when=code]").count() == 0


def test_benefits_are_put_right_when_the_kept_page_tells_old_ones(visitor: Visitor) -> None:
    page = visitor.bound()
    kept(page, "/me")
    page.evaluate(
        """async () => {
            const cache = await caches.open('pages-/me');
            const answer = await cache.match('/me');
            const old = (await answer.text()).replace('id="soon-title">', 'id="soon-title">旧的 ');
            await cache.put('/me', new Response(old, { headers: answer.headers }));
        }"""
    )
    page.goto("/me")
    page.wait_for_selector("[data-when=code]:not([hidden]) svg")
    text = code_of(page)
    expect(page.locator("#soon-title")).to_have_text("现在能用的")
    assert code_of(page) == text, "the code was drawn anew: the page was loaded again"


def test_nothing_of_the_last_person_is_shown_when_somebody_else_signs_in(visitor: Visitor) -> None:
    page = visitor.bound()
    kept(page, "/me")
    page.context.clear_cookies(name="sc_holder")
    for limit in ("code-requests", "code-tries"):
        visitor.site.world.collaborators.redis.take(f"{limit}:{visitor.site.phones['missing']}")
    page.goto("/me/sign-in")
    page.fill("[name=phone]", visitor.site.phones["missing"])
    page.click("form .btn--big")
    page.fill("[name=code]", page.inner_text(".demo-code b"))
    seen: list[str] = []
    page.on("domcontentloaded", lambda one: seen.append(one.locator("main").inner_text()))
    page.click("form .btn--big")
    page.wait_for_url("**/me")
    expect(page.locator("main")).to_contain_text("待补正")
    assert not [text for text in seen if "张" in text]
