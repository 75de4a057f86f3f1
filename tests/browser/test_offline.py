"""Without a network: the phone goes on drawing codes, the desk goes on verifying, and tells everything afterwards."""

from __future__ import annotations

from contextlib import suppress

import pytest
from playwright.sync_api import Error, Page, Route, expect

from suchang.persistence.models import Redemption
from suchang.persistence.unit_of_work import unit_of_work
from tests.browser.conftest import Visitor, code_of

pytestmark = pytest.mark.browser


def kept(page: Page, home: str) -> None:
    """Wait until the service worker keeps the room's first page and its parts."""
    page.wait_for_function(
        """async (home) => {
            const worker = (await navigator.serviceWorker.ready).active;
            if (worker.state !== 'activated' || !navigator.serviceWorker.controller) return false;
            const pages = await caches.open(`pages-${home}`);
            const parts = (await caches.keys()).filter((name) => name.startsWith(`parts-${home}-`));
            return Boolean(await pages.match(home)) && parts.length === 1
                && (await (await caches.open(parts[0])).keys()).length > 3;
        }""",
        arg=home,
    )


def test_code_is_drawn_and_accepted_when_both_are_offline(visitor: Visitor) -> None:
    holder = visitor.bound()
    kept(holder, "/me")
    desk = visitor.desk()
    kept(desk, "/desk")
    expect(desk.locator("#age")).to_contain_text("状态列表")
    holder.context.set_offline(True)
    desk.context.set_offline(True)

    holder.goto("/me")
    holder.wait_for_selector("[data-when=code]:not([hidden]) svg")
    expect(holder.locator("#freshness")).to_contain_text("离线")
    expect(holder.locator("#freshness")).to_have_attribute("data-offline", "true")
    holder.goto("/me/settings", wait_until="domcontentloaded")
    expect(holder.locator("main")).to_contain_text("现在离线")
    holder.goto("/me")
    holder.wait_for_selector("[data-when=code]:not([hidden]) svg")
    code = code_of(holder)

    desk.goto("/desk")
    desk.wait_for_selector("html[data-ready=desk]")
    expect(desk.locator("#net")).to_have_text("离线")
    desk.fill("#paste", code)
    desk.press("#paste", "Enter")
    expect(desk.locator(".verdict__word")).to_have_text("通过")
    expect(desk.locator(".verdict__why")).to_contain_text("离线核验")
    expect(desk.locator("#queue")).to_have_text("待上传 1 条")
    form = desk.locator(".entitlement", has_text="优先挂号").locator("form")
    form.locator("button").click()
    expect(desk.locator(".entitlement--done")).to_have_count(1)
    desk.fill("#paste", code)
    desk.press("#paste", "Enter")
    expect(desk.locator(".verdict__why")).to_have_text("这个码刚才已经用过。")

    desk.context.set_offline(False)
    desk.evaluate("dispatchEvent(new Event('online'))")
    expect(desk.locator("#queue")).to_be_hidden(timeout=15_000)
    with unit_of_work(visitor.site.world.collaborators.sessions) as session:
        rows = session.query(Redemption).filter_by(item="medical.priority_registration").all()
        assert [row.kind for row in rows] == ["redeem"]


def lose_answers(page: Page, path: str) -> list[int]:
    """Let requests arrive and their answers be lost; gives what was answered, as it comes."""
    lost: list[int] = []

    def lose(route: Route) -> None:
        lost.append(route.fetch().status)
        # A page that has given up waiting needs no abort.
        with suppress(Error):
            route.abort()

    page.route(f"**{path}", lose)
    return lost


def show(desk: Page, code: str) -> None:
    """Give the desk a code by its field."""
    desk.fill("#paste", code)
    desk.press("#paste", "Enter")


def uses(visitor: Visitor, item: str) -> list[str]:
    """List the kinds of the ledger's lines for an item."""
    with unit_of_work(visitor.site.world.collaborators.sessions) as session:
        rows = session.query(Redemption).filter_by(item=item).order_by(Redemption.created_at)
        return [row.kind for row in rows]


def test_grant_is_the_same_act_when_the_answer_to_the_verification_was_lost(visitor: Visitor) -> None:
    holder = visitor.bound()
    code = code_of(holder)
    desk = visitor.desk()
    expect(desk.locator("#age")).to_contain_text("状态列表")
    before = uses(visitor, "medical.priority_registration")
    lost = lose_answers(desk, "/api/v1/verifications")
    show(desk, code)
    expect(desk.locator(".verdict__why")).to_contain_text("离线核验")
    assert lost == [200]
    desk.locator(".entitlement", has_text="优先挂号").locator("button").click()
    expect(desk.locator(".entitlement--done")).to_have_count(1)
    desk.unroute("**/api/v1/verifications")
    desk.wait_for_timeout(2500)
    desk.evaluate("dispatchEvent(new Event('online'))")
    expect(desk.locator("#queue")).to_be_hidden()
    assert uses(visitor, "medical.priority_registration") == [*before, "redeem"]
    # A card has room for three phones.
    holder.goto("/me/settings")
    holder.click("form[action*='/devices/'] button")


def test_item_is_redeemed_once_when_the_answer_to_the_redemption_was_lost(visitor: Visitor) -> None:
    code = code_of(visitor.bound())
    desk = visitor.desk()
    before = uses(visitor, "medical.priority_registration")
    show(desk, code)
    lost = lose_answers(desk, "/api/v1/redemptions")
    desk.locator(".entitlement", has_text="优先挂号").locator("button").first.click()
    expect(desk.locator(".entitlement .wrong")).to_contain_text("还没有回答")
    assert lost[:1] == [201]
    desk.unroute("**/api/v1/redemptions")
    expect(desk.locator(".entitlement--done")).to_have_count(1)
    assert uses(visitor, "medical.priority_registration") == [*before, "redeem"]
    desk.locator(".entitlement--done button").click()
    expect(desk.locator(".entitlement--done")).to_have_count(0)
    assert uses(visitor, "medical.priority_registration") == [*before, "redeem", "reverse"]


def test_refusal_waits_for_a_person_and_leaving_asks_when_the_ledger_said_no(visitor: Visitor) -> None:
    holder = visitor.bound()
    desk = visitor.desk()
    kept(desk, "/desk")
    expect(desk.locator("#age")).to_contain_text("状态列表")
    code = code_of(holder)
    # Somebody else has taken this very code meanwhile: the ledger refuses it as replayed.
    other = visitor.desk()
    show(other, code)
    expect(other.locator(".verdict__word")).to_have_text("通过")
    desk.context.set_offline(True)
    show(desk, code)
    expect(desk.locator(".verdict__word")).to_have_text("通过")
    desk.locator(".entitlement", has_text="优先挂号").locator("button").first.click()
    expect(desk.locator("#queue")).to_have_text("待上传 1 条")
    desk.click("form[action='/desk/sign-out'] button")
    expect(desk.locator("#outbox-why")).to_contain_text("还有 1 条没有办完")
    desk.click("#outbox-close")
    desk.context.set_offline(False)
    desk.evaluate("dispatchEvent(new Event('online'))")
    expect(desk.locator("#queue")).to_have_text("待处理 1 条")
    desk.reload()
    desk.wait_for_selector("html[data-ready=desk]")
    desk.click("#queue")
    expect(desk.locator("#outbox-list")).to_contain_text("刚才已经用过")
    desk.fill("#outbox-list input", "已向持卡人说明")
    desk.click("#outbox-list button")
    expect(desk.locator("#queue")).to_be_hidden()
