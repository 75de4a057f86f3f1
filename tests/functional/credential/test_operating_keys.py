"""The ring at work: rotation without a refused card, compromise with re-issue, status lists, bulk runs."""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import func, select

from suchang.cli.main import cli
from suchang.credentials.issue.key_vault import KeyVault
from suchang.credentials.status_list.token_status_list import read_status_list
from suchang.credentials.verify.key_ring import read_jwks
from suchang.credentials.verify.status_source import Status
from suchang.domain.account.roles import Role
from suchang.domain.lifecycle import CardReason
from suchang.persistence.models import Card, Credential, SigningKey
from suchang.persistence.unit_of_work import unit_of_work
from suchang.workflows.card import bulk_revocation, status_history
from suchang.workflows.credential import credentials, reissue, signing_keys
from suchang.workflows.runtime.actors import SYSTEM, HolderActor
from suchang.workflows.runtime.collaborators import Collaborators
from tests.conftest import StandingClock
from tests.support.world import World


def active(world: World) -> str:
    return next(str(one["kid"]) for one in signing_keys.list_keys(world.collaborators) if one["state"] == "active")


def test_code_signed_before_a_rotation_is_accepted_after_it(world: World, clock: StandingClock) -> None:
    token, hospital = world.holder(), world.partner("medical")
    phone, before = world.phone(token), active(world)
    clock.move(minutes=5)
    done = signing_keys.rotate(world.collaborators, SYSTEM)
    assert done["retired"] == before
    assert world.verify(hospital, phone.code(world.second))["outcome"] == "accepted"
    fresh = world.phone(token, "第二部")
    clock.move(seconds=1)
    assert world.verify(hospital, fresh.code(world.second))["outcome"] == "accepted"


def test_code_is_accepted_when_its_signer_or_its_verifier_missed_a_rotation(world: World, clock: StandingClock) -> None:
    world.holder()
    hospital = world.partner("medical")
    with unit_of_work(world.collaborators.sessions) as session:
        person = session.execute(select(Card.person_id)).scalar_one()
    other = replace(world.collaborators, keys=signing_keys.Keys())

    def minted(collaborators: Collaborators) -> str:
        return str(credentials.issue_online_code(collaborators, HolderActor(person))["presentation"])

    clock.move(minutes=5)
    assert world.verify(hospital, minted(other))["outcome"] == "accepted"
    # This worker rotates; the other one goes on signing with the key that it has.
    signing_keys.rotate(world.collaborators, SYSTEM)
    clock.move(seconds=4)
    assert world.verify(hospital, minted(other))["outcome"] == "accepted"
    # The other worker rotates twice, so that this one has never heard of the key that signs.
    world.verify(hospital, minted(world.collaborators))
    for _ in range(2):
        signing_keys.rotate(other, SYSTEM)
    time.sleep(1.1)
    assert world.verify(hospital, minted(other))["outcome"] == "accepted"


def test_compromised_key_is_unknown_and_its_credentials_are_replaced(world: World, clock: StandingClock) -> None:
    token, hospital = world.holder(), world.partner("medical")
    phone, before = world.phone(token), active(world)
    clock.move(minutes=5)
    done = reissue.compromise(world.collaborators, SYSTEM, before)
    assert (done.reissued, done.active != before) == (1, True)
    assert world.verify(hospital, phone.code(world.second))["reason"] == "unknown_key"
    body = {"assurance": "device", "device": phone.device}
    fetched = world.ok("POST", "/api/v1/me/card/credentials", token, json=body)["sd_jwt"]
    assert world.verify(hospital, replace(phone, token=fetched).code(world.second))["outcome"] == "accepted"
    assert reissue.compromise(world.collaborators, SYSTEM, before).reissued == 0


def test_active_key_is_not_revoked_without_a_rotation(world: World) -> None:
    with pytest.raises(signing_keys.Conflict, match="Rotate first"):
        signing_keys.revoke(world.collaborators, SYSTEM, active(world))


def test_published_list_says_revoked_in_the_next_answer(world: World, clock: StandingClock) -> None:
    token = world.holder()
    world.phone(token)
    with unit_of_work(world.collaborators.sessions) as session:
        held = session.execute(select(Credential)).scalar_one()
    path = f"/status-lists/{held.status_list}"
    ring = read_jwks(world.call("GET", "/.well-known/jwks.json").data)

    def state() -> Status | None:
        answer = world.call("GET", path)
        assert answer.mimetype == "application/statuslist+jwt"
        return read_status_list(answer.data, ring, world.second).state(held.status_index or 0)

    clock.move(seconds=1)
    first = world.call("GET", path)
    assert state() is Status.VALID
    unchanged = world.call("GET", path, headers={"If-None-Match": first.headers["ETag"]})
    assert unchanged.status_code == 304
    clock.move(seconds=2)
    number = world.ok("GET", "/api/v1/me/card", token)["number"]
    bulk_revocation.revoke(world.collaborators, SYSTEM, {1: number}, CardReason.FRAUD, "核实造假")
    assert state() is Status.INVALID


