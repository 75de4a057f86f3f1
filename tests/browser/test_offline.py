"""Without a network: the phone goes on drawing codes, the desk goes on verifying, and tells everything afterwards."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

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
