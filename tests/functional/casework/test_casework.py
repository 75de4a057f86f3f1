# ruff: noqa: S608 - queries of a test on its own database
"""The long ways of a case, over HTTP on a real database."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest

from suchang.demo.cast import story_facts
from suchang.domain.account.roles import Role
from suchang.domain.clock import local_date
from suchang.domain.ids import new_id
from suchang.persistence.models import Employer
from suchang.persistence.unit_of_work import unit_of_work
from suchang.workflows.runtime import due_transitions
from tests.support.world import NANJING, World, credit_code

SUZHOU = "320500"
APPROVE = {"outcome": "approve", "reason": "符合条件"}


class Office:
    """The officers of these stories, signed in once, and short ways to speak."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.rui, self.ran = world.office(Role.REVIEWER), world.office(Role.REVIEWER)
        self.ana, self.an = world.office(Role.APPROVER), world.office(Role.APPROVER)
        self.su, self.shen = world.office(Role.SUPERVISOR), world.office(Role.SUPERVISOR)
        self.auditor = world.office(Role.AUDITOR)
        self.suzhou = world.office(*[Role.REVIEWER, Role.APPROVER, Role.SUPERVISOR, Role.AUDITOR], city=SUZHOU)

    def facts(self) -> dict[str, Any]:
        return story_facts(local_date(self.world.clock()))

    def applied(self, **person: Any) -> tuple[str, str]:
        token = self.world.person(**person)
        return token, self.world.apply(token, self.facts())

    def recommended(self) -> tuple[str, str]:
        token, case = self.applied()
        self.world.recommend(self.rui, case)
        return token, case

    def issued(self) -> tuple[str, str]:
        token, case = self.recommended()
        self.world.approve(self.ana, case, self.tier(case))
        return token, case

    def show(self, case: str) -> dict[str, Any]:
        return self.world.ok("GET", f"/api/v1/applications/{case}", self.auditor)

    def tier(self, case: str) -> str:
        return str(self.show(case)["determination"]["result"]["tier"])

    def step(self, token: str, case: str, name: str, **body: Any) -> Any:
        return self.world.ok("POST", f"/api/v1/applications/{case}/steps/{name}", token, json=body)

    def refused(self, token: str, path: str, **body: Any) -> str:
        answer = self.world.call("POST", f"/api/v1/{path}", token, json=body)
        assert answer.status_code in (403, 404, 409, 422), answer.get_data(as_text=True)
        return str(answer.json["code"])


@pytest.fixture(scope="module")
def office(world: World) -> Office:
    return Office(world)


@pytest.fixture(autouse=True)
def same_hour(world: World) -> Iterator[None]:
    """Bring the clock back after a test that let time pass; sessions end otherwise."""
    before = world.clock.now
    yield
    world.clock.now = before


def later(world: World, **delta: float) -> None:
    world.clock.move(**delta)


def test_case_changes_hands_when_a_supervisor_moves_it(office: Office) -> None:
    _, case = office.applied()
    office.world.ok("POST", f"/api/v1/applications/{case}/claim", office.rui, json={})
    assert office.refused(office.su, f"applications/{case}/steps/hand-over", assignee="off_x") == "assignee_not_found"
    ran = office.world.ok("GET", "/api/v1/officer", office.ran)["id"]
    view = office.step(office.su, case, "hand-over", assignee=ran)
    assert view["claimed_by"] == ran
    assert office.refused(office.rui, f"applications/{case}/review", **APPROVE) == "not_claimed_by_you"
    view = office.step(office.ran, case, "release")
    assert (view["state"], view["claimed_by"]) == ("submitted", None)


def test_same_reviewer_recommends_again_when_the_approver_sent_it_back(office: Office) -> None:
    _, case = office.recommended()
    assert office.step(office.ana, case, "send-back", reason="第二份学历")["state"] == "in_review"
    office.world.ok("POST", f"/api/v1/applications/{case}/review", office.rui, json=APPROVE)
    assert office.world.approve(office.ana, case, office.tier(case))["state"] == "issued"


def test_new_proposal_goes_its_way_when_the_second_approver_declined(office: Office) -> None:
    _, case = office.recommended()
    assert office.world.approve(office.ana, case, "A")["state"] == "second_decision"
    assert (
        office.refused(office.ana, f"applications/{case}/steps/decline-decision", reason="x")
        == "second_person_required"
    )
    assert office.step(office.an, case, "decline-decision", reason="没有依据")["state"] == "recommended"
    assert office.world.approve(office.ana, case, office.tier(case))["state"] == "issued"


