"""Sessions: a new token at each sign-in and after each gain of rights, time-outs, and being signed out elsewhere."""

from __future__ import annotations

import itertools

import psycopg
import pyotp
import pytest
from flask.testing import FlaskClient

from suchang.domain.account.roles import Role
from tests.support.authenticator import Authenticator
from tests.support.world import PASSWORD, World, identity_number

PHONE = "Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 Chrome/140 Mobile Safari/537.36"
_numbers = itertools.count(1)


def new_phone() -> str:
    return f"1370000{next(_numbers):04d}"


def by_code(world: World, client: FlaskClient, phone: str) -> str:
    """Sign in on the page; gives the token in the cookie."""
    code = world.ok("POST", "/api/v1/sign-in/codes", json={"phone": phone})["code"]
    token = client.get("/csrf").json["token"]
    answer = client.post(
        "/me/sign-in", data={"csrf_token": token, "phone": phone, "code": code}, headers={"User-Agent": PHONE}
    )
    assert answer.status_code == 302
    return cookie(client)


def cookie(client: FlaskClient, name: str = "sc_holder") -> str:
    found = client.get_cookie(name)
    return found.value if found else ""


def alive(world: World, token: str, path: str = "/api/v1/me") -> bool:
    return world.call("GET", path, token).status_code == 200


@pytest.fixture
def client(world: World) -> FlaskClient:
    return world.app.test_client()


def test_token_is_new_when_somebody_signs_in_with_a_planted_one(world: World, client: FlaskClient) -> None:
    """Session fixation: what an attacker put into the victim's browser opens nothing afterwards."""
    attacker = world.person()
    for planted in ("known-to-the-attacker", attacker):
        client.set_cookie("sc_holder", planted)
        mine = by_code(world, client, new_phone())
        assert mine not in ("", planted)
        assert not alive(world, planted)
        assert alive(world, mine)


def test_token_before_ends_when_the_same_browser_signs_in_again(world: World, client: FlaskClient) -> None:
    phone = new_phone()
    first = by_code(world, client, phone)
    second = by_code(world, client, phone)
    assert not alive(world, first)
    assert alive(world, second)


def test_csrf_token_is_new_when_somebody_signs_in(world: World, client: FlaskClient) -> None:
    before = client.get("/csrf").json["token"]
    by_code(world, client, new_phone())
    refused = client.post("/me/sign-out", data={"csrf_token": before})
    assert refused.status_code == 403


@pytest.mark.parametrize("door", ["page", "interface"])
def test_token_is_new_when_somebody_says_who_they_are(world: World, client: FlaskClient, door: str) -> None:
    before = by_code(world, client, new_phone())
    csrf = client.get("/csrf").json["token"]
    serial = 880 + len(door)
    if door == "page":
        form = {"csrf_token": csrf, "name": "林一", "document_type": "resident_id", "number": identity_number(serial)}
        assert client.post("/apply/who", data=form).status_code == 302
    else:
        body = {"name": "林一", "identity": {"type": "resident_id", "number": identity_number(serial)}}
        assert client.put("/api/v1/me", json=body, headers={"X-CSRF-Token": csrf}).status_code == 200
    after = cookie(client)
    assert after != before
    assert not alive(world, before)
    assert world.ok("GET", "/api/v1/me", after)["name"] == "林一"


def test_token_is_new_when_a_passkey_is_added(world: World, client: FlaskClient) -> None:
    before = by_code(world, client, new_phone())
    headers = {"X-CSRF-Token": client.get("/csrf").json["token"]}
    options = client.post("/api/v1/me/passkeys/options", json={}, headers=headers).json
    made = Authenticator("http://localhost:8000").create(options)
    body = {"name": "手机", "credential": made}
    assert client.post("/api/v1/me/passkeys", json=body, headers=headers).status_code == 201
    assert cookie(client) != before
    assert not alive(world, before)
    (here,) = world.ok("GET", "/api/v1/me/sessions", cookie(client))["items"]
    assert here["here"], "the same sign-in goes on under its new token"


@pytest.mark.parametrize(
    "change",
    ["roles = '{auditor,reviewer}'", "city = '320500'", "active = false", "password_hash = 'x'", "totp_cipher = 'x'"],
)
def test_officers_sessions_end_when_the_account_changes(world: World, database, change: str) -> None:
    officer = world.officer(Role.AUDITOR)
    token, other = world.sign_in_officer(officer), world.office(Role.AUDITOR)
    with database.connect("app") as app:
        app.execute("UPDATE officer SET failed_sign_ins = 2, language = 'en' WHERE id = %s", [officer])
        assert alive(world, token, "/api/v1/officer")
        app.execute(f"UPDATE officer SET {change} WHERE id = %s", [officer])  # noqa: S608 - our own words
        ended = app.execute(
            "SELECT count(*) FROM sign_in_session WHERE subject_id = %s AND ended_at IS NOT NULL", [officer]
        ).fetchone()
    assert ended == (1,)
    assert not alive(world, token, "/api/v1/officer")
    assert alive(world, other, "/api/v1/officer")


