"""A card of a notice tier without its finished notice: tried on every path, and in SQL with the program's role."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest

from suchang.domain.account.roles import Role
from suchang.domain.ids import new_id
from tests.functional.casework.test_casework import APPROVE, Office
from tests.support.world import World


@pytest.fixture(scope="module")
def module_environ(module_environ) -> dict[str, str]:
    return {**module_environ, "SUCHANG_NOTICE_TIERS": "A,B,C"}


@pytest.fixture(scope="module")
def office(world: World) -> Office:
    return Office(world)


@pytest.fixture(autouse=True)
def same_hour(world: World) -> Iterator[None]:
    before = world.clock.now
    yield
    world.clock.now = before


def lacking(office: Office) -> dict[str, Any]:
    return {name: value for name, value in office.facts().items() if name != "honours"}


def decide(office: Office, token: str, case: str, tier: str) -> Any:
    answer = office.world.call("POST", f"/api/v1/applications/{case}/decision", token, json={**APPROVE, "tier": tier})
    return answer.json.get("code") or answer.json["state"]


def test_notice_is_asked_for_when_a_supplement_brought_the_tier(office: Office) -> None:
    world = office.world
    token = world.person()
    case = world.apply(token, lacking(office))
    assert office.show(case)["determination"]["result"]["tier"] is None
    world.ok("POST", f"/api/v1/applications/{case}/claim", office.rui, json={})
    body = {"documents": ["荣誉证书"], "reason": "请补交"}
    world.ok("POST", f"/api/v1/applications/{case}/request-supplement", office.rui, json=body)
    proof = {"title": "荣誉证书", "facts": {"honours": office.facts()["honours"]}}
    world.ok("POST", f"/api/v1/me/applications/{case}/evidence", token, json=proof)
    world.clock.move(minutes=1)
    world.ok("POST", f"/api/v1/me/applications/{case}/submit", token, json={})
    world.ok("POST", f"/api/v1/applications/{case}/review", office.rui, json=APPROVE)
    tier = office.tier(case)
    assert tier in ("A", "B", "C")
    assert decide(office, office.ana, case, tier) == "notice_not_over"


def test_notice_is_asked_for_when_two_approvers_grant_more_than_was_determined(office: Office) -> None:
    world = office.world
    case = world.apply(world.person(), lacking(office))
    world.recommend(office.rui, case)
    assert decide(office, office.ana, case, "A") == "notice_not_over"
    assert decide(office, office.ana, case, "D") == "second_decision"
    assert decide(office, office.an, case, "A") == "differs_from_proposal"
    office.step(office.an, case, "decline-decision", reason="没有依据")
    assert office.step(office.ana, case, "publish-notice", tier="B")["state"] == "public_notice"
    world.clock.move(days=8)
    ana = world.office(Role.APPROVER)
    assert decide(office, ana, case, "A") == "notice_not_over"
    assert decide(office, ana, case, "B") == "second_decision"
    assert decide(office, world.office(Role.APPROVER), case, "B") == "issued"


def test_new_round_needs_a_new_notice_when_a_card_was_reopened(office: Office) -> None:
    world = office.world
    _, case = office.recommended()
    tier = office.tier(case)
    office.step(office.ana, case, "publish-notice")
    world.clock.move(days=8)
    for _ in range(2):
        if decide(office, world.office(Role.APPROVER), case, tier) == "issued":
            break
    first, second = world.office(Role.SUPERVISOR), world.office(Role.SUPERVISOR)
    office.step(first, case, "propose-reopen", reason="学历存疑")
    office.step(second, case, "confirm-reopen")
    world.recommend(world.office(Role.REVIEWER), case)
    assert decide(office, world.office(Role.APPROVER), case, tier) == "notice_not_over"


def test_bulk_approval_leaves_a_case_when_its_notice_is_missing(office: Office) -> None:
    _, case = office.recommended()
    version = office.world.ok("GET", f"/api/v1/applications/{case}", office.ana)["version"]
    body = {"items": [{"id": case, "version": version}], "reason": "符合条件"}
    answer = office.world.ok("POST", "/api/v1/applications/bulk-approval", office.ana, json=body)["items"][0]
    assert answer["refused"] == "notice_not_over"


class Direct:
    """What the application's own role may write, past the program."""

    def __init__(self, office: Office, database: Any) -> None:
        self.office, self.app = office, database.connect("app")
        self.case = office.world.apply(office.world.person(), lacking(office))
        self.rui, self.ana, self.an = (office.world.officer(Role.REVIEWER, Role.APPROVER) for _ in range(3))
        row = self.app.execute(
            "SELECT a.person_id, d.id FROM application a JOIN determination d ON d.application_id = a.id"
            " WHERE a.id = %s",
            [self.case],
        ).fetchone()
        self.person, self.determination = (str(one) for one in row)

    def approved(self) -> str:
        self.app.execute(
            "INSERT INTO review (id, application_id, round, officer_id, person_index, outcome, reason, created_at)"
            " SELECT %s, %s, 1, id, person_index, 'recommend', 'r', '2026-11-12' FROM officer WHERE id = %s",
            [new_id("rev"), self.case, self.rui],
        )
        made = [self.decided(self.ana, "first"), self.decided(self.an, "second")]
        return made[0]

    def decided(self, officer: str, part: str) -> str:
        made = new_id("dec")
        self.app.execute(
            "INSERT INTO decision (id, application_id, round, part, officer_id, person_index, outcome, tier, reason,"
            " against_determination, determination_id, created_at)"
            " SELECT %s, %s, 1, %s, id, person_index, 'approve', 'C', 'r', true, %s, '2026-11-12'"
            " FROM officer WHERE id = %s",
            [made, self.case, part, self.determination, officer],
        )
        return made

    def notice(self, ends: str, tier: str = "C") -> None:
        self.app.execute(
            "INSERT INTO public_notice (id, application_id, round, attempt, tier, officer_id, person_index,"
            " published_at, ends) SELECT %s, %s, 1, 1, %s, id, person_index, '2026-11-02', %s FROM officer"
            " WHERE id = %s",
            [new_id("ntc"), self.case, tier, ends, self.ana],
        )

    def objection(self) -> None:
        self.app.execute(
            "INSERT INTO objection (id, application_id, round, text, sender_cipher, created_at)"
            " VALUES (%s, %s, 1, 'x', '', '2026-11-03')",
            [new_id("obj"), self.case],
        )

    def card(self, decision: str, issued: str = "2026-11-12") -> None:
        self.app.execute(
            "INSERT INTO card (id, number, person_id, application_id, decision_id, tier, track, city, state, facts,"
            " valid_from, valid_until, issued_at, version) VALUES (%s, %s, %s, %s, %s, 'C', 't', '320100', 'active',"
            " '{}', '2026-11-12', '2027-11-12', %s, 1)",
            [new_id("crd"), new_id("no"), self.person, self.case, decision, issued],
        )


