"""Leave and deputies, over HTTP: a deputy works under their own name, and two people stay one pair of eyes."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Any

import pytest

from suchang.domain.account.roles import Role
from tests.support.world import NANJING, QUALIFIED, World

SUZHOU = "320500"
LEAVE = {"from_day": "2026-11-02", "until_day": "2026-11-06"}
APPROVE = {"outcome": "approve", "reason": "符合条件"}
HANDLING = (Role.REVIEWER, Role.APPROVER, Role.SUPERVISOR)
REFUSED = {"four_eyes", "party_to_case", "others_required", "conflict_declared", "second_person_required"}


@pytest.fixture(autouse=True)
def same_hour(world: World) -> Iterator[None]:
    before = world.clock.now
    yield
    world.clock.now = before


class Pair:
    """Somebody who goes on leave and their deputy, with their sessions."""

    def __init__(self, world: World, *roles: Role, deputy: tuple[Role, ...] = (), **place: Any) -> None:
        self.world = world
        self.away_id, self.deputy_id = world.officer(*roles, **place), world.officer(*(deputy or roles), **place)
        self.away, self.deputy = world.sign_in_officer(self.away_id), world.sign_in_officer(self.deputy_id)

    @property
    def hat(self) -> dict[str, str]:
        return {"On-Behalf-Of": self.away_id}

    def leave(self, **days: str) -> Any:
        body = {"deputy": self.deputy_id, **LEAVE, **days}
        return self.world.ok("POST", "/api/v1/deputations", self.away, json=body)


def claimed(world: World, reviewer: str) -> str:
    case = world.apply(world.person(), QUALIFIED)
    world.ok("POST", f"/api/v1/applications/{case}/claim", reviewer, json={})
    return case


def code(world: World, token: str, path: str, body: Any, **more: Any) -> str:
    answer = world.call("POST", f"/api/v1/{path}", token, json=body, **more)
    return "" if answer.status_code < 300 else str(answer.json["code"])


def test_deputy_goes_on_with_the_queue_when_the_officer_is_away(world: World, database) -> None:
    pair = Pair(world, Role.REVIEWER)
    case = claimed(world, pair.away)
    path = f"applications/{case}/review"
    assert code(world, pair.deputy, path, APPROVE) == "not_claimed_by_you"
    assert code(world, pair.deputy, path, APPROVE, headers=pair.hat) == "not_deputy"
    assert pair.leave()["state"] == "running"
    mine = {"query_string": {"mine": "true"}, "headers": pair.hat}
    assert [one["id"] for one in world.ok("GET", "/api/v1/applications", pair.deputy, **mine)["items"]] == [case]
    assert code(world, pair.deputy, path, APPROVE) == "not_claimed_by_you", "for somebody only when it is said so"
    assert code(world, pair.deputy, path, APPROVE, headers=pair.hat) == ""
    with database.connect("owner") as owner:
        found = owner.execute(
            "SELECT officer_id, on_behalf_of FROM review WHERE application_id = %s", [case]
        ).fetchall()
        assert found == [(pair.deputy_id, pair.away_id)]
        audit = owner.execute(
            "SELECT actor_id, data->>'on_behalf_of' FROM audit_event WHERE subject_id = %s AND action = %s",
            [case, "application_recommend"],
        ).fetchall()
        assert audit == [(pair.deputy_id, pair.away_id)]


@pytest.mark.parametrize(("first", "second"), list(itertools.permutations(["away", "deputy", "deputy for away"], 2)))
def test_two_people_are_one_pair_of_eyes_when_one_stands_in_for_the_other(world: World, first, second) -> None:
    pair = Pair(world, *HANDLING)
    pair.leave()
    case = world.apply(world.person(), QUALIFIED)
    token = {"away": pair.away, "deputy": pair.deputy, "deputy for away": pair.deputy}
    more: dict[str, Any] = {one: {"headers": pair.hat} if one == "deputy for away" else {} for one in token}
    for step, body in (("claim", {}), ("review", APPROVE)):
        assert code(world, token[first], f"applications/{case}/{step}", body, **more[first]) == ""
    decide = (f"applications/{case}/decision", {**APPROVE, "tier": "C"})
    assert code(world, token[second], *decide, **more[second]) == "four_eyes"
    assert code(world, token[first], *decide, **more[first]) == "four_eyes"
    assert code(world, world.office(Role.APPROVER), *decide) == ""
    assert code(world, token[second], *decide, **more[second]) == "four_eyes"


def test_second_signature_is_somebody_elses_when_a_deputy_would_give_it(world: World) -> None:
    pair = Pair(world, Role.APPROVER)
    pair.leave()
    case = world.apply(world.person(), QUALIFIED)
    world.recommend(world.office(Role.REVIEWER), case)
    body = {**APPROVE, "tier": "A"}
    assert code(world, pair.away, f"applications/{case}/decision", body) == ""
    for more in ({}, {"headers": pair.hat}):
        assert code(world, pair.deputy, f"applications/{case}/decision", body, **more) == "second_person_required"


def test_tie_stays_when_a_deputation_is_ended_before_the_decision(world: World) -> None:
    pair = Pair(world, *HANDLING)
    made = pair.leave()
    case = world.apply(world.person(), QUALIFIED)
    world.recommend(pair.away, case)
    ended = world.ok("POST", f"/api/v1/deputations/{made['id']}/end", pair.deputy, json={})
    assert ended["state"] == "ended"
    body = {**APPROVE, "tier": "C"}
    assert code(world, pair.deputy, f"applications/{case}/decision", body, headers=pair.hat) == "not_deputy"
    assert code(world, pair.deputy, f"applications/{case}/decision", body) == "four_eyes"


def test_deputy_keeps_out_when_the_officer_on_leave_is_the_applicant_or_in_conflict(world: World) -> None:
    away = world.officer(*HANDLING, person=290)
    deputy_id = world.officer(*HANDLING)
    token, deputy = world.sign_in_officer(away), world.sign_in_officer(deputy_id)
    world.ok("POST", "/api/v1/deputations", token, json={"deputy": deputy_id, **LEAVE})
    own = world.apply(world.person(serial=790), QUALIFIED)
    assert code(world, deputy, f"applications/{own}/claim", {}) == "party_to_case"
    other = world.apply(world.person(), QUALIFIED)
    assert (
        world.call("POST", f"/api/v1/applications/{other}/conflict", token, json={"reason": "同学"}).status_code == 204
    )
    assert code(world, deputy, f"applications/{other}/claim", {}) == "conflict_declared"


def test_nobody_gains_an_office_or_a_city_when_standing_in(world: World) -> None:
    pair = Pair(world, Role.REVIEWER, Role.APPROVER, deputy=(Role.REVIEWER, Role.AUDITOR))
    pair.leave()
    case = world.apply(world.person(), QUALIFIED)
    world.recommend(world.office(Role.REVIEWER), case)
    body = {**APPROVE, "tier": "C"}
    assert code(world, pair.deputy, f"applications/{case}/decision", body, headers=pair.hat) == "forbidden"
    assert world.call("GET", "/api/v1/audit", pair.deputy, headers=pair.hat).status_code == 403
    assert world.call("GET", "/api/v1/audit", pair.deputy).status_code == 200
    nanjing, anywhere = world.officer(Role.REVIEWER, city=NANJING), world.officer(Role.REVIEWER)
    leave = {"deputy": anywhere, **LEAVE}
    world.ok("POST", "/api/v1/deputations", world.sign_in_officer(nanjing), json=leave)
    suzhou = world.apply(world.person(), QUALIFIED, city=SUZHOU)
    deputy, hat = world.sign_in_officer(anywhere), {"On-Behalf-Of": nanjing}
    assert world.call("GET", f"/api/v1/applications/{suzhou}", deputy).status_code == 200
    assert world.call("GET", f"/api/v1/applications/{suzhou}", deputy, headers=hat).status_code == 404
    assert code(world, deputy, f"applications/{suzhou}/claim", {}, headers=hat) == "not_found"


def test_leave_is_refused_when_days_or_people_do_not_fit(world: World) -> None:
    pair = Pair(world, Role.REVIEWER)
    auditor, suzhou = world.officer(Role.AUDITOR), world.officer(Role.REVIEWER, city=SUZHOU)
    same_person = world.officer(Role.REVIEWER, person=451)
    twin = world.sign_in_officer(world.officer(Role.REVIEWER, person=451))
    assert code(world, twin, "deputations", {"deputy": same_person, **LEAVE}) == "deputy_not_found"
    for deputy in (auditor, suzhou, pair.away_id, "off_x"):
        assert code(world, pair.away, "deputations", {"deputy": deputy, **LEAVE}) == "deputy_not_found"
    for days in ({"from_day": "2026-11-01"}, {"until_day": "2026-11-01"}, {"until_day": "2028-01-01"}):
        assert code(world, pair.away, "deputations", {"deputy": pair.deputy_id, **LEAVE, **days}) == "days_wrong"
    assert (
        code(world, pair.away, "deputations", {"deputy": pair.deputy_id, **LEAVE, "from_day": "soon"})
        == "invalid_fields"
    )
    pair.leave()
    later = {"from_day": "2026-11-06", "until_day": "2026-11-20"}
    assert code(world, pair.away, "deputations", {"deputy": pair.deputy_id, **later}) == "deputy_exists"
    assert pair.leave(from_day="2026-11-07", until_day="2026-11-20")["state"] == "planned"
    world.clock.move(days=5)
    pair.deputy = world.sign_in_officer(pair.deputy_id)
    assert world.call("GET", "/api/v1/applications", pair.deputy, headers=pair.hat).status_code == 200
    world.clock.move(days=14)
    pair.deputy = world.sign_in_officer(pair.deputy_id)
    assert world.call("GET", "/api/v1/applications", pair.deputy, headers=pair.hat).json["code"] == "not_deputy"


def test_supervisor_enters_the_leave_of_somebody_ill_in_their_city_and_no_other(world: World) -> None:
    pair = Pair(world, Role.REVIEWER, city=NANJING)
    body = {"deputy": pair.deputy_id, **LEAVE, "officer": pair.away_id}
    assert code(world, pair.deputy, "deputations", body) == "forbidden"
    suzhou = world.office(Role.SUPERVISOR, city=SUZHOU)
    assert code(world, suzhou, "deputations", body) == "not_found"
    supervisor = world.office(Role.SUPERVISOR, city=NANJING)
    made = world.ok("POST", "/api/v1/deputations", supervisor, json=body)
    assert code(world, suzhou, f"deputations/{made['id']}/end", {}) == "not_found"

    def seen(token: str) -> bool:
        return made["id"] in {one["id"] for one in world.ok("GET", "/api/v1/deputations", token)["items"]}

    assert [seen(one) for one in (pair.away, pair.deputy, supervisor)] == [True] * 3
    assert [seen(one) for one in (suzhou, world.office(Role.REVIEWER, city=NANJING))] == [False] * 2
    names = {one["id"] for one in world.ok("GET", "/api/v1/colleagues", suzhou)["items"]}
    assert pair.away_id not in names
