"""Officers by a real OpenID provider: who gets in, what is asked on top, and one clear sentence for each failure."""

from __future__ import annotations

import json
from collections.abc import Iterator
from urllib.parse import parse_qs, urlencode, urlsplit

import httpx
import pyotp
import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from suchang.config import Misconfigured, load_settings
from suchang.domain.account.roles import Role
from suchang.domain.clock import system_clock
from tests.support.oidc_server import OidcServer, oidc_server
from tests.support.world import World

ORIGIN = "http://localhost:8000"
CALLBACK = "/console/sign-in/oidc/callback"
STRONG = {"acr": "two-factors", "amr": ["pwd", "otp"]}


@pytest.fixture(scope="module")
def server() -> Iterator[OidcServer]:
    with oidc_server(ORIGIN + CALLBACK, ORIGIN + "/console/sign-in") as running:
        yield running


@pytest.fixture(scope="module")
def world(module_environ: dict[str, str], server: OidcServer) -> Iterator[World]:
    """Return an installation by the real clock, which the provider goes by."""
    made = World({**module_environ, **server.environ, "SUCHANG_ISSUER": ORIGIN}, system_clock)
    yield made
    made.close()


@pytest.fixture
def client(world: World) -> FlaskClient:
    return world.app.test_client()


@pytest.fixture(scope="module")
def administrator(world: World) -> str:
    return world.office(Role.ADMINISTRATOR)


def linked(world: World, administrator: str, subject: str) -> str:
    """Make an officer whose account is linked to a subject."""
    officer = world.officer(Role.REVIEWER)
    answer = world.call("PUT", f"/api/v1/officers/{officer}/oidc-link", administrator, json={"subject": subject})
    assert answer.status_code == 204
    return officer


def begin(client: FlaskClient, **query: str) -> str:
    """Press the button; gives the address at the provider."""
    answer = client.get("/console/sign-in/oidc", query_string=query)
    assert answer.status_code == 302, answer.get_data(as_text=True)
    return str(answer.headers["Location"])


def through(url: str) -> str:
    """Go through the provider as a browser does; gives the address of ours that it sends the browser to."""
    with httpx.Client() as browser:
        for _ in range(8):
            answer = browser.get(url)
            url = str(httpx.URL(url).join(answer.headers["Location"]))
            if url.startswith(ORIGIN):
                return url
    raise AssertionError("the provider never came back")


def come_back(client: FlaskClient, url: str, **changed: str | None) -> TestResponse:
    """Follow the way back, with some of its parameters changed or left out (None)."""
    query = {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()} | changed
    kept = {name: value for name, value in query.items() if value is not None}
    return client.get(f"{CALLBACK}?{urlencode(kept)}")


def sign_in(client: FlaskClient, server: OidcServer, subject: str, **how: object) -> TestResponse:
    server.next(subject, **how)
    return come_back(client, through(begin(client, next="/console/cards")))


def prove(world: World, client: FlaskClient, code: str) -> TestResponse:
    token = client.get("/csrf").json["token"]
    return client.post("/console/sign-in/oidc/code", data={"csrf_token": token, "totp": code})


def code_of(world: World, officer: str) -> str:
    return pyotp.TOTP(world._secrets[officer][1]).at(world.second)


def signed_in(client: FlaskClient) -> bool:
    return client.get("/console/me").status_code == 200


def test_officer_is_signed_in_when_two_factors_are_proved(world, client, server, administrator) -> None:
    officer = linked(world, administrator, "ada")
    first = sign_in(client, server, "ada", **STRONG)
    assert first.headers["Location"] == "/console/sign-in/oidc/code", "the first time our own password is asked too"
    assert not signed_in(client)
    done = prove(world, client, code_of(world, officer))
    assert done.headers["Location"] == "/console/cards"
    assert "统一身份认证和动态口令" in client.get("/console/me").get_data(as_text=True)
    other = world.app.test_client()
    assert sign_in(other, server, "ada", **STRONG).headers["Location"] == "/console/cards"
    assert signed_in(other)


@pytest.mark.parametrize("how", [{}, {"amr": ["pwd"]}, {"acr": ""}], ids=str)
def test_one_time_password_is_asked_when_the_provider_proves_one_factor(
    world, client, server, administrator, how
) -> None:
    officer = linked(world, administrator, f"weak {how}")
    with world.app.app_context():
        sign_in(client, server, f"weak {how}", **STRONG)
        prove(world, client, code_of(world, officer))
    other = world.app.test_client()
    assert sign_in(other, server, f"weak {how}", **how).headers["Location"] == "/console/sign-in/oidc/code"
    assert not signed_in(other)


