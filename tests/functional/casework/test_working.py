"""What makes the queue bearable: views, phrases, many straightforward cases at one sitting, two officers at once."""

from __future__ import annotations

from typing import Any

import pytest

from suchang.demo.cast import story_facts
from suchang.domain.account.roles import Role
from suchang.domain.clock import local_date
from tests.support.world import NANJING, QUALIFIED, World

SUZHOU = "320500"


def recommended(world: World, reviewer: str, *, city: str = NANJING, qualified: bool = True) -> str:
    facts = story_facts(local_date(world.clock())) if qualified else QUALIFIED
    case = world.apply(world.person(), facts, city=city)
    world.recommend(reviewer, case)
    return case


def test_view_shows_its_owner_the_queue_they_kept_and_nobody_else(world: World) -> None:
    nanjing, suzhou = (world.office(Role.REVIEWER, city=one) for one in (NANJING, SUZHOU))
    case = world.apply(world.person(), QUALIFIED)
    view = {"name": "待领取", "filters": {"state": "submitted", "city": NANJING}}
    made = world.ok("POST", "/api/v1/views", nanjing, json=view)
    again = world.ok("POST", "/api/v1/views", nanjing, json={**view, "filters": {"due": "soon"}})
    assert again["id"] == made["id"], "one name, one view"
    world.ok("POST", "/api/v1/views", nanjing, json=view)
    assert [one["filters"] for one in world.ok("GET", "/api/v1/views", nanjing)["items"]] == [view["filters"]]
    assert world.ok("GET", "/api/v1/views", suzhou)["items"] == []
    assert world.call("DELETE", f"/api/v1/views/{made['id']}", suzhou).status_code == 404
    world.ok("POST", "/api/v1/views", suzhou, json=view)

    def shown(token: str) -> set[str]:
        kept = world.ok("GET", "/api/v1/views", token)["items"][0]["filters"]
        return {one["id"] for one in world.ok("GET", "/api/v1/applications", token, query_string=kept)["items"]}

    assert case in shown(nanjing)
    assert shown(suzhou) == set(), "a filter opens no other city"
    assert world.call("DELETE", f"/api/v1/views/{made['id']}", nanjing).status_code == 204
    assert world.ok("GET", "/api/v1/views", nanjing)["items"] == []


def test_view_is_refused_when_it_has_no_filter_or_there_are_too_many(world: World) -> None:
    token = world.office(Role.REVIEWER)
    wrong: list[Any] = [{"name": "x", "filters": {}}, {"name": " ", "filters": {"due": "soon"}}]
    for body in wrong:
        assert world.call("POST", "/api/v1/views", token, json=body).json["code"] == "view_wrong"
    unknown = world.call("POST", "/api/v1/views", token, json={"name": "x", "filters": {"secret": "1"}})
    assert unknown.json["code"] == "invalid_fields"
    for number in range(20):
        world.ok("POST", "/api/v1/views", token, json={"name": str(number), "filters": {"due": "soon"}})
    full = world.call("POST", "/api/v1/views", token, json={"name": "one more", "filters": {"due": "soon"}})
    assert full.json["code"] == "too_many_views"


def test_phrases_are_the_citys_own_when_a_supervisor_writes_them(world: World) -> None:
    province, nanjing = world.office(Role.SUPERVISOR), world.office(Role.SUPERVISOR, city=NANJING)
    reviewers = {city: world.office(Role.REVIEWER, city=city) for city in (NANJING, SUZHOU)}
    body = {"kind": "supplement", "zh": "请补社保记录。", "en": "Please add the insurance record."}
    made = world.ok("POST", "/api/v1/phrases", nanjing, json=body)

    def usable(token: str) -> dict[str, Any]:
        return {one["id"]: one for one in world.ok("GET", "/api/v1/phrases", token)["items"]}

    assert usable(reviewers[NANJING])[made["id"]]["zh"] == body["zh"]
    assert made["id"] not in usable(reviewers[SUZHOU])
    common = [one for one in usable(reviewers[SUZHOU]).values() if one["city"] is None]
    assert {one["kind"] for one in common} == {"approve", "reject", "supplement", "send_back"}
    assert world.call("POST", "/api/v1/phrases", nanjing, json={**body, "kind": "praise"}).status_code == 422
    retire = f"/api/v1/phrases/{common[0]['id']}/retirement"
    assert world.call("POST", retire, nanjing, json={}).status_code == 404, "a city doesn't retire the province's"
    own = f"/api/v1/phrases/{made['id']}/retirement"
    assert world.call("POST", own, world.office(Role.SUPERVISOR, city=SUZHOU), json={}).status_code == 404
    assert world.call("POST", own, province, json={}).status_code == 204
    assert made["id"] not in usable(reviewers[NANJING])


