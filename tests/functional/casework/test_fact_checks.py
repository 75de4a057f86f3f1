"""An approval rests on checks: of one value and one file, or two approvers say in writing why not."""

from __future__ import annotations

from typing import Any

import psycopg
import pytest

from suchang.domain.account.roles import Role
from tests.functional.casework.test_casework import APPROVE, Office
from tests.functional.casework.test_evidence_files import picture
from tests.support.world import World


@pytest.fixture(scope="module")
def office(world: World) -> Office:
    return Office(world)


def in_review(office: Office) -> tuple[str, str]:
    token, case = office.applied()
    office.world.ok("POST", f"/api/v1/applications/{case}/claim", office.rui, json={})
    return token, case


def check(office: Office, case: str, **body: Any) -> Any:
    piece = office.show(case)["evidence"][0]["id"]
    path = f"/api/v1/applications/{case}/evidence/{piece}/checked"
    return office.world.ok("POST", path, office.rui, json={"source": "原件", **body})


def recommend(office: Office, case: str) -> None:
    office.world.ok("POST", f"/api/v1/applications/{case}/review", office.rui, json=APPROVE)


def test_second_approver_is_needed_when_facts_are_unchecked(office: Office) -> None:
    _, case = in_review(office)
    unchecked = office.show(case)["unchecked"]
    assert "honours" in unchecked
    recommend(office, case)
    tier = office.tier(case)
    assert (
        office.refused(office.ana, f"applications/{case}/decision", outcome="approve", tier=tier) == "reason_required"
    )
    assert office.world.approve(office.ana, case, tier)["state"] == "second_decision"
    assert office.world.approve(office.an, case, tier)["state"] == "issued"


def test_one_approver_is_enough_when_every_fact_of_the_tier_is_checked(office: Office) -> None:
    _, case = in_review(office)
    check(office, case, facts=["honours"], how="register")
    left = office.show(case)["unchecked"]
    assert "honours" not in left
    assert left
    check(office, case, facts=left)
    shown = office.show(case)
    assert shown["unchecked"] == []
    of_honours = next(one for one in shown["evidence"][0]["provenance"] if one["fact"] == "honours")
    assert (of_honours["how"], of_honours["source"], of_honours["origin"]) == ("register", "原件", "applicant")
    recommend(office, case)
    assert office.world.approve(office.ana, case, office.tier(case))["state"] == "issued"


def test_check_is_void_when_the_file_behind_it_is_replaced(office: Office) -> None:
    world = office.world
    token, case = in_review(office)
    check(office, case)
    piece = office.show(case)["evidence"][0]
    assert piece["checked"]
    body = {"documents": ["清晰的证书"], "reason": "看不清"}
    world.ok("POST", f"/api/v1/applications/{case}/request-supplement", office.rui, json=body)
    world.ok("PUT", f"/api/v1/me/applications/{case}/evidence/{piece['id']}/file", token, data=picture())
    shown = office.show(case)
    assert not shown["evidence"][0]["checked"]
    assert shown["evidence"][0]["check_void"]
    assert "honours" in shown["unchecked"]


def test_check_is_over_when_its_day_has_passed(office: Office) -> None:
    _, case = in_review(office)
    check(office, case, holds_until="2026-11-01")
    assert "honours" in office.show(case)["unchecked"]


def test_check_is_refused_when_the_evidence_says_nothing_of_the_fact(office: Office) -> None:
    _, case = in_review(office)
    piece = office.show(case)["evidence"][0]["id"]
    path = f"applications/{case}/evidence/{piece}/checked"
    assert office.refused(office.rui, path, source="原件", facts=["no_such_fact"]) == "fact_not_stated"


def test_bulk_approval_leaves_a_case_when_its_facts_are_unchecked(office: Office) -> None:
    _, case = in_review(office)
    recommend(office, case)
    seen = office.world.ok("GET", "/api/v1/applications/bulk-approval", office.ana)["items"]
    assert next(one for one in seen if one["id"] == case)["refused"] == "facts_unchecked"
    body = {"items": [{"id": case, "version": office.show(case)["version"]}], "reason": "符合条件"}
    answer = office.world.ok("POST", "/api/v1/applications/bulk-approval", office.ana, json=body)["items"][0]
    assert answer["refused"] == "facts_unchecked"


CARD = """
WITH made AS (
  INSERT INTO decision (id, application_id, round, part, officer_id, person_index, outcome, tier, reason,
                        against_determination, determination_id, created_at)
  SELECT 'dec_' || a.id, a.id, 1, 'first', o.id, o.person_index, 'approve', d.tier, 'r', false, d.id, now()
    FROM application a JOIN determination d ON d.application_id = a.id, officer o
   WHERE a.id = %(case)s AND o.id = %(approver)s LIMIT 1 RETURNING *)
SELECT id, tier FROM made
"""


@pytest.mark.parametrize("attack", ["unchecked", "value changed", "file changed", "checked"])
def test_database_asks_for_checks_when_the_program_forgets_them(office: Office, database, attack: str) -> None:
    world = office.world
    _, case = in_review(office)
    if attack != "unchecked":
        check(office, case)
    recommend(office, case)
    approver = world.officer(Role.APPROVER)
    with database.connect("app") as app:

        def issue() -> None:
            if attack == "value changed":
                app.execute(
                    "UPDATE evidence SET facts = facts || '{\"honours\": []}' WHERE application_id = %s", [case]
                )
            if attack == "file changed":
                app.execute("UPDATE evidence SET file_sha256 = 'x' WHERE application_id = %s", [case])
            made, tier = app.execute(CARD, {"case": case, "approver": approver}).fetchone()
            app.execute(
                "INSERT INTO card (id, number, person_id, application_id, decision_id, tier, track, city, state,"
                " facts, valid_from, valid_until, issued_at, version) SELECT 'crd_' || id, 'no' || id, person_id, id,"
                " %s, %s, 't', city, 'active', '{}', '2026-11-02', '2027-11-02', now(), 1 FROM application"
                " WHERE id = %s",
                [made, tier, case],
            )
            app.execute("SET CONSTRAINTS ALL IMMEDIATE")

        if attack == "checked":
            with app.transaction(force_rollback=True):
                issue()
        else:
            with pytest.raises(psycopg.DatabaseError) as refused, app.transaction():
                issue()
            assert refused.value.sqlstate == "SC004"
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            app.execute("UPDATE fact_check SET value_sha256 = ''")