def test_amr_alone_is_enough_when_it_names_a_second_factor(world, client, server, administrator) -> None:
    officer = linked(world, administrator, "amr")
    sign_in(client, server, "amr")
    prove(world, client, code_of(world, officer))
    other = world.app.test_client()
    assert sign_in(other, server, "amr", amr=["pwd", "mfa"]).headers["Location"] == "/console/cards"


def test_account_is_locked_when_the_one_time_password_is_wrong_five_times(world, client, server, administrator) -> None:
    officer = linked(world, administrator, "guess")
    sign_in(client, server, "guess", **STRONG)
    for _ in range(5):
        assert "动态口令不对" in prove(world, client, "000000").get_data(as_text=True)
    assert "已锁定 15 分钟" in prove(world, client, code_of(world, officer)).get_data(as_text=True)
    assert "已锁定 15 分钟" in sign_in(client, server, "guess", **STRONG).get_data(as_text=True)
    assert not signed_in(client)


def test_one_time_password_leads_nowhere_when_nothing_was_begun(world, client) -> None:
    assert "请重新开始" in prove(world, client, "123456").get_data(as_text=True)


def test_second_step_is_over_when_the_link_was_moved_meanwhile(world, client, server, administrator) -> None:
    officer = linked(world, administrator, "moved")
    sign_in(client, server, "moved", **STRONG)
    world.call("PUT", f"/api/v1/officers/{officer}/oidc-link", administrator, json={"subject": "somebody else"})
    assert "没有关联经办人员" in prove(world, client, code_of(world, officer)).get_data(as_text=True)
    assert not signed_in(client)


def test_nobody_is_made_when_the_subject_is_unknown(world, client, server, database) -> None:
    with database.connect("app") as app:
        before = app.execute("SELECT count(*) FROM officer").fetchone()
        assert "没有关联经办人员" in sign_in(client, server, "stranger", **STRONG).get_data(as_text=True)
        assert app.execute("SELECT count(*) FROM officer").fetchone() == before
    assert not signed_in(client)


def test_officer_is_told_when_their_account_is_closed(world, client, server, administrator, database) -> None:
    officer = linked(world, administrator, "closed")
    with database.connect("app") as app:
        app.execute("UPDATE officer SET active = false WHERE id = %s", [officer])
    assert "已停用" in sign_in(client, server, "closed", **STRONG).get_data(as_text=True)


def test_nobody_is_signed_in_when_the_provider_says_no(client, server) -> None:
    assert "没有让您登录" in sign_in(client, server, "x", error="access_denied").get_data(as_text=True)


def test_state_counts_once_when_the_way_back_is_taken_twice(world, client, server, administrator) -> None:
    linked(world, administrator, "twice")
    server.next("twice", **STRONG)
    back = through(begin(client))
    secret = client.get_cookie("sc_oidc", path="/console").value
    assert come_back(client, back).status_code == 302
    client.set_cookie("sc_oidc", secret, path="/console")
    assert "已经用过" in come_back(client, back).get_data(as_text=True)


@pytest.mark.parametrize("state", [None, "", "made up"])
def test_way_back_is_refused_when_its_state_is_not_ours(client, server, state) -> None:
    server.next("ada", **STRONG)
    assert "已经用过" in come_back(client, through(begin(client)), state=state).get_data(as_text=True)


def test_way_back_is_refused_when_another_browser_takes_it(world, client, server) -> None:
    """Login CSRF: an attacker's answer, put before somebody else."""
    server.next("ada", **STRONG)
    victim = world.app.test_client()
    begin(victim)
    assert "不是在这个浏览器里开始" in come_back(victim, through(begin(client))).get_data(as_text=True)
    assert not signed_in(victim)


@pytest.mark.parametrize("iss", ["https://evil.example", None])
def test_way_back_is_refused_when_it_is_from_another_issuer(client, server, iss) -> None:
    server.next("ada", **STRONG)
    assert "不可信" in come_back(client, through(begin(client)), iss=iss).get_data(as_text=True)


@pytest.mark.parametrize("field", ["nonce", "verifier"])
def test_way_back_is_refused_when_nonce_or_verifier_differ(world, client, server, field) -> None:
    server.next("ada", **STRONG)
    back = through(begin(client))
    place = f"oidc-state:{parse_qs(urlsplit(back).query)['state'][0]}"
    kept = json.loads(world.collaborators.redis.get(place) or "")
    world.collaborators.redis.put(place, json.dumps(kept | {field: "x" * 43}), 60)
    page = come_back(client, back).get_data(as_text=True)
    assert ("不可信" if field == "nonce" else "没有让您登录") in page
    assert not signed_in(client)


def test_way_back_is_refused_when_the_code_is_made_up(client, server) -> None:
    server.next("ada", **STRONG)
    assert "没有让您登录" in come_back(client, through(begin(client)), code="made up").get_data(as_text=True)


