"""A running site for browser tests: the real application on a real database, served on localhost, with people in it.

``site``     one for each test module: address, world, a partner with a desk, officers, people at every stage
``visitor``  opens a fresh browser context on the site; what a page throws or logs as an error fails the test
"""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pyotp
import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect
from sqlalchemy import select
from werkzeug.serving import WSGIRequestHandler, make_server

from suchang.demo.service_points import points
from suchang.domain.account.roles import Role
from suchang.domain.clock import SHANGHAI
from suchang.persistence.models import Officer, Person
from suchang.persistence.unit_of_work import unit_of_work
from suchang.web.portal.application.profiles import facts_of
from suchang.workflows.help import service_points
from suchang.workflows.partner import partners
from suchang.workflows.runtime.actors import SYSTEM
from tests.support.databases import Database, Servers, empty_redis
from tests.support.world import PASSWORD, World, credit_code, identity_number

# A page on a machine that does much else may take longer than the five seconds that `expect` waits by itself.
expect.set_options(timeout=20_000)


def now() -> datetime:
    return datetime.now(UTC)


@dataclass
class Site:
    """A running installation and the people whom the tests play."""

    origin: str
    world: World
    phones: dict[str, str] = field(default_factory=dict)
    applications: dict[str, str] = field(default_factory=dict)
    officers: dict[str, str] = field(default_factory=dict)
    family: dict[str, str] = field(default_factory=dict)

    def applicant(self, key: str, name: str, profile: str, city: str = "320500", merits: tuple[str, ...] = ()) -> str:
        """Let somebody apply; gives their token."""
        serial = 600 + len(self.phones)
        token = self.world.person(name=name, serial=serial)
        self.phones[key] = f"139{serial:08d}"
        facts = facts_of(profile, "employed", merits or ("member", "assessed", "reviewed"), date.today())  # noqa: DTZ011
        self.applications[key] = self.world.apply(token, facts, city=city)
        return token

    def officer(self, key: str, *roles: Role) -> str:
        """Make an officer, known to the tests by a key; gives a token."""
        officer = self.world.officer(*roles)
        self.officers[key] = officer
        return self.world.sign_in_officer(officer)

    def second_factor(self, key: str) -> tuple[str, str]:
        """Return user name and one-time password of an officer; that a step counts once is proved elsewhere."""
        officer = self.officers[key]
        with unit_of_work(self.world.collaborators.sessions) as session:
            session.get_one(Officer, officer).totp_last_step = None
        username, secret = self.world._secrets[officer]
        return username, pyotp.TOTP(secret).now()

    def tier(self, token: str, key: str) -> str:
        """Return the determined tier of an application."""
        view = self.world.ok("GET", f"/api/v1/me/applications/{self.applications[key]}", token)
        return str(view["determination"]["result"]["tier"])

    def approve(self, reviewer: str, approver: str, token: str, key: str) -> None:
        """Bring an application to a card."""
        self.world.recommend(reviewer, self.applications[key])
        self.world.approve(approver, self.applications[key], self.tier(token, key))


def _desk(world: World, domain: str) -> None:
    made = partners.register_partner(
        world.collaborators,
        SYSTEM,
        name="南京鼓楼示范医院",
        uscc=credit_code(950),
        domains=[domain],
        sites=[("3 号窗口", "320100")],
    )
    partners.add_desk_operator(
        world.collaborators, SYSTEM, made["id"], site_id=made["sites"][0]["id"], username="desk", name="窗口一号",
        password=PASSWORD, scopes=[f"verify:{domain}", f"redeem:{domain}", "verify:offline"],
    )  # fmt: skip


def _work_shared(site: Site, reviewer: str) -> None:
    """Let a colleague be on leave with the reviewer as deputy, and the reviewer keep a view of the queue."""
    away = site.officer("away", Role.REVIEWER)
    today = now().astimezone(SHANGHAI).date().isoformat()
    leave = {"deputy": site.officers["reviewer"], "from_day": today, "until_day": today, "reason": "年假"}
    site.world.ok("POST", "/api/v1/deputations", away, json=leave)
    view = {"name": "待领取", "filters": {"state": "submitted"}}
    site.world.ok("POST", "/api/v1/views", reviewer, json=view)