def test_ended_session_stays_ended_when_a_token_is_renewed(world: World, client: FlaskClient) -> None:
    token = by_code(world, client, new_phone())
    world.call("POST", "/api/v1/sign-out", token)
    client.set_cookie("sc_holder", token)
    body = {"name": "林一", "identity": {"type": "resident_id", "number": identity_number(899)}}
    csrf = client.get("/csrf").json["token"]
    assert client.put("/api/v1/me", json=body, headers={"X-CSRF-Token": csrf}).status_code == 401


class Place:
    """Where somebody is signed in three times: on this browser and on two others."""

    def __init__(self, world: World, client: FlaskClient) -> None:
        phone = new_phone()
        self.world, self.client = world, client
        self.others = [by_code(world, world.app.test_client(), phone) for _ in range(2)]
        self.here = by_code(world, client, phone)

    def listed(self) -> list[dict[str, object]]:
        return list(self.world.ok("GET", "/api/v1/me/sessions", self.here)["items"])


@pytest.fixture
def place(world: World, client: FlaskClient) -> Place:
    return Place(world, client)


def test_own_sessions_are_listed_when_asked(place: Place, world: World) -> None:
    items = place.listed()
    assert [(one["client"], one["method"]) for one in items] == [("Chrome · Android", "code")] * 3
    assert [one["here"] for one in items].count(True) == 1
    stranger = world.person()
    assert len(world.ok("GET", "/api/v1/me/sessions", stranger)["items"]) == 1
    known = str(items[0]["id"])
    assert world.call("DELETE", f"/api/v1/me/sessions/{known}", stranger).status_code == 404
    assert len(place.listed()) == 3


def test_one_session_ends_when_it_is_named(place: Place, world: World) -> None:
    away = next(one["id"] for one in place.listed() if not one["here"])
    assert world.call("DELETE", f"/api/v1/me/sessions/{away}", place.here).status_code == 204
    assert sorted(alive(world, token) for token in place.others) == [False, True]
    assert alive(world, place.here)
    assert world.call("DELETE", f"/api/v1/me/sessions/{away}", place.here).status_code == 404


def test_all_others_end_when_somebody_signs_out_elsewhere(place: Place, world: World) -> None:
    stranger = world.person()
    assert world.ok("POST", "/api/v1/me/sessions/end", place.here, json={"which": "others"}) == {"ended": 2}
    assert [alive(world, token) for token in (*place.others, place.here, stranger)] == [False, False, True, True]


def test_every_session_ends_when_somebody_signs_out_everywhere(place: Place, world: World) -> None:
    token = place.client.get("/csrf").json["token"]
    answer = place.client.post("/me/sessions", data={"csrf_token": token, "which": "all"})
    assert answer.headers["Location"] == "/me/sign-in"
    assert cookie(place.client) == ""
    assert [alive(world, token) for token in (*place.others, place.here)] == [False, False, False]


def test_officer_signs_out_elsewhere_when_they_ask(world: World) -> None:
    officer = world.officer(Role.REVIEWER)
    username, secret = world._secrets[officer]
    away = world.sign_in_officer(officer)
    world.clock.move(seconds=30)
    client = world.app.test_client()
    body = {"username": username, "password": PASSWORD, "totp": pyotp.TOTP(secret).at(world.second)}
    client.post("/api/v1/officer/sign-in", json=body)
    page = client.get("/console/me").get_data(as_text=True)
    assert "密码和动态口令" in page
    token = client.get("/csrf").json["token"]
    client.post("/console/me/sessions", data={"csrf_token": token, "which": "others"})
    assert not alive(world, away, "/api/v1/officer")
    assert client.get("/console/me").status_code == 200


def test_session_ends_when_the_setting_says_so(module_environ: dict[str, str], world: World) -> None:
    strict = World({**module_environ, "SUCHANG_SESSION_HOLDER": "40m/10m"}, world.clock)
    try:
        phone = new_phone()
        idle, busy = (by_code(strict, strict.app.test_client(), phone) for _ in range(2))
        for _ in range(4):
            assert alive(strict, busy)
            world.clock.move(minutes=9)
        assert not alive(strict, idle)
        assert alive(strict, busy)
        assert len(strict.ok("GET", "/api/v1/me/sessions", busy)["items"]) == 1
        world.clock.move(minutes=4)
        assert not alive(strict, busy)
    finally:
        strict.close()


def test_name_of_a_session_is_no_key_when_the_table_is_stolen(place: Place, database) -> None:
    with database.connect("app") as app:
        kept = {bytes(row[0]).hex() for row in app.execute("SELECT id FROM sign_in_session").fetchall()}
    for one in place.listed():
        assert not any(str(one["id"]).removeprefix("ses_") in key for key in kept)


def test_database_refuses_when_a_session_is_of_no_kind(database) -> None:
    with database.connect("app") as app, pytest.raises(psycopg.errors.CheckViolation):
        app.execute(
            "INSERT INTO sign_in_session (id, kind, subject_id, created_at, last_seen_at, expires_at)"
            " VALUES ('x', 'root', 'x', now(), now(), now())"
        )


def test_owner_is_let_in_when_they_signed_in_rightly_many_times(world: World) -> None:
    for _ in range(7):
        phone = "13812340099"
        world.collaborators.redis.take(f"code-requests:{phone}")
        code = world.ok("POST", "/api/v1/sign-in/codes", json={"phone": phone})["code"]
        assert world.call("POST", "/api/v1/sign-in", json={"phone": phone, "code": code}).status_code == 200