def test_officer_is_told_when_the_provider_is_down(module_environ, server) -> None:
    away = {**server.environ, "SUCHANG_OIDC_ISSUER": "http://localhost:9"}
    other = World({**module_environ, **away, "SUCHANG_ISSUER": ORIGIN}, system_clock)
    try:
        client = other.app.test_client()
        for path in ("/console/sign-in/oidc", "/console/sign-out/oidc"):
            assert "没有响应。请用密码" in client.get(path).get_data(as_text=True)
    finally:
        other.close()


def test_provider_is_refused_when_it_says_that_it_is_another(module_environ, server) -> None:
    odd = {**server.environ, "SUCHANG_OIDC_ISSUER": server.issuer.replace("localhost", "127.0.0.1")}
    other = World({**module_environ, **odd, "SUCHANG_ISSUER": ORIGIN}, system_clock)
    try:
        assert "不可信" in other.app.test_client().get("/console/sign-in/oidc").get_data(as_text=True)
    finally:
        other.close()


def test_way_out_leads_to_the_provider_when_officer_came_from_there(world, client, server, administrator) -> None:
    officer = linked(world, administrator, "leaving")
    sign_in(client, server, "leaving", **STRONG)
    prove(world, client, code_of(world, officer))
    token = client.get("/csrf").json["token"]
    answer = client.post("/console/sign-out", data={"csrf_token": token})
    assert answer.headers["Location"] == "/console/signed-out"
    assert not signed_in(client)
    assert "/console/sign-out/oidc" in client.get("/console/signed-out").get_data(as_text=True)
    out = client.get("/console/sign-out/oidc").headers["Location"]
    assert out.startswith(f"{server.issuer}/session/end?")
    assert httpx.get(out).status_code == 200


def test_link_is_refused_when_it_is_ones_own_or_taken(world, administrator) -> None:
    twin = world.office(Role.ADMINISTRATOR, person=460)
    own = world.officer(Role.REVIEWER, person=460)
    answer = world.call("PUT", f"/api/v1/officers/{own}/oidc-link", twin, json={"subject": "me"})
    assert (answer.status_code, answer.json["code"]) == (403, "four_eyes")
    linked(world, administrator, "taken")
    answer = world.call("PUT", f"/api/v1/officers/{own}/oidc-link", administrator, json={"subject": "taken"})
    assert (answer.status_code, answer.json["code"]) == (409, "oidc_taken")


def test_sessions_and_proof_end_when_the_link_is_taken_away(world, client, server, administrator) -> None:
    officer = linked(world, administrator, "again")
    sign_in(client, server, "again", **STRONG)
    prove(world, client, code_of(world, officer))
    assert signed_in(client)
    assert world.call("DELETE", f"/api/v1/officers/{officer}/oidc-link", administrator).status_code == 204
    assert not signed_in(client)
    world.call("PUT", f"/api/v1/officers/{officer}/oidc-link", administrator, json={"subject": "again"})
    assert sign_in(client, server, "again", **STRONG).headers["Location"] == "/console/sign-in/oidc/code"


def test_way_in_is_hidden_when_no_provider_is_set(module_environ) -> None:
    other = World({**module_environ, "SUCHANG_ISSUER": ORIGIN}, system_clock)
    try:
        client = other.app.test_client()
        assert "统一身份认证" not in client.get("/console/sign-in").get_data(as_text=True)
        assert client.get(CALLBACK).status_code == 200
        assert client.get("/console/sign-in/oidc").headers.get("Location") is None
    finally:
        other.close()


GOOD = {"SUCHANG_OIDC_ISSUER": "https://id.example.gov.cn", "SUCHANG_OIDC_CLIENT_ID": "a",
        "SUCHANG_OIDC_CLIENT_SECRET": "b"}  # fmt: skip


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"SUCHANG_OIDC_ISSUER": "http://id.example.gov.cn"}, "SUCHANG_OIDC_ISSUER must be"),
        ({"SUCHANG_OIDC_ISSUER": "https://id.example.gov.cn/?x=1"}, "SUCHANG_OIDC_ISSUER must be"),
        ({"SUCHANG_OIDC_CLIENT_ID": ""}, "SUCHANG_OIDC_CLIENT_ID is missing"),
        ({"SUCHANG_OIDC_CLIENT_SECRET": ""}, "SUCHANG_OIDC_CLIENT_SECRET is missing"),
    ],
)
def test_settings_are_refused_in_words_when_they_cannot_work(changed: dict[str, str], said: str) -> None:
    found = load_settings(GOOD).oidc
    assert found is not None
    assert found.issuer == GOOD["SUCHANG_OIDC_ISSUER"]
    assert "b" not in repr(found).partition("client_secret")[2]
    with pytest.raises(Misconfigured, match=said):
        load_settings(GOOD | changed)