def populate(site: Site) -> None:
    """Put people at every stage on the site: holders, applicants, a reviewer, an approver, a supervisor, a desk."""
    reviewer, approver = site.officer("reviewer", Role.REVIEWER), site.officer("approver", Role.APPROVER)
    site.officer("editor", Role.POLICY_EDITOR)
    site.officer("administrator", Role.ADMINISTRATOR)
    site.officer("supervisor", Role.SUPERVISOR, Role.AUDITOR, Role.PARTNER_ADMIN)
    holder = site.applicant("holder", "张伟", "chief_tech")
    site.approve(reviewer, approver, holder, "holder")
    mother = {"relation": "parent", "name": "张母", "evidence": {"document": "户口簿 320500-0001"}}
    mother |= {"identity": {"type": "resident_id", "number": identity_number(959, "19580303")}}
    site.world.ok("POST", "/api/v1/me/dependants", holder, json=mother)
    site.family = {
        "wife": site.world.dependant(holder, "spouse", "19880520", name="李芳"),
        "child": site.world.dependant(holder, "child", "20160901", name="张小宝"),
        "unasked": site.world.dependant(holder, "child", "20210301", name="张小贝", guardian_consent=False),
    }
    site.approve(reviewer, approver, site.applicant("suspended", "吴小满", "rural_prof"), "suspended")
    site.applicant("waiting", "陈思远", "full_senior")
    site.applicant("recommended", "欧阳清", "bqw")
    site.world.recommend(reviewer, site.applications["recommended"])
    site.applicant("hostile", "吴小天", "technician")
    with unit_of_work(site.world.collaborators.sessions) as session:
        # No form takes this name any more; a row from before might hold it.
        person = session.scalars(select(Person).where(Person.phone == site.phones["hostile"])).one()
        person.name = "<img src=x onerror=alert(1)>"
    recovery = {"type": "resident_id", "number": identity_number(int(site.phones["hostile"][3:]))}
    asked = {"identity": recovery, "phone": "13600000604", "reason": "旧号码已停用", "document_seen": True}
    site.world.ok("POST", "/api/v1/account-recoveries", reviewer, json=asked)
    token = site.applicant("missing", "孙立", "senior_title")
    site.world.ok("POST", f"/api/v1/applications/{site.applications['missing']}/claim", reviewer, json={})
    body = {"documents": ["劳动合同第 2 页"], "reason": "缺页"}
    path = f"/api/v1/applications/{site.applications['missing']}/request-supplement"
    site.world.ok("POST", path, reviewer, json=body)
    del token
    _work_shared(site, reviewer)
    _desk(site.world, "medical")
    service_points.add(site.world.collaborators, SYSTEM, points())