def test_bulk_offers_what_is_straightforward_and_says_why_the_rest_is_not(world: World) -> None:
    reviewer, both = world.office(Role.REVIEWER), world.office(Role.REVIEWER, Role.APPROVER)
    plain, suzhou = recommended(world, reviewer), recommended(world, reviewer, city=SUZHOU)
    own = recommended(world, both)
    untiered = recommended(world, reviewer, qualified=False)
    seen = {one["id"]: one for one in world.ok("GET", "/api/v1/applications/bulk-approval", both)["items"]}
    why = {case: seen[case]["refused"] for case in (plain, suzhou, own, untiered)}
    assert why == {plain: None, suzhou: None, own: "four_eyes", untiered: "not_straightforward"}
    assert (seen[plain]["tier"], seen[plain]["rule"]) == (seen[suzhou]["tier"], seen[suzhou]["rule"])
    assert seen[own]["detail"]["en"].endswith(".")
    nanjing = world.office(Role.APPROVER, city=NANJING)
    listed = {one["id"] for one in world.ok("GET", "/api/v1/applications/bulk-approval", nanjing)["items"]}
    assert plain in listed
    assert suzhou not in listed


def test_rest_goes_through_when_the_database_refuses_one_of_many(world: World, database) -> None:
    """The table is made to forget who reviewed; the constraint behind it doesn't, and the others don't suffer."""
    both = world.office(Role.REVIEWER, Role.APPROVER)
    own, other = recommended(world, both), recommended(world, world.office(Role.REVIEWER))
    with database.connect("owner") as owner:
        owner.execute(
            'UPDATE application SET "case" = "case" || \'{"reviewers": [], "claimed_by": null}\' WHERE id = %s', [own]
        )
    items = [
        {"id": case, "version": world.ok("GET", f"/api/v1/applications/{case}", both)["version"]}
        for case in (own, other)
    ]
    body = {"items": items, "reason": "材料齐全"}
    answer = world.ok("POST", "/api/v1/applications/bulk-approval", both, json=body)["items"]
    assert [one.get("refused") for one in answer] == ["four_eyes", None]
    assert answer[1]["state"] == "issued"
    with database.connect("owner") as owner:
        rows = owner.execute(
            "SELECT subject_id, count(*) FROM audit_event WHERE action = 'application_approve' AND subject_id = ANY(%s)"
            " GROUP BY 1",
            [[own, other]],
        ).fetchall()
    assert rows == [(other, 1)], "each approval has its own audit row, a refused one none"


@pytest.mark.parametrize("late", ["claim", "decision"])
def test_second_officer_is_told_and_nothing_is_overwritten_when_two_act_at_once(world: World, late) -> None:
    first, second = (world.office(Role.REVIEWER, Role.APPROVER) for _ in range(2))
    case = world.apply(world.person(), story_facts(local_date(world.clock())))
    if late == "decision":
        world.recommend(world.office(Role.REVIEWER), case)
    seen = world.ok("GET", f"/api/v1/applications/{case}", first)
    body: dict[str, Any] = {"version": seen["version"]}
    if late == "decision":
        body |= {"outcome": "approve", "tier": seen["determination"]["result"]["tier"], "reason": "符合条件"}
    world.ok("POST", f"/api/v1/applications/{case}/{late}", first, json=body)
    answer = world.call("POST", f"/api/v1/applications/{case}/{late}", second, json=body)
    assert (answer.status_code, answer.json["code"]) == (409, "changed_meanwhile")
