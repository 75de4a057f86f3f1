"""Take a gallery of every page: Chinese and English, light and dark, phone and desktop (``make screenshots``).

    SUCHANG_SCREENSHOTS=DIR python -m pytest tests/browser/screenshots.py [-k "console and en and dark and phone"]

It is a pytest module because it needs the same running site; its name keeps it out of the suite. Each room is one test
in each combination, so that a part can be taken alone.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page

from suchang.domain.account.roles import Role
from suchang.persistence.models import NoticeTier, Officer
from suchang.persistence.unit_of_work import unit_of_work
from suchang.web.console.menu import menu
from suchang.workflows.policy import drafts as policy_drafts
from suchang.workflows.policy import simulation
from suchang.workflows.runtime.actors import OfficerActor
from tests.browser.conftest import Site, Visitor, code_of, identity_number
from tests.browser.test_passkeys import Keys
from tests.support.world import QUALIFIED

pytestmark = pytest.mark.browser

OUT = Path(os.environ.get("SUCHANG_SCREENSHOTS", "screenshots"))
LANGUAGES = {"zh": "zh-CN", "en": "en-GB"}
SIZES = {"phone": (390, 844), "desktop": (1440, 900)}
_new_people = count(700)


@dataclass
class Shots:
    """Pictures of one combination; remembers which addresses were open and which page was wider than its screen."""

    visitor: Visitor
    drafts: dict[str, str]
    suffix: str
    look: dict[str, Any]
    paths: set[str] = field(default_factory=set)
    too_wide: list[str] = field(default_factory=list)

    def take(self, page: Page, name: str, *, whole: bool = True) -> None:
        """Save the picture of a page as it is now."""
        OUT.mkdir(parents=True, exist_ok=True)
        page.screenshot(path=OUT / f"{name}-{self.suffix}.png", full_page=whole)
        self.paths.add(page.url.removeprefix(self.visitor.site.origin).partition("?")[0])
        if page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"):
            self.too_wide.append(name)

    def each(self, page: Page, pages: dict[str, str]) -> None:
        """Open pages one after the other, and take each."""
        for name, path in pages.items():
            page.goto(path)
            self.take(page, name)


def portal(shots: Shots) -> None:
    """What anybody sees, and the three doors."""
    page = shots.visitor.open("/", **shots.look)
    shots.each(page, {
        "portal": "/", "precheck": "/precheck", "precheck-yes": "/precheck?who=chief_tech&place=employed&merit=member",
        "precheck-no": "/precheck?who=technician&place=elsewhere", "places": "/places",
        "places-city": "/places?city=320500", "places-none": "/places?q=zzz", "policies": "/policies",
        "policies-none": "/policies?q=zzz", "notices": "/notices", "docs": "/docs", "design": "/design",
        "error-403": "/design/errors/403", "error-404": "/design/errors/404", "error-429": "/design/errors/429",
        "error-500": "/design/errors/500", "error-503": "/design/errors/503", "sign-in": "/me/sign-in",
        "desk-sign-in": "/desk/sign-in", "console-sign-in": "/console/sign-in",
        "console-code": "/console/sign-in/oidc/code", "console-signed-out": "/console/signed-out",
    })  # fmt: skip
    page.goto("/notices")
    if page.locator("summary").count():
        page.locator("summary").first.click()
        shots.take(page, "notices-open")
    page.goto("/console/sign-in")
    page.fill("[name=username]", "nobody")
    page.fill("[name=password]", "not this one")
    page.fill("[name=totp]", "000000")
    page.click("form .btn--big")
    shots.take(page, "console-sign-in-wrong")


def newcomer(shots: Shots) -> None:
    """The conversation of somebody new, from the phone number to the evidence."""
    page, serial = shots.visitor.open("/apply", **shots.look), next(_new_people)
    page.fill("[name=phone]", "12")
    page.click("form .btn--big")
    shots.take(page, "sign-in-wrong")
    page.fill("[name=phone]", f"138{serial:08d}")
    page.click("form .btn--big")
    shots.take(page, "sign-in-code")
    page.fill("[name=code]", page.inner_text(".demo-code b"))
    page.click("form .btn--big")
    shots.take(page, "apply-who")
    page.fill("[name=name]", "王芳")
    page.fill("[name=number]", "320500")
    page.click("form .btn--big")
    shots.take(page, "apply-who-wrong")
    page.fill("[name=number]", identity_number(serial))
    page.click("form .btn--big")
    shots.take(page, "apply-kind")
    page.select_option("[name=who]", "chief_tech")
    page.check("[name=place][value=employed]")
    page.check("[name=merit][value=member]")
    page.click("form .btn--big")
    shots.take(page, "apply-city")
    page.select_option("[name=city]", "320500")
    page.click("form .btn--big")
    shots.take(page, "apply-evidence")
    page.goto("/employer")
    shots.take(page, "employer-none")
    page.goto("/me")
    shots.take(page, "no-card", whole=False)
    shots.each(
        page, {"me-benefits-none": "/me/benefits", "me-family-none": "/me/family", "me-records-none": "/me/records"}
    )


def applicant(shots: Shots) -> None:
    """Applications under way, and an employer's contact."""
    page = shots.visitor.holder("missing", **shots.look)
    shots.each(page, {"apply-supplement": "/apply?who=senior_title&place=employed&merit=led"})
    page = shots.visitor.holder("waiting", **shots.look)
    shots.each(page, {"apply-progress": "/apply"})
    page = shots.visitor.holder("rejected", **shots.look)
    shots.each(page, {"apply-rejected": "/apply"})
    page = shots.visitor.holder("contact", **shots.look)
    shots.each(page, {"employer": "/employer"})


