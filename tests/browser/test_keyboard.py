"""Every task with the keyboard alone: no click, no pointer, nothing filled in from outside."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from suchang.domain.account.roles import Role
from tests.browser.conftest import Visitor, code_of, hold, identity_number
from tests.support.world import PASSWORD, QUALIFIED

pytestmark = pytest.mark.browser

FAR = 120


class Hands:
    """Two hands on a keyboard."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def reach(self, selector: str) -> None:
        """Press Tab until something that matches has the focus, and can be seen to have it."""
        for _ in range(FAR):
            if self.page.evaluate("(wanted) => document.activeElement.matches(wanted)", selector):
                assert self.page.evaluate(
                    """() => {
                        const shows = (one) => one && (getComputedStyle(one).outlineStyle !== 'none');
                        const now = document.activeElement;
                        return shows(now) || shows(now.closest('label'));
                    }"""
                ), f"no focus to be seen on {selector}"
                return
            self.page.keyboard.press("Tab")
        raise AssertionError(f"{selector} is not reached by Tab on {self.page.url}")

    def press(self, selector: str, key: str = "Enter") -> None:
        """Go to something and press a key on it."""
        self.reach(selector)
        self.page.keyboard.press(key)

    def write(self, selector: str, text: str, *, end: str = "") -> None:
        """Go to a field and type."""
        self.reach(selector)
        self.page.keyboard.type(text)
        if end:
            self.page.keyboard.press(end)

    def date(self, selector: str, year: str) -> None:
        """Type the first of June of a year into a date field, in whatever order this browser shows its parts."""
        self.reach(selector)
        for collaborators in (("06", "01", year), (year, "ArrowRight", "06", "01")):
            for part in collaborators:
                if part.isdigit():
                    self.page.keyboard.type(part)
                else:
                    self.page.keyboard.press(part)
            if self.page.evaluate("() => document.activeElement.value") == f"{year}-06-01":
                return
            for key in ("Shift+Tab", "Shift+Tab", "Shift+Tab", "Tab"):
                self.page.keyboard.press(key)
            self.reach(selector)
        raise AssertionError(f"{selector} takes no date by keyboard")

    def leaves(self, key: str) -> None:
        """Press a key that leads to another page of the console, and wait until that one listens to keys."""
        with self.page.expect_navigation():
            self.page.keyboard.press(key)
        self.page.wait_for_selector("html[data-ready=console]")

    def sign_in(self, visitor: Visitor, phone: str) -> None:
        """Sign in with a phone number and the code that the demo shows."""
        for limit in ("code-requests", "code-tries"):
            visitor.site.world.collaborators.redis.take(f"{limit}:{phone}")
        self.write("[name=phone]", phone, end="Enter")
        self.page.wait_for_selector("[name=code]")
        self.write("[name=code]", self.page.inner_text(".demo-code b"), end="Enter")
        self.page.wait_for_selector("[name=code]", state="detached")
        self.page.wait_for_load_state()

    def sign_in_officer(self, visitor: Visitor, key: str) -> None:
        """Sign an officer in."""
        username, code = visitor.site.second_factor(key)
        self.write("[name=username]", username)
        self.write("[name=password]", PASSWORD)
        self.write("[name=totp]", code)
        self.leaves("Enter")


def evidence(hands: Hands) -> None:
    """Fill in what is asked for, one piece after the other."""
    page = hands.page
    while page.locator("li.piece details").count():
        open_piece = "li.piece details[open] "
        for box in page.locator(f"{open_piece}:is(input[type=date], select, input[value=yes], input[type=text])").all():
            name, kind = str(box.get_attribute("name")), box.get_attribute("type")
            place = f'{open_piece}[name="{name}"]'
            if kind == "date":
                hands.date(place, "2030" if "until" in name else "2025")
            elif kind == "radio":
                hands.press(place + "[value=yes]", "Space")
            elif kind == "text":
                hands.write(place, "1")
            elif not box.input_value():
                hands.press(place, "ArrowDown")
        done = page.locator(".piece--done").count()
        hands.press(f"{open_piece}form button")
        expect(page.locator(".piece--done")).to_have_count(done + 1)


def test_application_is_made_when_only_keys_are_pressed(visitor: Visitor) -> None:
    page = visitor.open("/apply?who=chief_tech&place=employed&merit=member", size=(390, 844))
    hands = Hands(page)
    hands.sign_in(visitor, "13700000002")
    hands.write("[name=name]", "王芳")
    hands.write("[name=number]", identity_number(778), end="Enter")
    page.wait_for_selector("[name=city]")
    hands.press("[name=city]", "ArrowDown")
    hands.press("main form button")
    page.wait_for_selector("li.piece")
    evidence(hands)
    hands.press("form[action='/apply/submit'] button")
    expect(page.locator("h1")).to_have_text("已提交")


