"""Accessibility: axe-core finds nothing on any page, in both colour schemes, in both languages."""

from __future__ import annotations

import os

import pytest

from tests.browser.conftest import AXE, Visitor, axe_faults

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
]  # fmt: skip


@pytest.mark.parametrize(("scheme", "language"), [("light", "zh-CN"), ("dark", "en-GB")])
def test_axe_finds_nothing_when_anybody_looks_around(visitor: Visitor, scheme: str, language: str) -> None:
    page = visitor.open("/", scheme=scheme, language=language)
    found = {}
    for path in PUBLIC:
        page.goto(path)
        found[path] = axe_faults(page)
    assert {path: faults for path, faults in found.items() if faults} == {}


@pytest.mark.parametrize(("scheme", "language"), [("light", "en-GB"), ("dark", "zh-CN")])
def test_axe_finds_nothing_when_a_holder_is_signed_in(visitor: Visitor, scheme: str, language: str) -> None:
    page = visitor.holder(scheme=scheme, language=language)
    found = {"/me unbound": axe_faults(page)}
    page.click("#bind")
    page.wait_for_selector("[data-when=code]:not([hidden]) svg")
    found["/me"] = axe_faults(page)
    for path in ("/me/benefits", "/me/family", "/me/records", "/me/settings", "/me/print", "/apply", "/employer"):
        page.goto(path)
        found[path] = axe_faults(page)
    other = visitor.holder("missing", scheme=scheme, language=language)
    found["no card"] = axe_faults(other)
    other.goto("/apply?who=senior_title&place=employed&merit=led")
    found["supplement"] = axe_faults(other)
    assert {path: faults for path, faults in found.items() if faults} == {}


@pytest.mark.parametrize(("scheme", "language"), [("light", "zh-CN"), ("dark", "en-GB")])
def test_axe_finds_nothing_when_people_work(visitor: Visitor, scheme: str, language: str) -> None:
    desk = visitor.desk(scheme=scheme, language=language)
    found = {"/desk": axe_faults(desk)}
    desk.fill("#paste", "SC1:NOTHING")
    desk.press("#paste", "Enter")
    desk.wait_for_selector(".verdict--refused")
    found["refused"] = axe_faults(desk)
    officer = visitor.officer("reviewer", scheme=scheme, language=language)
    found["/console"] = axe_faults(officer)
    for key in ("waiting", "recommended", "missing", "holder"):
        officer.goto(f"/console/cases/{visitor.site.applications[key]}")
        found[key] = axe_faults(officer)
    officer.goto("/console/cards")
    found["cards"] = axe_faults(officer)
    supervisor = visitor.officer("supervisor", "/console/partners", scheme=scheme, language=language)
    found["partners"] = axe_faults(supervisor)
    supervisor.goto("/console/partners/new")
    found["new partner"] = axe_faults(supervisor)
    supervisor.goto("/console/partners")
    supervisor.click("tbody a")
    supervisor.click("#clients .adding summary")
    supervisor.fill("#clients .adding [name=name]", "HIS")
    supervisor.click("#clients .adding .btn")
    supervisor.wait_for_selector("#secret")
    found["partner"] = axe_faults(supervisor)
    assert {path: faults for path, faults in found.items() if faults} == {}


def test_axe_speaks_when_a_fault_is_planted(visitor: Visitor) -> None:
    page = visitor.open("/policies")
    page.evaluate(
        "document.querySelector('main').insertAdjacentHTML('beforeend', '<button></button><img src=\"/x.png\">')"
    )
    assert {one.partition(":")[0] for one in axe_faults(page)} == {"button-name", "image-alt"}