def test_others_decide_again_when_two_people_reopen_an_issued_card(office: Office) -> None:
    token, case = office.issued()
    card = office.world.ok("GET", "/api/v1/me/card", token)["id"]
    office.step(office.su, case, "propose-reopen", reason="学历存疑")
    assert office.refused(office.su, f"applications/{case}/steps/confirm-reopen") == "second_person_required"
    assert office.step(office.shen, case, "confirm-reopen")["state"] == "submitted"
    assert office.world.ok("GET", "/api/v1/me/card", token)["state"] == "suspended"
    assert office.refused(office.an, f"cards/{card}/restore", reason="x") == "under_review"
    assert office.refused(office.rui, f"applications/{case}/claim") == "others_required"
    office.world.recommend(office.ran, case)
    assert office.refused(office.ana, f"applications/{case}/decision", tier="C", **APPROVE) == "others_required"
    office.world.approve(office.an, case, office.tier(case))
    again = office.world.ok("GET", "/api/v1/me/card", token)
    assert again["state"] == "active"
    assert again["id"] != card


def test_card_is_revoked_when_the_reopened_case_is_rejected(office: Office) -> None:
    token, case = office.issued()
    office.step(office.su, case, "propose-reopen", reason="学历存疑")
    office.step(office.shen, case, "confirm-reopen")
    office.world.recommend(office.ran, case)
    body = {"outcome": "reject", "reason": "学历是假的", "rule": "JS-C-01"}
    third = office.world.office(Role.APPROVER)
    office.world.ok("POST", f"/api/v1/applications/{case}/decision", office.an, json=body)
    office.world.ok("POST", f"/api/v1/applications/{case}/decision", third, json=body)
    assert office.world.call("GET", "/api/v1/me/card", token).status_code == 404


def test_queue_shows_what_is_asked_for_when_filtered(office: Office) -> None:
    _, case = office.applied()

    def listed(token: str = office.su, **query: str) -> set[str]:
        rows = office.world.ok("GET", "/api/v1/applications", token, query_string=query)["items"]
        return {row["id"] for row in rows}

    assert case in listed(state="submitted", city=NANJING, kind="first")
    assert case not in listed(kind="renewal")
    assert case not in listed(city=SUZHOU)
    assert listed(office.suzhou, city=NANJING) == set()
    assert case not in listed(due="passed")
    wrong = office.world.call("GET", "/api/v1/applications", office.su, query_string={"due": "never"})
    assert wrong.status_code == 422
    me = office.world.ok("GET", "/api/v1/officer", office.ran)["id"]
    office.world.ok("POST", f"/api/v1/applications/{case}/claim", office.ran, json={})
    work = office.world.ok("GET", "/api/v1/workload", office.su)["items"]
    assert next(one for one in work if one["officer"] == me)["cases"] >= 1
    assert office.world.ok("GET", "/api/v1/workload", office.suzhou)["items"] == []
    later(office.world, days=20)
    late = office.world.office(Role.SUPERVISOR)
    assert case in listed(late, due="passed")


def test_officer_keeps_out_when_a_conflict_is_declared(office: Office) -> None:
    _, case = office.applied()
    path = f"/api/v1/applications/{case}/conflict"
    for _ in range(2):
        assert office.world.call("POST", path, office.rui, json={"reason": "同学"}).status_code == 204
    assert office.refused(office.rui, f"applications/{case}/claim") == "conflict_declared"
    office.world.ok("POST", f"/api/v1/applications/{case}/claim", office.ran, json={})


def test_comments_are_officers_only_when_written(office: Office) -> None:
    token, case = office.applied()
    office.world.ok("POST", f"/api/v1/applications/{case}/comments", office.rui, json={"text": "再看一遍社保"})
    seen = office.world.ok("GET", f"/api/v1/applications/{case}/comments", office.auditor)["items"]
    assert [one["text"] for one in seen] == ["再看一遍社保"]
    shown = office.world.ok("GET", f"/api/v1/me/applications/{case}", token)
    assert "再看一遍社保" not in str(shown)


