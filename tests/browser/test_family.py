"""A dependant's own code on the holder's phone: drawn, scanned, redeemed; also when the network is cut."""

from __future__ import annotations

from io import BytesIO

import pytest
import zxingcpp
from PIL import Image
from playwright.sync_api import Page, expect

from tests.browser.conftest import Visitor, code_of
from tests.browser.test_offline import kept
from tests.browser.test_story import scan

pytestmark = pytest.mark.browser


def drawn(page: Page) -> str:
    """Wait for a code on the page and read it as a scanner does."""
    page.wait_for_selector("[data-when=code]:not([hidden]) svg")
    shot = Image.open(BytesIO(page.locator("#code").screenshot()))
    seen = zxingcpp.read_barcodes(shot)[0].text
    assert seen == code_of(page)
    return seen


def kept_parts(page: Page) -> list[str]:
    """List the parts that the service worker keeps."""
    return list(
        page.evaluate(
            """async () => {
                const name = (await caches.keys()).find((one) => one.startsWith('parts-/me'));
                return (await (await caches.open(name)).keys()).map((one) => one.url);
            }"""
        )
    )


def test_dependants_code_is_redeemed_for_what_is_theirs_alone_and_shown_without_a_network(visitor: Visitor) -> None:
    holder = visitor.holder(device_scale_factor=2)
    holder.goto("/me/family")
    expect(holder.locator("#code")).to_contain_text("还没有绑定")
    holder.goto("/me")
    holder.click("#bind")
    own = drawn(holder)
    kept(holder, "/me")
    assert any("holder/family" in one for one in kept_parts(holder))

    holder.goto("/me/family")
    holder.check(f"#family-pick [value={visitor.site.family['child']}]")
    expect(holder.locator(".card__kind")).to_contain_text("子女")
    child = drawn(holder)
    holder.wait_for_selector("html[data-kept='2']")

    world = visitor.site.world
    desk = world.partner("medical")
    seen = world.verify(desk, child)
    assert (seen["outcome"], seen["card"]["relation"], seen["card"]["name"]) == ("accepted", "child", "张*")

    def redeem(item: str, **details: object) -> tuple[int, str]:
        body = {"verification": seen["id"], "item": item, "details": details}
        answer = world.call("POST", "/api/v1/redemptions", desk, json=body)
        assert answer.json is not None
        return answer.status_code, str(answer.json.get("beneficiary") or answer.json["code"])

    assert redeem("medical.priority_registration") == (201, visitor.site.family["child"])
    assert redeem("medical.annual_checkup", package="basic") == (409, "item_not_allowed")

    holder.context.set_offline(True)
    holder.goto("/me/family")
    expect(holder.locator(".card__name")).to_have_text("李 *")
    wife = drawn(holder)
    holder.check(f"#family-pick [value={visitor.site.family['child']}]")
    expect(holder.locator(".card__name")).to_have_text("张 *")
    again = drawn(holder)
    expect(holder.locator("#freshness")).to_have_attribute("data-offline", "true")
    assert len({own, wife, child, again}) == 4
    assert [world.verify(desk, one)["card"]["relation"] for one in (own, wife, again)] == [None, "spouse", "child"]


def test_desk_says_whose_dependant_stands_there_online_and_offline(visitor: Visitor) -> None:
    holder, desk = visitor.bound(), visitor.desk()
    kept(desk, "/desk")
    expect(desk.locator("#age")).to_contain_text("状态列表")
    holder.goto("/me/family")
    holder.wait_for_selector("[data-when=code]:not([hidden]) svg")
    scan(desk, code_of(holder))
    expect(desk.locator(".dependant")).to_contain_text("持卡人 张* 的配偶")
    expect(desk.locator(".entitlement h3")).to_contain_text(["年度健康体检", "优先挂号"])

    holder.check(f"#family-pick [value={visitor.site.family['child']}]")
    expect(holder.locator(".card__kind")).to_contain_text("子女")
    holder.wait_for_selector("[data-when=code]:not([hidden]) svg")
    desk.context.set_offline(True)
    scan(desk, code_of(holder))
    expect(desk.locator(".dependant")).to_contain_text("持卡人的子女")
    # A child has no check-up, so a desk that is on its own does not offer one.
    expect(desk.locator(".entitlement h3")).to_have_text(["优先挂号"])
    desk.context.set_offline(False)


def test_code_is_gone_when_the_consent_is_taken_back_and_comes_with_it(visitor: Visitor) -> None:
    holder = visitor.bound()
    holder.goto("/me/family")
    pick = f"#family-pick [value={visitor.site.family['unasked']}]"
    expect(holder.locator(pick)).to_have_count(0)
    holder.click("text=我同意")
    holder.check(pick)
    expect(holder.locator(".card__kind")).to_contain_text("子女")
    holder.wait_for_selector("[data-when=code]:not([hidden]) svg")
    row = holder.locator(".family__one", has_text="2021 年生")
    row.locator("summary").click()
    row.locator("text=撤回同意").click()
    expect(holder.locator(pick)).to_have_count(0)
    expect(row).to_contain_text("待监护人同意")


def test_a_dependant_is_declared_and_refused_in_plain_words(visitor: Visitor) -> None:
    page = visitor.holder("suspended")
    page.goto("/me/family")
    page.click("#new summary")
    page.select_option("[name=relation]", "parent")
    page.fill("[name=name]", "吴老大")
    page.fill("[name=number]", "329999195601010019")
    page.fill("[name=evidence]", "户口簿")
    page.click("#new button")
    expect(page.locator("[role=alert]")).to_contain_text("证件号码不对")
    expect(page.locator("[name=name]")).to_have_value("吴老大")
    page.select_option("[name=document_type]", "passport")
    page.fill("[name=number]", "DEU:C01X00T47")
    page.fill("[name=born]", "1956-01-01")
    page.click("#new button")
    expect(page.locator(".family__one")).to_contain_text("待核对")
