"""Officers' accounts: the first from the command line, the rest by two, opened by the officer alone."""

from __future__ import annotations

import re

import psycopg
import pyotp
import pytest

from suchang.domain.account.roles import Role
from suchang.domain.errors import Conflict, DomainError, Forbidden, Invalid
from suchang.workflows.account import invitations, officer_proposals
from suchang.workflows.account.officer_proposals import WantedOfficer
from suchang.workflows.runtime.actors import OfficerActor
from tests.support.world import PASSWORD, World, identity_number

GOOD = "seven quiet lanterns"


def wanted(serial: int, *roles: Role, username: str = "") -> WantedOfficer:
    chosen = roles or (Role.ADMINISTRATOR,)
    return WantedOfficer(username or f"admin{serial}", f"管理员{serial}", identity_number(serial), chosen)


def actor(world: World, serial: int, officer_id: str = "") -> OfficerActor:
    index = world.collaborators.vault.index("resident_id", identity_number(500 + serial))
    return OfficerActor(officer_id, index, frozenset({Role.ADMINISTRATOR}), None, "n")


def sign_in(world: World, username: str, password: str, secret: str) -> int:
    body = {"username": username, "password": password, "totp": pyotp.TOTP(secret).at(world.second)}
    return world.call("POST", "/api/v1/officer/sign-in", json=body).status_code


def test_first_two_administrators_come_to_work_when_the_database_was_empty(world: World) -> None:
    begun = officer_proposals.begin(world.collaborators, wanted(901))
    secret = world.accept(begun.link, identity_number(901), GOOD)
    assert sign_in(world, "admin901", GOOD, secret) == 200
    with pytest.raises(Conflict, match="There is an administrator"):
        officer_proposals.begin(world.collaborators, wanted(902))
    world.clock.move(minutes=1)
    body = {"username": "admin901", "password": GOOD, "totp": pyotp.TOTP(secret).at(world.second)}
    browser = world.app.test_client()
    browser.set_cookie("sc_officer", world.ok("POST", "/api/v1/officer/sign-in", json=body)["token"])
    form = {"csrf_token": browser.get("/csrf").get_json()["token"], "name": "王", "username": "admin902"}
    form |= {"number": identity_number(902), "roles": "administrator"}
    assert browser.post("/console/users/new", data=form).status_code == 302
    second = officer_proposals.confirm_second(world.collaborators, "admin902")
    assert sign_in(world, "admin902", GOOD, world.accept(second.link, identity_number(902), GOOD)) == 200
    with pytest.raises(Conflict, match="Only the second"):
        officer_proposals.confirm_second(world.collaborators, "admin903")


def test_one_person_alone_makes_no_officer_whatever_accounts_they_have(world: World) -> None:
    first, same = (world.officer(Role.ADMINISTRATOR, person=11) for _ in range(2))
    proposal = officer_proposals.propose(world.collaborators, actor(world, 11, first), wanted(903, Role.REVIEWER))
    with pytest.raises(Forbidden):
        officer_proposals.confirm(world.collaborators, actor(world, 11, same), proposal)
    with pytest.raises(Forbidden):
        officer_proposals.propose(world.collaborators, actor(world, 11, first), wanted(511, username="own"))
    with pytest.raises(Conflict):
        officer_proposals.begin(world.collaborators, wanted(904))


def test_database_refuses_when_an_invitation_or_a_proposal_has_not_two_behind_it(world: World, database) -> None:
    first = world.officer(Role.ADMINISTRATOR, person=12)
    proposal = officer_proposals.propose(world.collaborators, actor(world, 12, first), wanted(905, Role.REVIEWER))
    statements = (
        "INSERT INTO officer_invitation VALUES ('x', %s, NULL, now(), now() + '1 day', 0, NULL)",
        "UPDATE officer_proposal SET confirmed_at = now() WHERE id = %s",
        "UPDATE officer_proposal SET roles = '{administrator}' WHERE id = %s",
        "INSERT INTO officer_proposal VALUES (%s || 'x', 'u', 'n', 'i', '{administrator}', NULL, NULL, NULL, now())",
    )
    for statement in statements:
        with database.connect("app") as app, pytest.raises(psycopg.errors.DatabaseError) as refused:
            app.execute(statement, [proposal])
        assert refused.value.sqlstate == "SC001", statement
    with database.connect("app") as app, pytest.raises(psycopg.errors.CheckViolation):
        app.execute(
            "UPDATE officer_proposal SET confirmed_by = proposed_by, confirmer_index = proposer_index,"
            " confirmed_at = now() WHERE id = %s",
            [proposal],
        )