def test_other_city_sees_nothing_when_it_asks_at_any_door(office: Office) -> None:
    _, case = office.recommended()
    get = ["", "/comments", "/objections"]
    post = ["/claim", "/conflict", "/comments", "/review", "/decision", "/request-supplement"]
    post += [f"/steps/{name}" for name in ("release", "send-back", "publish-notice", "hand-over", "propose-reopen")]
    bodies = {
        "/conflict": {"reason": "x"}, "/comments": {"text": "x"}, "/review": APPROVE,
        "/decision": {**APPROVE, "tier": "C"}, "/request-supplement": {"documents": ["x"], "reason": "x"},
    }  # fmt: skip
    answers = [office.world.call("GET", f"/api/v1/applications/{case}{path}", office.suzhou) for path in get]
    answers += [
        office.world.call("POST", f"/api/v1/applications/{case}{path}", office.suzhou, json=bodies.get(path, {}))
        for path in post
    ]
    assert {answer.status_code for answer in answers} == {404}
    assert case not in office.world.call("GET", "/api/v1/applications", office.suzhou).get_data(as_text=True)
    bulk = {"items": [{"id": case, "version": 1}], "reason": "x"}
    answer = office.world.ok("POST", "/api/v1/applications/bulk-approval", office.suzhou, json=bulk)
    assert answer["items"][0]["refused"] == "not_found"


def test_straightforward_cases_are_approved_together_and_the_others_left(office: Office) -> None:
    cases = [office.recommended()[1] for _ in range(3)]
    own = office.world.office(Role.REVIEWER, Role.APPROVER)
    _, mine = office.applied()
    office.world.recommend(own, mine)
    items = [{"id": case, "version": office.show(case)["version"]} for case in [*cases, mine]]
    items[1]["version"] -= 1
    body = {"items": items, "reason": "材料齐全,符合条件"}
    answer = office.world.ok("POST", "/api/v1/applications/bulk-approval", own, json=body)["items"]
    assert [one.get("state", one.get("refused")) for one in answer] == [
        "issued", "changed_meanwhile", "issued", "four_eyes",
    ]  # fmt: skip
    assert office.show(cases[1])["state"] == "recommended"


@pytest.fixture
def employer(office: Office) -> str:
    """Register an employer of Nanjing and give its credit code."""
    return employer_of(office)


def appointed(office: Office, employer: str, serial: int) -> str:
    token = office.world.person(name="王人事", serial=serial)
    body = {"phone": f"139{serial:08d}"}
    office.world.ok("POST", f"/api/v1/employers/{employer}/contacts", office.su, json=body)
    return token


def test_employer_is_asked_first_when_somebody_speaks_for_it(office: Office, employer: str) -> None:
    contact = appointed(office, employer, 901)
    token = office.world.person()
    body = {"city": NANJING, "employer": employer, "facts": office.facts()}
    case = office.world.ok("POST", "/api/v1/me/applications", token, json=body)["id"]
    submitted = office.world.ok("POST", f"/api/v1/me/applications/{case}/submit", token, json={})
    assert submitted["state"] == "awaiting_employer"
    path = f"/api/v1/employers/{employer}/confirmations"
    assert [one["application"] for one in office.world.ok("GET", path, contact)["items"]] == [case]
    assert office.world.call("GET", path, token).status_code == 404
    answer = office.world.call("POST", f"{path}/{case}", token, json={"employed": True})
    assert answer.status_code == 404
    back = office.world.ok("POST", f"{path}/{case}", contact, json={"employed": False, "reason": "合同未签"})
    assert back["state"] == "draft"
    office.world.ok("POST", f"/api/v1/me/applications/{case}/submit", token, json={})
    assert office.world.ok("POST", f"{path}/{case}", contact, json={"employed": True})["state"] == "submitted"


def test_card_moves_when_a_new_employer_confirms_after_a_departure(office: Office, employer: str) -> None:
    contact = appointed(office, employer, 902)
    token = office.world.person()
    body = {"city": NANJING, "employer": employer, "facts": office.facts()}
    case = office.world.ok("POST", "/api/v1/me/applications", token, json=body)["id"]
    office.world.ok("POST", f"/api/v1/me/applications/{case}/submit", token, json={})
    confirm = f"/api/v1/employers/{employer}/confirmations/{case}"
    office.world.ok("POST", confirm, contact, json={"employed": True})
    office.world.recommend(office.rui, case)
    office.world.approve(office.ana, case, office.tier(case))
    card = office.world.ok("GET", "/api/v1/me/card", token)
    number = {"number": card["number"]}
    new_employer = employer_of(office)
    stranger = appointed(office, new_employer, 903)
    departures = f"/api/v1/employers/{employer}/departures"
    assert office.world.call("POST", departures, stranger, json=number).status_code == 404
    assert office.world.ok("POST", departures, contact, json=number)["state"] == "suspended"
    assert office.refused(office.ana, f"cards/{card['id']}/move-employer", reason="x") == "employer_required"
    office.world.ok("POST", f"/api/v1/employers/{new_employer}/arrivals", stranger, json=number)
    moved = office.world.ok("POST", f"/api/v1/cards/{card['id']}/move-employer", office.ana, json={"reason": "新合同"})
    assert moved["state"] == "active"
    later(office.world, days=400)
    assert due_transitions.end_departed(office.world.collaborators) == 0


