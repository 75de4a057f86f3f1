"""Accessibility: axe-core finds nothing on any page, in both colour schemes and languages; every page fits a phone."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from typing import Literal

import pytest
from playwright.sync_api import Page

from suchang.workflows.policy import simulation
from tests.browser.conftest import AXE, COLOURS, EVERY_RULE, WORDS_AND_COLOURS, Visitor, axe_faults, code_of

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(
        not AXE.is_file() and os.environ.get("SUCHANG_REQUIRE_BROWSER") != "1",
        reason="NO AXE-CORE: accessibility is not tested; run make test-setup",
    ),
]

PUBLIC = [
    "/", "/precheck", "/precheck?who=chief_tech&place=employed&merit=member", "/precheck?who=other&place=elsewhere",
    "/places", "/places?city=320500&domain=medical", "/places?q=zzz", "/policies",
    "/notices", "/design", "/design/errors/404",
    "/design/errors/500", "/me/sign-in", "/desk/sign-in", "/console/sign-in", "/me/offline",
    "/console/sign-in/oidc/code", "/console/signed-out",
]  # fmt: skip


LANGUAGES: tuple[str, ...] = ("zh", "en")
SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")


class Looking:
    """Looks at a page in both colour schemes, and keeps what axe says.

    The markup is the same in all four combinations: once it is judged by every rule, in the other language by those
    that words and colours can break, in the dark by those that colours can. A page must also fit on a phone's width.
    """

    def __init__(self) -> None:
        self.seen = 0
        self.faults: dict[str, list[str]] = {}

    def at(self, page: Page, name: str, *, again: bool = False) -> None:
        """Look at a page as it is now; ``again`` when it was looked at in the other language."""
        for scheme in SCHEMES:
            page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
            self.seen += 1
            rules = COLOURS if scheme == "dark" else WORDS_AND_COLOURS if again else EVERY_RULE
            if found := axe_faults(page, rules):
                self.faults[f"{name} {scheme}"] = found
        if page.url.startswith("http") and (wide := overflow(page)):
            self.faults[f"{name} on a phone"] = [f"{wide} px wider than the screen"]

    def through(self, page: Page, paths: Iterable[str]) -> None:
        """Open pages one after the other, each in both languages."""
        for path in paths:
            for language in LANGUAGES:
                page.goto(f"{path}{'&' if '?' in path else '?'}lang={language}")
                self.at(page, f"{path} {language}", again=language == "en")


def overflow(page: Page) -> int:
    """Return by how many pixels a page is wider than a phone; the size of the window is put back."""
    size = page.viewport_size
    page.set_viewport_size({"width": 390, "height": 844})
    wide = int(page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth"))
    if size:
        page.set_viewport_size(size)
    return wide


@pytest.fixture
def looking() -> Iterator[Looking]:
    made = Looking()
    yield made
    assert made.seen > 0
    assert made.faults == {}


def test_axe_finds_nothing_when_anybody_looks_around(visitor: Visitor, looking: Looking) -> None:
    page = visitor.open("/")
    looking.through(page, PUBLIC)
    for language in LANGUAGES:
        page.goto(f"/me/sign-in?lang={language}")
        page.fill("[name=phone]", "0")
        page.click("form .btn--big")
        looking.at(page, f"a wrong phone {language}")


def test_axe_finds_nothing_when_a_holder_is_signed_in(visitor: Visitor, looking: Looking) -> None:
    page = visitor.holder()
    for language in LANGUAGES:
        page.goto(f"/me?lang={language}")
        page.wait_for_selector("#bind:visible")
        looking.at(page, f"unbound {language}")
    page.click("#bind")
    page.wait_for_selector("[data-when=code]:not([hidden]) svg")
    looking.at(page, "the code en")
    looking.through(
        page, ("/me", "/me/benefits", "/me/family", "/me/records", "/me/settings", "/me/print", "/apply", "/employer")
    )
    page.context.clear_cookies(name="sc_holder")
    page.goto("/me")
    page.wait_for_selector("#signed-out:visible")
    looking.at(page, "an expired sign-in")
    page.context.set_offline(True)
    page.goto("/me")
    page.wait_for_selector("[data-offline=true]")
    looking.at(page, "offline")
    page.goto("/me/settings", wait_until="domcontentloaded")
    looking.at(page, "a page that is not kept")
    page.context.set_offline(False)


def test_axe_finds_nothing_when_an_applicant_goes_on(visitor: Visitor, looking: Looking) -> None:
    page = visitor.holder("missing")
    looking.through(page, ("/me", "/me/benefits", "/me/records", "/apply?who=senior_title&place=employed&merit=led"))
    page = visitor.holder("waiting")
    looking.through(page, ("/apply",))


def test_axe_finds_nothing_when_a_desk_works(visitor: Visitor, looking: Looking) -> None:
    code = code_of(visitor.bound())
    page = visitor.desk()
    for language in LANGUAGES:
        page.goto(f"/desk?lang={language}")
        page.wait_for_selector("html[data-ready=desk]")
        looking.at(page, f"/desk {language}")
        page.fill("#paste", "SC1:NOTHING")
        page.press("#paste", "Enter")
        page.wait_for_selector(".verdict--refused")
        looking.at(page, f"refused {language}")
    page.fill("#paste", code)
    page.press("#paste", "Enter")
    page.wait_for_selector(".verdict--accepted")
    looking.at(page, "accepted en")
    page.context.set_offline(True)
    page.evaluate("dispatchEvent(new Event('offline'))")
    looking.at(page, "offline en")
    page.context.set_offline(False)


def test_axe_finds_nothing_when_officers_work(visitor: Visitor, looking: Looking) -> None:
    page = visitor.officer("reviewer")
    cases = [
        f"/console/applications/{visitor.site.applications[key]}"
        for key in ("waiting", "recommended", "missing", "holder")
    ]
    looking.through(
        page, ("/console", "/console?q=zzz", *cases, "/console/cards", "/console/cards?q=zzz", "/console/me")
    )
    looking.through(page, ("/console/dependants", "/console/deputies", "/console/phrases", "/console/recovery"))
    page = visitor.officer("supervisor", "/console/partners")
    # One row of the audit is judged as a hundred are.
    found = "/console/audit?action=partner_registered"
    looking.through(page, ("/console/partners", "/console/partners/new", found, "/console/jobs"))
    page.goto("/console/partners")
    page.click("tbody a")
    page.click("#clients .adding summary")
    page.fill("#clients .adding [name=name]", "HIS")
    page.click("#clients .adding .btn")
    page.wait_for_selector("#secret")
    looking.at(page, "a partner with a new secret")
    page = visitor.officer("administrator")
    looking.through(page, ("/console/users", "/console/users/new"))
    page.goto("/console/users")
    page.locator("tbody summary").first.click()
    looking.at(page, "an account")
    page = visitor.officer("approver", "/console/bulk")
    looking.through(page, ("/console/bulk",))


def test_axe_finds_nothing_when_policy_is_simulated(visitor: Visitor, looking: Looking) -> None:
    page = visitor.officer("editor", "/console/policy")
    looking.through(page, ("/console/policy",))
    page.select_option("#f-key", index=1)
    page.fill("[name=value]", "P1D")
    page.click("form[action$=edit] button")
    page.wait_for_selector("#waiting")
    looking.at(page, "waiting")
    draft = page.url.partition("?")[0].rpartition("/")[2]
    simulation.run(visitor.site.world.collaborators, draft)
    looking.through(page, (f"/console/policy/{draft}",))
    page.goto("/console/policy")
    page.select_option("#f-key", index=1)
    page.fill("[name=value]", "many")
    page.click("form[action$=edit] button")
    page.wait_for_selector("[role=alert]")
    looking.at(page, "a wrong value")


def test_overflow_is_seen_when_a_fault_is_planted(visitor: Visitor) -> None:
    page = visitor.open("/policies")
    assert overflow(page) == 0
    page.evaluate("document.querySelector('h1').style.width = '500px'")
    assert overflow(page) > 0


def test_axe_speaks_when_a_fault_is_planted(visitor: Visitor) -> None:
    page = visitor.open("/policies")
    page.evaluate(
        "document.querySelector('main').insertAdjacentHTML('beforeend', '<button></button><img src=\"/x.png\">')"
    )
    assert {one.partition(":")[0] for one in axe_faults(page)} == {"button-name", "image-alt"}