def test_card_is_shown_and_looked_after_when_only_keys_are_pressed(visitor: Visitor) -> None:
    page = visitor.open("/me", size=(390, 844))
    hands = Hands(page)
    hands.sign_in(visitor, visitor.site.phones["holder"])
    page.wait_for_selector("#bind:visible")
    hands.press("#bind")
    page.wait_for_selector("[data-when=code]:not([hidden]) svg")
    for path in ("/me/benefits", "/me/family", "/me/records", "/me/settings"):
        hands.press(f".tabbar a[href='{path}']")
        page.wait_for_url(f"**{path}")
    hands.press("form[action*='/devices/'] button")
    page.wait_for_load_state()
    expect(page.locator("form[action*='/devices/']")).to_have_count(0)
    hands.press("form[data-forget] button")
    page.wait_for_url("**/")
    page.goto("/me")
    assert "/me/sign-in" in page.url


def test_card_is_verified_redeemed_and_undone_when_only_keys_are_pressed(visitor: Visitor) -> None:
    code = code_of(visitor.bound())
    desk = visitor.open("/desk")
    hands = Hands(desk)
    hands.write("[name=username]", "desk")
    hands.write("[name=password]", PASSWORD, end="Enter")
    desk.wait_for_selector("html[data-ready=desk]")
    hold(desk, "v")
    expect(desk.locator("#paste")).to_be_focused()
    desk.keyboard.insert_text(code)
    desk.keyboard.press("Enter")
    expect(desk.locator(".verdict__word")).to_have_text("通过")
    hold(desk, "2")
    expect(desk.locator(".entitlement--done")).to_have_count(1)
    hold(desk, "z")
    expect(desk.locator(".entitlement--done")).to_have_count(0)
    hold(desk, "Escape")
    expect(desk.locator(".verdict__word")).to_have_text("等待出示")
    hands.press("form[action='/desk/sign-out'] button")
    desk.wait_for_url("**/desk/sign-in**")


def test_cases_are_worked_through_when_only_keys_are_pressed(visitor: Visitor) -> None:
    site = visitor.site
    for key, name in (("k-yes", "键一"), ("k-more", "键二"), ("k-no", "键三")):
        site.applicant(key, name, "full_senior")
    page = visitor.open("/console", size=(1440, 900))
    hands = Hands(page)
    hands.sign_in_officer(visitor, "reviewer")
    for name, key in (("键一", "a"), ("键二", "s"), ("键三", "r")):
        page.keyboard.press("/")
        expect(page.locator("#f-q")).to_be_focused()
        page.keyboard.press("Control+a")
        page.keyboard.type(name)
        hands.leaves("Enter")
        expect(page.locator("#queue a")).to_have_count(1)
        page.keyboard.press("j")
        page.keyboard.press("k")
        hands.leaves("Enter")
        page.keyboard.press("a")
        hands.leaves("Enter")
        expect(page.locator("#decide")).to_be_visible()
        page.keyboard.press(key)
        if key == "s":
            expect(page.locator("#f-documents")).to_be_focused()
            page.keyboard.type("劳动合同第 2 页")
        if key == "r":
            hands.page.keyboard.press("Shift+Tab")
            hands.press("#f-rule", "ArrowDown")
        hands.write("#f-reason", "键盘办理")
        hands.leaves("Control+Enter")
    office = site.world.office(Role.SUPERVISOR)
    states = {
        key: site.world.ok("GET", f"/api/v1/applications/{site.applications[key]}", office)["state"]
        for key in ("k-yes", "k-more", "k-no")
    }
    assert states == {"k-yes": "recommended", "k-more": "supplement_requested", "k-no": "recommended"}


def test_decision_is_made_when_only_keys_are_pressed(visitor: Visitor) -> None:
    page = visitor.open("/console", size=(1440, 900))
    hands = Hands(page)
    hands.sign_in_officer(visitor, "approver")
    page.goto(f"/console/applications/{visitor.site.applications['recommended']}")
    page.wait_for_selector("html[data-ready=console]")
    page.keyboard.press("a")
    hands.write("#f-reason", "符合条件")
    hands.leaves("Control+Enter")
    expect(page.locator(".decide")).to_contain_text("已经发卡")
    hands.press(".console-bar--pages a[href='/console/cards']")
    page.wait_for_url("**/console/cards")
    hands.write("[name=q]", "欧阳", end="Enter")
    page.wait_for_url("**q=**")
    hands.press("tbody summary")
    hands.write("tbody [name=reason]", "核对材料")
    hands.press("tbody details[open] form button")
    expect(page.locator("tbody")).to_contain_text("已暂停")
    hands.press("form[action='/console/sign-out'] button")
    page.wait_for_url("**/console/sign-in")


def test_employment_is_confirmed_when_only_keys_are_pressed(visitor: Visitor) -> None:
    world = visitor.site.world
    contact = world.person("周经理", serial=870)
    uscc = world.employer_of(contact)
    applicant = world.person("李工", serial=871)
    body = {"city": "320500", "employer": uscc, "facts": QUALIFIED}
    application = world.ok("POST", "/api/v1/me/applications", applicant, json=body)["id"]
    world.ok("POST", f"/api/v1/me/applications/{application}/submit", applicant, json={})
    page = visitor.open("/employer", size=(390, 844))
    hands = Hands(page)
    hands.sign_in(visitor, "13900000870")
    page.wait_for_selector(f"text={uscc}")
    hands.press("[name=employed][value=yes]")
    expect(page.locator("[role=status]").first).to_contain_text("已办好")
    assert world.ok("GET", f"/api/v1/me/applications/{application}", applicant)["state"] == "submitted"
