"""The offices beside casework with the keyboard alone: family, recovery, leave, accounts, partners, policy, audit."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from suchang.domain.account.roles import Role
from tests.browser.conftest import Visitor, identity_number
from tests.browser.test_keyboard import Hands
from tests.support.world import credit_code

pytestmark = pytest.mark.browser

SEND = "main form .btn:not(.btn--plain, .btn--quiet)"


def at(visitor: Visitor, key: str, path: str) -> tuple[Page, Hands]:
    """Sign an officer in, and go to a page."""
    page = visitor.officer(key, path)
    return page, Hands(page)


def send(hands: Hands, selector: str = SEND) -> None:
    """Go to a button, press it, and wait for the page that answers."""
    hands.reach(selector)
    with hands.page.expect_navigation():
        hands.page.keyboard.press("Enter")


def test_family_is_confirmed_and_a_number_replaced_when_only_keys_are_pressed(visitor: Visitor) -> None:
    page, hands = at(visitor, "reviewer", "/console/dependants")
    hands.write("main form input:not([type=hidden])", "已看户口簿")
    send(hands, "main form button")
    expect(page.locator("main")).to_contain_text("没有等待核对的家属")
    page.goto("/console/recovery")
    hands.write("[name=number]", identity_number(int(visitor.site.phones["waiting"][3:])))
    hands.write("[name=phone]", "13600000777")
    hands.write("[name=reason]", "旧号码已停用，本人到场")
    hands.press("[name=seen]", "Space")
    send(hands, ".btn--wide")
    expect(page.locator("main")).to_contain_text("已提交")


def test_leave_is_entered_when_only_keys_are_pressed(visitor: Visitor) -> None:
    visitor.site.officer("colleague", Role.APPROVER)
    page, hands = at(visitor, "approver", "/console/deputies")
    hands.reach("[name=deputy]")
    for _ in range(page.locator("[name=deputy] option").count()):
        page.keyboard.press("ArrowDown")
        if "审批人" in page.locator("[name=deputy] option:checked").inner_text():
            break
    hands.write("[name=reason]", "年假")
    send(hands, ".btn--wide")
    expect(page.locator("main .rows")).to_contain_text("年假")


def test_account_is_made_when_only_keys_are_pressed(visitor: Visitor) -> None:
    page, hands = at(visitor, "administrator", "/console/users/new")
    hands.write("[name=name]", "周审核")
    hands.write("[name=username]", "zhou.keys")
    hands.write("[name=number]", identity_number(771))
    hands.press("[name=roles]", "Space")
    send(hands)
    expect(page.locator("main")).to_contain_text("请另一位管理员确认")


def test_partner_is_registered_when_only_keys_are_pressed(visitor: Visitor) -> None:
    page, hands = at(visitor, "supervisor", "/console/partners/new")
    hands.write("[name=name]", "无锡键盘医院")
    hands.write("[name=uscc]", credit_code(7707))
    hands.press("[name=domains][value=medical]", "Space")
    hands.write("[name=site]", "一号窗口")
    hands.press("[name=city]", "ArrowDown")
    send(hands)
    expect(page.locator("h1")).to_have_text("无锡键盘医院")


def test_policy_is_simulated_when_only_keys_are_pressed(visitor: Visitor) -> None:
    page, hands = at(visitor, "editor", "/console/policy")
    hands.press("[name=key]", "ArrowDown")
    hands.write("[name=value]", "7")
    send(hands)
    page.wait_for_url("**/console/policy/*")


def test_audit_is_searched_when_only_keys_are_pressed(visitor: Visitor) -> None:
    page, hands = at(visitor, "supervisor", "/console/audit")
    hands.write("[name=subject]", "nothing-of-this-name")
    send(hands, ".ask__end button")
    expect(page.locator("main")).to_contain_text("没有符合条件的记录")