def holder(shots: Shots) -> None:
    """The card and what belongs to it."""
    page = shots.visitor.holder(**shots.look)
    Keys(page)
    shots.take(page, "card-unbound", whole=False)
    page.click("#bind")
    page.wait_for_selector("[data-when=code]:not([hidden]) svg")
    shots.take(page, "card", whole=False)
    page.goto("/me/family")
    page.wait_for_selector("[data-when=code]:not([hidden]) svg")
    shots.take(page, "me-family")
    page.click("#new summary")
    page.locator("#new").scroll_into_view_if_needed()
    shots.take(page, "me-family-new", whole=False)
    shots.each(page, {f"me-{name}": f"/me/{name}" for name in ("benefits", "records", "print")})
    page.goto("/me/settings")
    page.fill("#add-passkey [name=name]", "示范手机")
    with page.expect_navigation():
        page.click("#add-passkey button")
    page.locator("#lost").click()
    page.locator("#replace").click()
    shots.take(page, "me-settings")
    page.goto("/me")
    page.wait_for_selector("[data-when=code]:not([hidden]) svg")
    page.context.set_offline(True)
    page.goto("/me")
    page.wait_for_selector("[data-offline=true]")
    shots.take(page, "card-offline", whole=False)
    page.goto("/me/settings", wait_until="domcontentloaded")
    shots.take(page, "me-not-kept", whole=False)
    page.context.set_offline(False)
    page.goto("/me/settings")
    page.click("section[aria-labelledby=keys] .rows form button")
    page.goto("/me/settings")
    page.click("section[aria-labelledby=phones] .rows form button")
    page = shots.visitor.holder("suspended", **shots.look)
    shots.take(page, "card-suspended", whole=False)


def desk(shots: Shots) -> None:
    """The desk: waiting, refused, accepted, redeemed, without a network."""
    code = code_of(shots.visitor.bound())
    page = shots.visitor.desk(**shots.look)
    shots.take(page, "desk", whole=False)
    for text, outcome in (("SC1:NOTHING", "refused"), (code, "accepted")):
        page.fill("#paste", text)
        page.press("#paste", "Enter")
        page.wait_for_selector(f".verdict--{outcome}")
        shots.take(page, f"desk-{outcome}", whole=outcome == "accepted")
    page.locator(".entitlement button").nth(1).click()
    page.wait_for_selector(".entitlement--done")
    shots.take(page, "desk-redeemed")
    page.context.set_offline(True)
    page.evaluate("dispatchEvent(new Event('offline'))")
    page.click("#next")
    shots.take(page, "desk-offline", whole=False)
    page.context.set_offline(False)
    phone = shots.visitor.holder()
    phone.goto("/me/settings")
    phone.click("section[aria-labelledby=phones] .rows form button")


