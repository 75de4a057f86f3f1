"""The rooms over HTTP: what a page answers without a browser, who may come in, what a change needs."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from flask.testing import FlaskClient

from suchang.app import close_app, create_app
from suchang.config import load_settings
from suchang.domain.account.roles import Role
from suchang.web.portal.application.profiles import facts_of
from tests.support.databases import Database, Servers, empty_redis
from tests.support.world import QUALIFIED, World, identity_number


@pytest.fixture
def client(world: World) -> FlaskClient:
    return world.app.test_client()


@pytest.fixture(scope="module")
def empty(servers: Servers, database: Database, tmp_path_factory: pytest.TempPathFactory) -> Iterator[FlaskClient]:
    """Return a client of an installation in which nobody is."""
    environ = {
        **database.environ,
        "REDIS_URL": empty_redis(servers),
        "SUCHANG_ENV": "demo",
        "SUCHANG_DATA": str(tmp_path_factory.mktemp("data")),
    }
    app = create_app(load_settings(environ))
    yield app.test_client()
    close_app(app)


def signed_in(client: FlaskClient, token: str) -> FlaskClient:
    client.set_cookie("sc_holder", token)
    return client


def csrf(client: FlaskClient) -> str:
    return str(client.get("/csrf").json["token"])  # type: ignore[index]


def test_employment_is_confirmed_when_the_one_who_speaks_says_so(world: World, client: FlaskClient) -> None:
    contact = world.person("周经理")
    uscc = world.employer_of(contact)
    applicant = world.person("李工")
    body = {"city": "320500", "employer": uscc, "facts": QUALIFIED}
    application = world.ok("POST", "/api/v1/me/applications", applicant, json=body)["id"]
    world.ok("POST", f"/api/v1/me/applications/{application}/submit", applicant, json={})
    page = signed_in(client, contact).get(f"/employer?uscc={uscc}").get_data(as_text=True)
    assert "李工" in page
    sent = client.post(
        f"/employer/{uscc}/confirmations/{application}", data={"csrf_token": csrf(client), "employed": "yes"}
    )
    assert sent.status_code == 302
    assert world.ok("GET", f"/api/v1/me/applications/{application}", applicant)["state"] == "submitted"


def test_nobody_waits_when_somebody_else_asks(world: World, client: FlaskClient) -> None:
    uscc = world.employer_of(world.person("周经理"))
    page = signed_in(client, world.person("外人")).get(f"/employer?uscc={uscc}").get_data(as_text=True)
    assert "没有办成" in page


def test_change_is_refused_when_no_page_of_ours_asked(world: World, client: FlaskClient) -> None:
    signed_in(client, world.person("王芳"))
    answer = client.post("/me/report-lost", data={"reason": "x"})
    assert answer.status_code == 403
    assert "页面打开太久了" in answer.get_data(as_text=True) or "没有查看这一页的权限" in answer.get_data(as_text=True)


@pytest.mark.parametrize("path", ["/me", "/me/benefits", "/me/settings", "/apply", "/employer", "/desk", "/console"])
def test_room_leads_to_its_door_when_nobody_is_signed_in(empty: FlaskClient, path: str) -> None:
    answer = empty.get(path)
    assert answer.status_code == 302
    assert "/sign-in?next=" in answer.headers["Location"]


@pytest.mark.parametrize("path", ["/", "/precheck", "/places", "/policies", "/notices", "/design", "/me/sign-in"])
def test_page_is_complete_in_both_languages_when_anybody_asks(empty: FlaskClient, path: str) -> None:
    for language, mark in (("zh", 'lang="zh-CN"'), ("en", 'lang="en"')):
        answer = empty.get(f"{path}?lang={language}")
        assert answer.status_code == 200
        assert mark in answer.get_data(as_text=True)


def test_page_of_errors_is_ours_when_an_address_is_wrong(empty: FlaskClient) -> None:
    answer = empty.get("/nothing-here?lang=zh")
    assert answer.status_code == 404
    assert "没有找到这一页" in answer.get_data(as_text=True)
    assert empty.get("/api/v1/nothing-here").mimetype == "application/problem+json"


def test_proof_is_in_the_readers_language_when_it_was_stored(world: World, client: FlaskClient) -> None:
    token = world.person("王芳")
    facts = facts_of("chief_tech", "employed", ("member", "assessed", "reviewed"), world.clock().date())
    application = world.apply(token, facts)
    client.set_cookie("sc_officer", world.office(Role.REVIEWER))
    signed_in(client, token)
    for path in ("/apply", f"/console/applications/{application}"):
        chinese = client.get(f"{path}?lang=zh").get_data(as_text=True)
        english = client.get(f"{path}?lang=en").get_data(as_text=True)
        [zh], [en] = (re.findall(r'<ul class="tree">.*?</ul>', page, re.S)[:1] for page in (chinese, english))
        assert re.search(r"[\u4e00-\u9fff]", zh)
        assert not re.search(r"[\u4e00-\u9fff]", en)
        assert "verified" in en or "confirmed" in en, en


def test_card_is_suspended_when_the_employer_files_a_departure_from_its_list(world: World, client: FlaskClient) -> None:
    contact, elsewhere, holder = world.person("周经理"), world.person("吴经理"), world.person("李工")
    uscc, next_uscc = world.employer_of(contact), world.employer_of(elsewhere, "另一家")
    body = {"city": "320500", "employer": uscc, "facts": QUALIFIED}
    application = world.ok("POST", "/api/v1/me/applications", holder, json=body)["id"]
    world.ok("POST", f"/api/v1/me/applications/{application}/submit", holder, json={})
    world.ok("POST", f"/api/v1/employers/{uscc}/confirmations/{application}", contact, json={"employed": True})
    world.recommend(world.office(Role.REVIEWER), application)
    approver = world.office(Role.APPROVER)
    if world.approve(approver, application, "C")["state"] == "second_decision":
        world.approve(world.office(Role.APPROVER), application, "C")
    number = world.ok("GET", "/api/v1/me/card", holder)["number"]

    page = signed_in(client, contact).get("/employer").get_data(as_text=True)
    assert "李工" in page
    assert f'value="{number}"' in page
    assert "李工" not in client.get("/employer?q=周").get_data(as_text=True)
    sent = client.post(f"/employer/{uscc}/people", data={"csrf_token": csrf(client), "number": number, "what": "left"})
    assert sent.status_code == 302
    assert world.ok("GET", "/api/v1/me/card", holder)["state"] == "suspended"
    page = client.get("/employer").get_data(as_text=True)
    assert "已离职" in page
    assert "前确认入职" in page

    assert "李工" not in signed_in(client, elsewhere).get("/employer").get_data(as_text=True)
    arrived = {"csrf_token": csrf(client), "number": number, "what": "arrived"}
    assert client.post(f"/employer/{next_uscc}/people", data=arrived).status_code == 302
    card = world.ok("GET", "/api/v1/me/card", holder)["id"]
    world.ok("POST", f"/api/v1/cards/{card}/move-employer", approver, json={"reason": "新单位已确认"})
    assert "李工" in client.get("/employer").get_data(as_text=True)
    assert "李工" not in signed_in(client, contact).get("/employer").get_data(as_text=True)


def test_dependant_may_show_a_code_when_an_officer_has_confirmed_on_the_page(world: World, client: FlaskClient) -> None:
    holder = world.holder("B")
    signed_in(client, holder)
    said = {"relation": "spouse", "name": "李芳", "document_type": "resident_id", "evidence": "结婚证 J320102"}
    form = said | {"number": identity_number(930, "19880520"), "csrf_token": csrf(client)}
    assert client.post("/me/family", data=form | {"relation": "cousin"}).status_code == 422
    assert client.post("/me/family", data=form).status_code == 302
    [spouse] = world.ok("GET", "/api/v1/me/dependants", holder)["items"]
    client.set_cookie("sc_officer", world.office(Role.REVIEWER))
    page = client.get("/console/dependants").get_data(as_text=True)
    assert "结婚证 J320102" in page
    assert "李芳" not in page
    path, decided = f"/console/dependants/{spouse['id']}", {"csrf_token": csrf(client), "outcome": "confirm"}
    assert client.post(path, data=decided).status_code == 422
    assert client.post(path, data=decided | {"reason": "结婚证一致"}).status_code == 302
    assert "没有等待核对的家属" in client.get("/console/dependants").get_data(as_text=True)
    page = client.get("/me/family").get_data(as_text=True)
    assert f'value="{spouse["id"]}"' in page
    assert "可以出示" in page
    client.set_cookie("sc_officer", world.office(Role.AUDITOR))
    assert client.get("/console/dependants").status_code == 403
