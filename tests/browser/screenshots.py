"""Take a gallery of every page: Chinese and English, light and dark, phone and desktop (``make screenshots``).

    SUCHANG_SCREENSHOTS=DIR python -m pytest tests/browser/screenshots.py

It is a pytest module because it needs the same running site; its name keeps it out of the suite.
"""

from __future__ import annotations

import os
from datetime import date
from pathlib import Path

import pytest
from playwright.sync_api import Page

from suchang.domain.roles import Role
from suchang.persistence.models import Officer
from suchang.persistence.unit_of_work import unit_of_work
from suchang.workflows import policy_drafts, policy_simulation
from suchang.workflows.actors import OfficerActor
from tests.browser.conftest import Site, Visitor

pytestmark = pytest.mark.browser

OUT = Path(os.environ.get("SUCHANG_SCREENSHOTS", "screenshots"))
LANGUAGES = {"zh": "zh-CN", "en": "en-GB"}
SIZES = {"phone": (390, 844), "desktop": (1440, 900)}
PUBLIC = {
    "portal": "/", "precheck": "/precheck", "precheck-yes": "/precheck?who=chief_tech&place=employed&merit=member",
    "precheck-no": "/precheck?who=technician&place=elsewhere", "places": "/places",
    "places-city": "/places?city=320500",
    "policies": "/policies", "design": "/design", "error-404": "/design/errors/404", "error-500": "/design/errors/500",
    "sign-in": "/me/sign-in", "desk-sign-in": "/desk/sign-in", "console-sign-in": "/console/sign-in",
    "console-code": "/console/sign-in/oidc/code", "console-signed-out": "/console/signed-out",
}  # fmt: skip


def take(page: Page, name: str, *, whole: bool = True) -> None:
    """Save one picture."""
    OUT.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=OUT / f"{name}.png", full_page=whole)


@pytest.fixture(scope="module")
def drafts(site: Site) -> dict[str, str]:
    """People in several cities, and a policy draft that moves some of them, one that moves nobody, one not begun."""
    for number, city in enumerate(("320100", "320300", "320300", "320500", "320900", "321300", "321300", "321300")):
        site.applicant(f"rural{number}", "周禾", "rural_leader", city)
    parts = site.world.parts
    with unit_of_work(parts.sessions) as session:
        row = session.get_one(Officer, site.officers["editor"])
        editor = OfficerActor(row.id, row.person_index, frozenset({Role.POLICY_EDITOR}), None, row.name)
    keys = {one.fact: one.key for one in policy_drafts.choices(parts, editor)}
    asked = {"moves": ("households_led", "500"), "same": ("months_in_jiangsu", "7"), "waits": ("households_led", "40")}
    found = {
        name: policy_drafts.draft_edit(parts, editor, key=keys[fact], value=value, start=date(2027, 1, 1))
        for name, (fact, value) in asked.items()
    }
    for name in ("moves", "same"):
        policy_simulation.run(parts, found[name])
    return found


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_gallery_is_taken_when_asked(
    visitor: Visitor, drafts: dict[str, str], language: str, scheme: str, size: str
) -> None:
    look = {"size": SIZES[size], "scheme": scheme, "language": LANGUAGES[language]}
    suffix = f"{language}-{scheme}-{size}"
    page = visitor.open("/", **look)
    for name, path in PUBLIC.items():
        page.goto(path)
        take(page, f"{name}-{suffix}")
    page = visitor.holder(**look)
    take(page, f"card-unbound-{suffix}", whole=False)
    page.click("#bind")
    page.wait_for_selector("[data-when=code]:not([hidden]) svg")
    take(page, f"card-{suffix}", whole=False)
    for name in ("benefits", "family", "records", "settings", "print"):
        page.goto(f"/me/{name}")
        take(page, f"me-{name}-{suffix}")
    page.goto("/me/settings")
    page.click(".rows form button")
    page = visitor.holder("missing", **look)
    take(page, f"no-card-{suffix}", whole=False)
    page.goto("/apply?who=senior_title&place=employed&merit=led")
    take(page, f"apply-supplement-{suffix}")
    page = visitor.desk(**look)
    take(page, f"desk-{suffix}", whole=False)
    page.fill("#paste", "SC1:NOTHING")
    page.press("#paste", "Enter")
    page.wait_for_selector(".verdict--refused")
    take(page, f"desk-refused-{suffix}", whole=False)
    page = visitor.officer("reviewer", **look)
    take(page, f"console-{suffix}", whole=False)
    for key in ("waiting", "missing", "holder"):
        page.goto(f"/console/cases/{visitor.site.applications[key]}")
        take(page, f"console-{key}-{suffix}")
    page.goto("/console/dependants")
    take(page, f"console-dependants-{suffix}")
    page.goto("/console/cards")
    take(page, f"console-cards-{suffix}")
    for path in ("cards?q=zzz", "me"):
        page.goto(f"/console/{path}")
        take(page, f"console-{path.partition('?')[0]}-{'none' if '?' in path else 'own'}-{suffix}")
    for path in ("deputies", "phrases", "recovery"):
        page.goto(f"/console/{path}")
        take(page, f"console-{path}-{suffix}")
    page = visitor.officer("approver", "/console/bulk", **look)
    take(page, f"console-bulk-{suffix}")
    page = visitor.officer("supervisor", "/console/partners", **look)
    take(page, f"console-partners-{suffix}")
    page.goto("/console/partners/new")
    take(page, f"console-partner-new-{suffix}")
    page.goto("/console/partners")
    page.click("tbody a")
    page.wait_for_selector("#settlement")
    take(page, f"console-partner-{suffix}")
    for path in ("audit", "jobs"):
        page.goto(f"/console/{path}")
        take(page, f"console-{path}-{suffix}")
    page = visitor.officer("editor", "/console/policy", **look)
    take(page, f"console-policy-{suffix}")
    for name, draft in drafts.items():
        page.goto(f"/console/policy/{draft}")
        take(page, f"console-policy-{name}-{suffix}")
    page = visitor.officer("administrator", "/console/users", **look)
    take(page, f"console-users-{suffix}")
    page.goto("/console/users/new")
    take(page, f"console-user-new-{suffix}")