def console(shots: Shots) -> None:
    """A reviewer and an approver at work."""
    site = shots.visitor.site
    page = shots.visitor.officer("reviewer", **shots.look)
    shots.take(page, "console", whole=False)
    cases = {
        f"console-{key}": f"/console/applications/{site.applications[key]}"
        for key in ("waiting", "missing", "holder", "mine")
    }
    rest = {
        f"console-{name}": f"/console/{name}"
        for name in ("cards", "dependants", "recovery", "deputies", "phrases", "me")
    }
    shots.each(page, {"console-none": "/console?q=zzz", "console-filtered": "/console?due=soon", **cases, **rest,
                      "console-cards-none": "/console/cards?q=zzz"})  # fmt: skip
    page.goto("/console/cards")
    for index in (0, 1):
        page.locator("tbody summary").nth(index).click()
    shots.take(page, "console-cards-open")
    page = shots.visitor.officer("approver", "/console/bulk", **shots.look)
    shots.take(page, "console-bulk")
    page.locator(".phrases summary").click()
    shots.take(page, "console-bulk-phrases")
    page.goto("/console/phrases")
    shots.take(page, "console-phrases-approver")
    page.goto(f"/console/applications/{site.applications['recommended']}")
    shots.take(page, "console-decide")
    every = {one.path for group in menu(Role, "").groups for one in group.pages}
    console_of_others = {"/console/partners", "/console/policy", "/console/audit", "/console/users", "/console/jobs"}
    assert every - console_of_others <= shots.paths


def oversight(shots: Shots) -> None:
    """Partners, policy, audit, accounts and jobs."""
    page = shots.visitor.officer("supervisor", "/console/partners", **shots.look)
    shots.take(page, "console-partners")
    shots.each(
        page, {"console-partner-new": "/console/partners/new", "console-partners-none": "/console/partners?q=zzz"}
    )
    page.goto("/console/partners")
    page.click("tbody a")
    page.wait_for_selector("#settlement")
    shots.take(page, "console-partner")
    page.click("#clients .adding summary")
    page.fill("#clients .adding [name=name]", "HIS")
    shots.take(page, "console-partner-adding")
    page.click("#clients .adding .btn")
    page.wait_for_selector("#secret")
    shots.take(page, "console-partner-secret")
    shots.each(page, {
        "console-recovery-confirm": "/console/recovery", "console-audit": "/console/audit",
        "console-audit-found": "/console/audit?action=credential_issued",
        "console-audit-none": "/console/audit?actor=zzz",
        "console-jobs": "/console/jobs", "console-resets": "/console/users",
    })  # fmt: skip
    page = shots.visitor.officer("editor", "/console/policy", **shots.look)
    shots.take(page, "console-policy")
    shots.each(page, {f"console-policy-{name}": f"/console/policy/{draft}" for name, draft in shots.drafts.items()})
    page = shots.visitor.officer("administrator", "/console/users", **shots.look)
    shots.take(page, "console-users")
    page.locator("tbody summary").first.click()
    shots.take(page, "console-users-open")
    shots.each(page, {"console-user-new": "/console/users/new", "console-users-none": "/console/users?q=zzz"})
    expected = {"/console/partners", "/console/policy", "/console/audit", "/console/users", "/console/jobs"}
    assert expected <= shots.paths


ROOMS: dict[str, Callable[[Shots], None]] = {
    one.__name__: one for one in (portal, newcomer, applicant, holder, desk, console, oversight)
}