class Quiet(WSGIRequestHandler):
    """Serves without a line for each request, and gives up a connection on which nothing comes any more."""

    timeout = 5

    def log(self, type: str, message: str, *args: Any) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def site(servers: Servers, database: Database, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    origin = f"http://localhost:{port}"
    environ = {
        **database.environ,
        "REDIS_URL": empty_redis(servers),
        "SUCHANG_ENV": "demo",
        "SUCHANG_DATA": str(tmp_path_factory.mktemp("data")),
        "SUCHANG_ISSUER": origin,
    }
    running = Site(origin, World(environ, now))
    populate(running)
    server = make_server("127.0.0.1", port, running.world.app, threaded=True, request_handler=Quiet)
    # A request that is still under way when the tests are done holds a connection to the database: it is waited for.
    server.daemon_threads, server.block_on_close = False, True
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield running
    server.shutdown()
    thread.join()
    server.server_close()
    running.world.close()


class Visitor:
    """Opens pages of the site as different people, and keeps what goes wrong on them."""

    def __init__(self, browser: Browser, site: Site) -> None:
        self.site = site
        self.errors: list[str] = []
        self._browser = browser
        self._contexts: list[BrowserContext] = []

    def open(
        self, path: str = "/", *, size: tuple[int, int] = (1280, 860), language: str = "zh-CN", scheme: Any = "light",
        **options: Any,
    ) -> Page:  # fmt: skip
        """Open a page in a fresh context."""
        context = self._browser.new_context(
            viewport={"width": size[0], "height": size[1]}, locale=language, color_scheme=scheme,
            timezone_id="Asia/Shanghai", base_url=self.site.origin, reduced_motion="reduce", **options,
        )  # fmt: skip
        self._contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: self.errors.append(f"{page.url}: {error}"))
        page.on("console", lambda message: self._heard(page, message.type, message.text))
        page.goto(path)
        return page

    def _heard(self, page: Page, kind: str, text: str) -> None:
        expected = "Failed to load resource" in text or "ERR_INTERNET_DISCONNECTED" in text
        if kind == "error" and not expected:
            self.errors.append(f"{page.url}: {text}")

    def holder(self, key: str = "holder", **options: Any) -> Page:
        """Sign a holder in by the code that the demo shows; that codes are limited is proved elsewhere."""
        for limit in ("code-requests", "code-tries"):
            self.site.world.collaborators.redis.take(f"{limit}:{self.site.phones[key]}")
        page = self.open("/me", **{"size": (390, 844)} | options)
        page.fill("[name=phone]", self.site.phones[key])
        page.click("form .btn--big")
        page.fill("[name=code]", page.inner_text(".demo-code b"))
        page.click("form .btn--big")
        page.wait_for_url("**/me")
        return page

    def bound(self, **options: Any) -> Page:
        """Sign the holder in and bind the phone; the code is on the page."""
        page = self.holder(**options)
        page.click("#bind")
        page.wait_for_selector("[data-when=code]:not([hidden]) svg")
        return page

    def desk(self, **options: Any) -> Page:
        """Sign the desk operator in."""
        page = self.open("/desk", **options)
        page.fill("[name=username]", "desk")
        page.fill("[name=password]", PASSWORD)
        page.click("form .btn--big")
        page.wait_for_selector("html[data-ready=desk]")
        return page

    def officer(self, key: str, path: str = "/console", **options: Any) -> Page:
        """Sign an officer in, and go to a page."""
        page = self.open("/console/sign-in", **{"size": (1440, 900)} | options)
        username, code = self.site.second_factor(key)
        page.fill("[name=username]", username)
        page.fill("[name=password]", PASSWORD)
        page.fill("[name=totp]", code)
        page.click("form .btn--big")
        page.wait_for_url(lambda url: "/console" in url and "/sign-in" not in url)
        if path != "/console":
            page.goto(path)
        return page

    def close(self) -> None:
        """Close every context."""
        for context in self._contexts:
            context.close()


@pytest.fixture
def visitor(browser: Browser, site: Site) -> Iterator[Visitor]:
    opened = Visitor(browser, site)
    yield opened
    opened.close()
    assert opened.errors == []


def code_of(page: Page) -> str:
    """Return the text of the code that a holder's page shows."""
    return str(page.get_attribute("[data-when=code]", "data-text"))


def hold(page: Page, key: str) -> None:
    """Hold a key of the desk until its act is done, as no scanner does."""
    page.keyboard.down(key)
    page.wait_for_timeout(900)
    page.keyboard.up(key)


AXE = Path(__file__).parents[2] / "node_modules" / "axe-core" / "axe.min.js"


EVERY_RULE = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa")
WORDS_AND_COLOURS = (
    "color-contrast", "button-name", "link-name", "label", "select-name", "image-alt", "document-title",
    "html-has-lang", "html-lang-valid", "valid-lang",
)  # fmt: skip


COLOURS = ("color-contrast",)
"""What another colour scheme can break: its rules are in the style sheets, and they change nothing but colours."""


def axe_faults(page: Page, rules: Sequence[str] = EVERY_RULE) -> list[str]:
    """Run axe-core on a page; one line for each violation with the first place."""
    if not page.evaluate("() => 'axe' in globalThis"):
        page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate("(rules) => axe.run(document, { runOnly: rules, resultTypes: ['violations'] })", list(rules))
    return [f"{one['id']}: {json.dumps(one['nodes'][0]['html'])[:160]}" for one in found["violations"]]


__all__ = [
    "AXE", "COLOURS", "EVERY_RULE", "WORDS_AND_COLOURS", "Site", "Visitor", "axe_faults", "code_of", "hold",
    "identity_number",
]  # fmt: skip
