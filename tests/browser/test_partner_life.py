"""The partner administrator's page: an organisation from its registration to its settlement, by clicks alone."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from suchang.domain.account.roles import Role
from suchang.persistence.models import Redemption, WebhookDelivery
from suchang.persistence.unit_of_work import unit_of_work
from tests.browser.conftest import Visitor, code_of
from tests.browser.test_story import scan
from tests.support.world import credit_code

pytestmark = pytest.mark.browser


def administrator(visitor: Visitor, path: str = "/console/partners", **look: Any) -> Page:
    """Sign a partner administrator in."""
    if "partners" not in visitor.site.officers:
        visitor.site.officer("partners", Role.PARTNER_ADMIN)
    return visitor.officer("partners", path, **look)


def register(page: Page, uscc: str, name: str = "苏州示范儿童医院") -> None:
    """Fill the form of a new partner."""
    page.goto("/console/partners/new")
    page.fill("[name=name]", name)
    page.fill("[name=uscc]", uscc)
    page.check("[name=domains][value=medical]")
    page.fill("[name=site]", "一号窗口")
    page.select_option("[name=city]", "320500")
    send(page, "main form .btn:not(.btn--plain)")


def send(page: Page, selector: str) -> None:
    """Press a button that sends a form, and wait for the page that answers."""
    with page.expect_navigation():
        page.click(selector)


def add(page: Page, section: str, **fields: str) -> None:
    """Open the form of a section and send it."""
    page.click(f"#{section} .adding summary")
    for name, value in fields.items():
        page.fill(f"#{section} .adding [name={name}]", value)
    send(page, f"#{section} .adding .btn")


def secret(page: Page) -> list[str]:
    """Return what is shown this once."""
    expect(page.locator("#secret")).to_be_visible()
    return page.locator("#secret output").all_inner_texts()


def test_partner_works_when_it_was_registered_by_clicks_and_stops_when_it_is_suspended(visitor: Visitor) -> None:
    page = administrator(visitor)
    code = credit_code(7001)
    wrong = code[:-1] + ("A" if code[-1] != "A" else "B")
    register(page, wrong)
    expect(page.locator("[role=alert]")).to_contain_text("校验码")
    expect(page.locator("[name=name]")).to_have_value("苏州示范儿童医院")
    assert page.is_checked("[name=domains][value=medical]")
    register(page, f" {code.lower()} ")
    expect(page.locator("h1")).to_have_text("苏州示范儿童医院")
    register(page, code)
    expect(page.locator("[role=alert]")).to_contain_text("已经登记过了")
    page.goto(f"/console/partners?q={code.lower()}")
    send(page, "tbody a")
    expect(page.locator("h1")).to_have_text("苏州示范儿童医院")
    address = page.url

    add(page, "sites", name="二号窗口")
    expect(page.locator("#sites")).to_contain_text("二号窗口")
    add(page, "operators", name="周小窗", username="kids1")
    _, password = secret(page)
    assert page.locator(".secret__value").count() == 2
    add(page, "clients", name="HIS")
    client_id, client_secret = secret(page)
    page.goto(address)
    assert client_secret not in page.content()
    expect(page.locator("#secret")).to_have_count(0)

    world = visitor.site.world
    assert world.partner_token(client_id, client_secret)
    page.click("#clients .act summary")
    send(page, "text=换新密钥")
    _, newer = secret(page)
    assert world.partner_token(client_id, client_secret)
    assert world.partner_token(client_id, newer)
    page.goto(address)
    page.click("#clients .act summary")
    page.fill("#clients textarea", "203.0.113.0/33")
    send(page, "#clients form:has(textarea) .btn")
    expect(page.locator("[role=alert]")).to_contain_text("203.0.113.0/24")
    page.click("#clients .act summary")
    page.fill("#clients textarea", "203.0.113.0/24\n198.51.100.7/32")
    send(page, "#clients form:has(textarea) .btn")
    expect(page.locator("#clients")).to_contain_text("只接受来自：203.0.113.0/24、198.51.100.7/32")

    desk = visitor.open("/desk")
    desk.fill("[name=username]", "kids1")
    desk.fill("[name=password]", password)
    desk.click("form .btn--big")
    desk.wait_for_selector("html[data-ready=desk]")
    scan(desk, code_of(visitor.bound()))
    desk.locator(".entitlement", has_text="优先挂号").first.locator("button").click()
    expect(desk.locator(".entitlement--done")).to_have_count(1)

    page.goto(address)
    expect(page.locator("#settlement tbody")).to_contain_text("优先挂号")
    with page.expect_download() as kept:
        page.click("text=下载 CSV")
    lines = kept.value.path().read_text(encoding="utf-8-sig").splitlines()
    with unit_of_work(world.collaborators.sessions) as session:
        booked = session.query(Redemption).filter_by(partner_id=address.rpartition("/")[2]).all()
    assert len(lines) == 1 + len(booked) == 2
    with page.expect_download() as workbook:
        page.click("text=下载 Excel")
    assert workbook.value.path().read_bytes()[:2] == b"PK"

    page.locator("header form", has_text="暂停").locator("button").click()
    expect(page.locator("header .notice")).to_contain_text("这家机构已暂停")
    desk.goto("/desk")
    assert "/desk/sign-in" in desk.url


def test_desk_user_is_out_when_the_account_is_closed_or_its_password_renewed(visitor: Visitor) -> None:
    desk = visitor.desk()
    page = administrator(visitor)
    send(page, "text=南京鼓楼示范医院")
    send(page, "#operators >> text=重设密码")
    name, password = secret(page)
    assert name == "desk"
    desk.goto("/desk")
    desk.fill("[name=username]", "desk")
    desk.fill("[name=password]", password)
    desk.click("form .btn--big")
    desk.wait_for_selector("html[data-ready=desk]")
    send(page, "#operators >> text=停用")
    expect(page.locator("#operators")).to_contain_text("已停用")
    desk.goto("/desk")
    assert "/desk/sign-in" in desk.url
    send(page, "#operators >> text=启用")
    expect(page.locator("#operators")).to_contain_text("正常")


def test_addresses_are_kept_with_what_was_sent_to_them(visitor: Visitor) -> None:
    page = administrator(visitor)
    send(page, "text=南京鼓楼示范医院")
    add(page, "webhooks", url="https://user@example.com/hook")
    expect(page.locator("[role=alert]")).to_contain_text("https://")
    add(page, "webhooks", url="https://hospital.example/hook")
    url, first = secret(page)
    assert (url, first[:4]) == ("https://hospital.example/hook", "whs_")
    send(page, "#webhooks >> text=换签名密钥")
    assert secret(page)[1] != first

    world, holder = visitor.site.world, visitor.bound()
    add(page, "clients", name="HIS")
    client_id, key = secret(page)
    world.verify(world.partner_token(client_id, key), code_of(holder))
    [token] = [one["value"] for one in holder.context.cookies() if one["name"] == "sc_holder"]
    card = world.ok("GET", "/api/v1/me/card", token)["id"]
    body = {"because": "suspected_fraud", "reason": "核查"}
    world.ok("POST", f"/api/v1/cards/{card}/suspend", world.office(Role.REVIEWER), json=body)
    page.goto("/console/partners")
    send(page, "text=南京鼓楼示范医院")
    expect(page.locator("#deliveries tbody tr")).to_have_count(1)
    expect(page.locator("#deliveries tbody")).to_contain_text("等待发送")
    with unit_of_work(world.collaborators.sessions) as session:
        session.query(WebhookDelivery).one().state = "given_up"
    page.reload()
    expect(page.locator("#deliveries tbody")).to_contain_text("已放弃")
    send(page, "text=再发一次")
    expect(page.locator("#deliveries tbody")).to_contain_text("等待发送")


def test_page_is_closed_to_other_offices(visitor: Visitor) -> None:
    page = visitor.officer("reviewer")
    expect(page.locator("nav >> text=合作机构")).to_have_count(0)
    for path in ("/console/partners", "/console/partners/new"):
        answer = page.goto(path)
        assert answer is not None
        assert answer.status == 403