def employer_of(office: Office) -> str:
    serial = 7000 + next(office.world._serials)
    with unit_of_work(office.world.collaborators.sessions) as session:
        session.add(
            Employer(id=new_id("emp"), uscc=credit_code(serial), name="苏州示范公司", city=NANJING, kind="enterprise",
                     tags=[], created_at=office.world.clock())
        )  # fmt: skip
    return credit_code(serial)


def test_applications_lapse_and_cards_expire_when_their_time_is_over(office: Office) -> None:
    token, case = office.issued()
    waiting, other = office.applied()
    office.world.ok("POST", f"/api/v1/applications/{other}/claim", office.rui, json={})
    body = {"documents": ["学历"], "reason": "缺学历"}
    office.world.ok("POST", f"/api/v1/applications/{other}/request-supplement", office.rui, json=body)
    assert due_transitions.run_all(office.world.collaborators) == {"settled": 0, "lapsed": 0, "expired": 0, "ended": 0}
    later(office.world, days=26)
    assert due_transitions.run_all(office.world.collaborators)["lapsed"] == 1
    assert due_transitions.run_all(office.world.collaborators)["lapsed"] == 0
    assert state_of(office, other) == "lapsed"
    end = date.fromisoformat(valid_until(office, case))
    later(office.world, days=(end - local_date(office.world.clock())).days)
    assert due_transitions.expire_cards(office.world.collaborators) == 0
    later(office.world, days=1)
    assert due_transitions.expire_cards(office.world.collaborators) >= 1
    assert due_transitions.expire_cards(office.world.collaborators) == 0
    del token, waiting


def state_of(office: Office, case: str) -> str:
    return str(one_value(office, f"SELECT state FROM application WHERE id = '{case}'"))


def valid_until(office: Office, case: str) -> str:
    return str(one_value(office, f"SELECT valid_until FROM card WHERE application_id = '{case}'"))


def one_value(office: Office, query: str) -> Any:
    from sqlalchemy import text

    with unit_of_work(office.world.collaborators.sessions) as session:
        return session.execute(text(query)).scalar_one()


def test_renewal_replaces_the_card_when_its_time_has_come(office: Office) -> None:
    token, case = office.issued()
    first = office.world.ok("GET", "/api/v1/me/card", token)["id"]
    body = {"city": NANJING, "facts": office.facts()}
    renewal = office.world.ok("POST", "/api/v1/me/applications", token, json=body)
    assert renewal["kind"] == "renewal"
    early = office.world.call("POST", f"/api/v1/me/applications/{renewal['id']}/submit", token, json={})
    assert (early.status_code, early.json["code"]) == (409, "renewal_too_early")
    end = date.fromisoformat(valid_until(office, case))
    later(office.world, days=(end - local_date(office.world.clock())).days - 59)
    token = sign_in_again(office, renewal["id"])
    facts = {"title": "续期", "facts": office.facts()}
    office.world.ok("POST", f"/api/v1/me/applications/{renewal['id']}/evidence", token, json=facts)
    office.world.ok("POST", f"/api/v1/me/applications/{renewal['id']}/submit", token, json={})
    reviewer, approver = office.world.office(Role.REVIEWER), office.world.office(Role.APPROVER)
    office.world.recommend(reviewer, renewal["id"])
    view = office.world.ok("GET", f"/api/v1/applications/{renewal['id']}", approver)
    tier = view["determination"]["result"]["tier"]
    made = office.world.approve(approver, renewal["id"], tier or "C")
    if made["state"] == "second_decision":
        office.world.approve(office.world.office(Role.APPROVER), renewal["id"], "C")
    assert office.world.ok("GET", "/api/v1/me/card", token)["id"] != first
    assert one_value(office, f"SELECT state FROM card WHERE id = '{first}'") == "replaced"


def sign_in_again(office: Office, case: str) -> str:
    query = f"SELECT phone FROM person p JOIN application a ON a.person_id = p.id WHERE a.id = '{case}'"
    phone = one_value(office, query)
    code = office.world.ok("POST", "/api/v1/sign-in/codes", json={"phone": phone})["code"]
    return str(office.world.ok("POST", "/api/v1/sign-in", json={"phone": phone, "code": code})["token"])