def test_file_with_a_fault_revokes_nothing(world: World) -> None:
    token = world.holder()
    number = world.ok("GET", "/api/v1/me/card", token)["number"]
    wanted = bulk_revocation.read_numbers(f"# 名单\n{number[:6]} {number[6:]}\n\nSCNOSUCHCARD00\n{number}\n")
    faults = bulk_revocation.check(world.collaborators, wanted)
    assert [line for line, _ in faults] == [4, 5]
    assert world.ok("GET", "/api/v1/me/card", token)["state"] == "active"


def test_print_run_goes_on_where_it_was_killed(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    for _ in range(3):
        world.holder()
    monkeypatch.setattr(reissue, "CHUNK", 1)

    class Killed(BaseException):
        """The process is gone."""

    def die_after_one(done: int, _whole: int) -> None:
        if done == 1:
            raise Killed

    with pytest.raises(Killed):
        reissue.print_run(world.collaborators, SYSTEM, die_after_one)
    seen: list[tuple[int, int]] = []
    assert reissue.print_run(world.collaborators, SYSTEM, lambda done, whole: seen.append((done, whole))) == 2
    assert seen[0] == (0, 2)
    with unit_of_work(world.collaborators.sessions) as session:
        printed = select(func.count()).where(Credential.assurance == "print", Credential.revoked_at.is_(None))
        assert session.execute(printed).scalar_one() == 3


def test_private_keys_are_sealed_anew_when_the_key_encryption_key_is_replaced(world: World) -> None:
    old = world.collaborators.settings.key_encryption_key
    moving = replace(world.collaborators, key_vault=KeyVault(b"n" * 32, [old]))
    assert signing_keys.reseal(moving, SYSTEM) == 2
    assert signing_keys.reseal(moving, SYSTEM) == 0
    after = replace(world.collaborators, key_vault=KeyVault(b"n" * 32))
    after.keys.forget()
    with unit_of_work(after.sessions) as session:
        row = session.execute(select(SigningKey).where(SigningKey.state == "active")).scalar_one()
        assert signing_keys.Keys().signer(after, session).kid == row.kid


def test_command_lists_and_rotates(world: World, environ: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in environ.items():
        monkeypatch.setenv(name, value)
    before = active(world)
    assert CliRunner().invoke(cli, ["keys", "rotate"], catch_exceptions=False).exit_code == 0
    listed = CliRunner().invoke(cli, ["keys", "list"], catch_exceptions=False).output
    assert f"{before}" in listed
    assert "retired" in listed


def test_command_names_the_line_when_a_file_is_wrong(
    world: World, environ: dict[str, str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for name, value in environ.items():
        monkeypatch.setenv(name, value)
    source = tmp_path / "numbers.txt"
    source.write_text("SCNOSUCHCARD00\n")
    arguments = ["cards", "revoke", "--file", str(source), "--because", "mistake", "--reason", "误发"]
    result = CliRunner().invoke(cli, arguments, catch_exceptions=False, standalone_mode=False)
    assert result.return_value == 1
    assert f"{source}:1: there is no card SCNOSUCHCARD00" in result.output


def test_audit_tells_what_a_card_was_at_each_moment(world: World, clock: StandingClock) -> None:
    before = clock()
    clock.move(minutes=1)
    token = world.holder()
    phone = world.phone(token)
    card = world.ok("GET", "/api/v1/me/card", token)
    issued = clock()
    clock.move(hours=1)
    body = {"because": "suspected_fraud", "reason": "核查"}
    world.ok("POST", f"/api/v1/cards/{card['id']}/suspend", world.office(Role.REVIEWER), json=body)
    suspended = clock()
    clock.move(hours=1)
    body = {"because": "fraud", "reason": "核实造假"}
    world.ok("POST", f"/api/v1/cards/{card['id']}/revoke", world.office(Role.APPROVER), json=body)

    def state(name: str, moment: datetime) -> str:
        return status_history.status_at(world.collaborators.sessions, name, moment).state

    moments = (before, issued, suspended, clock())
    assert [state(card["number"], one) for one in moments] == ["not_issued", "active", "suspended", "revoked"]
    with unit_of_work(world.collaborators.sessions) as session:
        sub = session.execute(select(Credential.sub).where(Credential.device_id == phone.device)).scalar_one()
    assert [state(sub, one) for one in moments] == ["not_issued", "active", "suspended", "revoked"]
    assert state(card["id"], clock() + timedelta(days=4000)) == "revoked"