@pytest.fixture
def direct(office: Office, database) -> Iterator[Direct]:
    made = Direct(office, database)
    yield made
    made.app.close()


ATTACKS = {
    "no notice": lambda it: it.card(it.approved()),
    "a notice of another tier": lambda it: (it.notice("2026-11-09", "B"), it.card(it.approved())),
    "a notice that runs": lambda it: (it.notice("2026-11-12"), it.card(it.approved())),
    "a card dated before its end": lambda it: (it.notice("2026-11-11"), it.card(it.approved(), "2026-11-11")),
    "an open objection": lambda it: (it.notice("2026-11-09"), it.objection(), it.card(it.approved())),
}


@pytest.mark.parametrize("attack", ATTACKS)
def test_database_refuses_the_card_when_the_notice_is_not_over(direct: Direct, attack: str) -> None:
    with pytest.raises(psycopg.DatabaseError) as refused, direct.app.transaction():
        ATTACKS[attack](direct)
    assert refused.value.sqlstate == "SC003"


def test_database_takes_the_card_when_the_notice_is_over(direct: Direct) -> None:
    with direct.app.transaction(force_rollback=True):
        direct.notice("2026-11-11")
        direct.card(direct.approved())
        direct.app.execute("SET CONSTRAINTS ALL IMMEDIATE")


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM notice_tier",
        "UPDATE notice_tier SET ended_at = now()",
        "UPDATE public_notice SET ends = '2020-01-01'",
        "DELETE FROM objection",
        "DELETE FROM objection_answer",
    ],
)
def test_database_refuses_when_the_program_would_forget_a_notice(direct: Direct, statement: str) -> None:
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        direct.app.execute(statement)
