"""Every role at every door, a door without a lock, and the second factor that nobody resets alone."""

from __future__ import annotations

import psycopg
import pyotp
import pytest

from suchang.api.access import OFFICES
from suchang.domain.account.roles import OFFICER_ROLES, Role
from suchang.workflows.casework import officer_acts
from tests.support.world import PASSWORD, QUALIFIED, World

NOBODY = "0" * 26
NO_HOOK = {"api-docs"}
"""Blueprints of libraries: the OpenAPI document is for anyone."""


def doors(world: World) -> list[tuple[str, str, str]]:
    """Return name, method and path of every API route that asks for an officer."""
    found = []
    for rule in world.app.url_map.iter_rules():
        hooks = world.app.before_request_funcs.get(rule.endpoint.partition(".")[0], [])
        if not rule.rule.startswith("/api/") or "officer" not in {getattr(one, "audience", None) for one in hooks}:
            continue
        path = rule.rule
        for argument in rule.arguments - {"name"}:
            path = path.replace(f"<{argument}>", f"app_{NOBODY}")
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}:
            steps = officer_acts.STEPS if rule.endpoint == "casework_officers.take_step" else [""]
            found += [(rule.endpoint, method, path.replace("<name>", step)) for step in steps]
    return found


def offices(name: str, path: str) -> frozenset[Role]:
    """Return the offices of a door; each step of a case has its own."""
    of_step = name == "casework_officers.take_step"
    return frozenset(officer_acts.STEPS[path.rpartition("/")[2]][1]) if of_step else OFFICES[name]


def test_every_blueprint_has_an_auth_hook_when_registered(world: World) -> None:
    without = [
        name
        for name in world.app.blueprints
        if name not in NO_HOOK
        and not any(hasattr(hook, "audience") for hook in world.app.before_request_funcs.get(name, []))
    ]
    assert without == []
    outside = [rule.endpoint for rule in world.app.url_map.iter_rules() if "." not in rule.endpoint]
    assert outside == []


def test_every_officers_door_is_in_the_table_when_it_exists(world: World) -> None:
    assert {name for name, _, _ in doors(world)} == set(OFFICES)


@pytest.mark.parametrize("role", sorted(OFFICER_ROLES))
def test_door_opens_for_its_offices_and_for_no_other(world: World, role) -> None:
    token = world.office(role)
    wrong = []
    for name, method, path in doors(world):
        answer = world.call(method, path, token, json={} if method != "GET" else None)
        shut = answer.status_code == 403 and answer.json["code"] == "forbidden"
        assert answer.status_code < 500
        if shut != (role not in offices(name, path)):
            wrong.append((path, answer.status_code))
    assert wrong == []


@pytest.mark.parametrize("who", ["nobody", "holder", "partner"])
def test_door_stays_shut_when_no_officer_knocks(world: World, who) -> None:
    token = {"nobody": lambda: None, "holder": world.person, "partner": lambda: world.partner("medical")}[who]()
    for _, method, path in doors(world):
        assert world.call(method, path, token, json={}).status_code == 401


def test_second_factor_is_reset_when_two_other_officers_agree(world: World) -> None:
    subject = world.officer(Role.REVIEWER, Role.ADMINISTRATOR)
    session = world.sign_in_officer(subject)
    first, second = world.office(Role.ADMINISTRATOR, person=401), world.office(Role.SUPERVISOR)
    same = world.office(Role.ADMINISTRATOR, Role.SUPERVISOR, person=401)
    path = f"/api/v1/officers/{subject}/totp-resets"
    assert world.call("POST", path, session, json={"reason": "我的手机丢了"}).json["code"] == "four_eyes"
    proposal = world.ok("POST", path, first, json={"reason": "手机丢了"})["id"]
    confirmation = f"/api/v1/totp-resets/{proposal}/confirmation"
    for person in (first, same, session):
        assert world.call("POST", confirmation, person, json={}).json["code"] == "four_eyes"
    link = world.ok("POST", confirmation, second, json={})["invitation"]
    assert world.call("POST", confirmation, second, json={}).json["code"] == "proposal_over"
    assert world.call("GET", "/api/v1/officer", session).status_code == 401, "old sessions have ended"
    username = world._secrets[subject][0]
    secret = world.accept(link, world.number_of(subject), "seven quiet lanterns")
    body = {"username": username, "password": "seven quiet lanterns", "totp": pyotp.TOTP(secret).at(world.second)}
    assert world.call("POST", "/api/v1/officer/sign-in", json=body).status_code == 200
    again = world.call("POST", "/api/v1/officer/sign-in", json=body)
    assert again.status_code == 401, "a code opens once"


def test_database_refuses_when_one_person_signs_a_reset_twice(world: World, database) -> None:
    subject, one = world.officer(Role.REVIEWER), world.officer(Role.ADMINISTRATOR)
    with database.connect("app") as app, pytest.raises(psycopg.errors.CheckViolation):
        app.execute(
            "INSERT INTO totp_reset SELECT 'rst_x', %s, s.person_index, o.id, o.person_index, 'r', now(), o.id,"
            " o.person_index, now() FROM officer o, officer s WHERE o.id = %s AND s.id = %s",
            [subject, one, subject],
        )


def test_auditor_finds_what_happened_and_leaves_a_trace(world: World) -> None:
    application = world.apply(world.person(), QUALIFIED)
    reviewer = world.officer(Role.REVIEWER)
    world.recommend(world.sign_in_officer(reviewer), application)
    auditor = world.office(Role.AUDITOR)
    found = world.ok("GET", "/api/v1/audit", auditor, query_string={"subject": application, "actor": reviewer})
    assert [one["action"] for one in found["items"]] == ["application_recommend", "application_claim"]
    traces = world.ok("GET", "/api/v1/audit", auditor, query_string={"action": "audit_searched"})["items"]
    assert traces[0]["data"] == {"filters": {"subject": application, "actor": reviewer}}
    for query in ({"since": "yesterday"}, {"cursor": "x"}, {"since": "2026-11-02T00:00:00"}):
        assert world.call("GET", "/api/v1/audit", auditor, query_string=query).status_code == 422


def test_account_is_locked_when_five_sign_ins_fail(world: World) -> None:
    subject = world.officer(Role.REVIEWER)
    username, secret = world._secrets[subject]
    bad = {"username": username, "password": "wrong password 1", "totp": "000000"}
    for _ in range(5):
        assert world.call("POST", "/api/v1/officer/sign-in", json=bad).status_code == 401
    good = {"username": username, "password": PASSWORD, "totp": pyotp.TOTP(secret).at(world.second)}
    assert world.call("POST", "/api/v1/officer/sign-in", json=good).status_code == 401
    world.clock.move(minutes=16)
    good["totp"] = pyotp.TOTP(secret).at(world.second)
    assert world.call("POST", "/api/v1/officer/sign-in", json=good).status_code == 200


def test_session_ends_when_idle_and_at_the_latest_after_ten_hours(world: World) -> None:
    idle, busy = world.office(Role.AUDITOR), world.office(Role.AUDITOR)
    for _ in range(19):
        world.clock.move(minutes=29)
        assert world.call("GET", "/api/v1/officer", busy).status_code == 200
    assert world.call("GET", "/api/v1/officer", idle).status_code == 401
    for _ in range(2):
        world.clock.move(minutes=29)
    assert world.call("GET", "/api/v1/officer", busy).status_code == 401