def _more_people(site: Site) -> None:
    """Add a rejected applicant, a case in review, a notice, a suspended card, an employer with somebody waiting."""
    world = site.world
    reviewer, approver = _token(site, "reviewer"), _token(site, "approver")
    site.applicant("rejected", "何川", "technician")
    world.recommend(reviewer, site.applications["rejected"])
    no = {"outcome": "reject", "rule": "JS-C-07", "reason": "证书批次不在目录内"}
    world.ok("POST", f"/api/v1/applications/{site.applications['rejected']}/decision", approver, json=no)
    second = site.world.sign_in_officer(site.world.officer(Role.APPROVER))
    world.ok("POST", f"/api/v1/applications/{site.applications['rejected']}/decision", second, json=no)
    site.applicant("mine", "沈青", "chief_tech")
    world.ok("POST", f"/api/v1/applications/{site.applications['mine']}/claim", reviewer, json={})
    _show_in_public(site, reviewer, approver)
    pause = {"because": "under_review", "reason": "核实"}
    world.ok("POST", f"/api/v1/cards/{_card(site, approver, 'suspended')}/suspend", approver, json=pause)
    contact = world.person("周经理", serial=870)
    site.phones["contact"] = "13900000870"
    uscc = world.employer_of(contact, "苏州示范制造有限公司")
    person = world.person("李工", serial=871)
    body = {"city": "320500", "employer": uscc, "facts": QUALIFIED}
    made = world.ok("POST", "/api/v1/me/applications", person, json=body)["id"]
    world.ok("POST", f"/api/v1/me/applications/{made}/submit", person, json={})


def _show_in_public(site: Site, reviewer: str, approver: str) -> None:
    site.applicant("shown", "顾言", "bqw")
    case = site.applications["shown"]
    with unit_of_work(site.world.collaborators.sessions) as session:
        session.add(NoticeTier(tier="E", since=site.world.clock(), by_wall_clock=False))
    site.world.recommend(reviewer, case)
    site.world.ok("POST", f"/api/v1/applications/{case}/steps/publish-notice", approver, json={"tier": "E"})


def _card(site: Site, token: str, key: str) -> str:
    shown = site.world.ok("GET", f"/api/v1/applications/{site.applications[key]}", token)
    return str(shown["card"])


def _token(site: Site, key: str) -> str:
    site.second_factor(key)
    return site.world.sign_in_officer(site.officers[key])


@pytest.fixture(scope="module")
def drafts(site: Site) -> dict[str, str]:
    """People in several cities, and a policy draft that moves some of them, one that moves nobody, one not begun."""
    _more_people(site)
    for number, city in enumerate(("320100", "320300", "320300", "320500", "320900", "321300", "321300", "321300")):
        site.applicant(f"rural{number}", "周禾", "rural_leader", city)
    collaborators = site.world.collaborators
    with unit_of_work(collaborators.sessions) as session:
        row = session.get_one(Officer, site.officers["editor"])
        editor = OfficerActor(row.id, row.person_index, frozenset({Role.POLICY_EDITOR}), None, row.name)
    keys = {one.fact: one.key for one in policy_drafts.choices(collaborators, editor)}
    asked = {"moves": ("households_led", "500"), "same": ("months_in_jiangsu", "7"), "waits": ("households_led", "40")}
    found = {
        name: policy_drafts.draft_edit(collaborators, editor, key=keys[fact], value=value, start=date(2027, 1, 1))
        for name, (fact, value) in asked.items()
    }
    for name in ("moves", "same"):
        simulation.run(collaborators, found[name])
    return found


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("room", ROOMS)
def test_gallery_is_taken_when_asked(
    visitor: Visitor, drafts: dict[str, str], room: str, language: str, scheme: str, size: str
) -> None:
    look = {"size": SIZES[size], "scheme": scheme, "language": LANGUAGES[language]}
    shots = Shots(visitor, drafts, f"{language}-{scheme}-{size}", look)
    ROOMS[room](shots)
    assert shots.too_wide == []