def test_invitation_stays_shut_when_the_number_is_another_and_is_void_after_five(world: World) -> None:
    first, second = world.officer(Role.ADMINISTRATOR, person=13), world.officer(Role.ADMINISTRATOR, person=14)
    proposal = officer_proposals.propose(world.collaborators, actor(world, 13, first), wanted(906, Role.AUDITOR))
    made = officer_proposals.confirm(world.collaborators, actor(world, 14, second), proposal)
    token = made.link.rpartition("/")[2]
    for _ in range(5):
        refused = invitations.open_invitation(world.collaborators, token, identity_number(907))
        assert isinstance(refused, DomainError)
        assert refused.code == "not_invited"
    with pytest.raises(Conflict):
        invitations.open_invitation(world.collaborators, token, identity_number(906))


def test_password_is_refused_when_short_or_common(world: World) -> None:
    first, second = world.officer(Role.ADMINISTRATOR, person=15), world.officer(Role.ADMINISTRATOR, person=16)
    proposal = officer_proposals.propose(world.collaborators, actor(world, 15, first), wanted(908, Role.AUDITOR))
    made = officer_proposals.confirm(world.collaborators, actor(world, 16, second), proposal)
    token = made.link.rpartition("/")[2]
    opened = invitations.open_invitation(world.collaborators, token, identity_number(908))
    assert isinstance(opened, invitations.Opened)
    code = pyotp.TOTP(opened.totp_secret).at(world.second)
    for password, why in (
        ("eleven char", "password_short"), ("password1234", "password_common"), ("x" * 2000, "password_long"),
    ):  # fmt: skip
        with pytest.raises(Invalid) as refused:
            invitations.accept(
                world.collaborators, token, identity_number=identity_number(908), sealed=opened.sealed,
                password=password, totp=code,
            )  # fmt: skip
        assert refused.value.code == why
    world.accept(made.link, identity_number(908), GOOD)


def test_other_sessions_end_when_an_officer_changes_the_password(world: World) -> None:
    officer = world.officer(Role.REVIEWER)
    elsewhere = world.sign_in_officer(officer)
    world.clock.move(minutes=1)
    browser = world.app.test_client()
    browser.set_cookie("sc_officer", world.sign_in_officer(officer))
    form = {"csrf_token": browser.get("/csrf").get_json()["token"], "new": GOOD, "again": GOOD}
    wrong = browser.post("/console/me/password", data=form | {"old": "something else"})
    assert (wrong.status_code, "原来的密码不对" in wrong.get_data(as_text=True)) == (422, True)
    assert browser.post("/console/me/password", data=form | {"old": PASSWORD}).status_code == 302
    assert "密码已更改" in browser.get("/console/me?done=1").get_data(as_text=True)
    assert world.call("GET", "/api/v1/officer", elsewhere).status_code == 401
    username, secret = world._secrets[officer]
    world.clock.move(minutes=1)
    assert (sign_in(world, username, PASSWORD, secret), sign_in(world, username, GOOD, secret)) == (401, 200)


@pytest.mark.parametrize("role", [one for one in Role if one in officer_proposals.OFFICER_ROLES])
def test_console_opens_with_own_work_when_an_officer_of_any_role_signs_in(world: World, role: Role) -> None:
    browser = world.app.test_client()
    browser.set_cookie("sc_officer", world.office(role))
    page = browser.get("/console", follow_redirects=True)
    assert page.status_code == 200
    assert re.search(r'<nav aria-label="主导航"><a ', page.get_data(as_text=True))
