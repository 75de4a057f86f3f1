"""The officers' pages over HTTP: what a form does, what it says when it can't, and whose cases a page shows."""

from __future__ import annotations

import re
from typing import Any

import pytest
from werkzeug.test import TestResponse

from suchang.demo.cast import story_facts
from suchang.domain.account.roles import Role
from suchang.domain.clock import local_date
from tests.support.world import NANJING, QUALIFIED, World

SUZHOU = "320500"


class Desk:
    """An officer's browser."""

    def __init__(self, world: World, *roles: Role, **place: Any) -> None:
        self.world, self.id = world, world.officer(*roles, **place)
        self.token = world.sign_in_officer(self.id)
        self.http = world.app.test_client()
        self.http.set_cookie("sc_officer", self.token)

    def get(self, path: str, **query: str) -> str:
        answer = self.http.get(f"/console{path}", query_string=query)
        assert answer.status_code == 200, answer.get_data(as_text=True)[:500]
        return answer.get_data(as_text=True)

    def post(self, path: str, **form: Any) -> TestResponse:
        token = re.search(r'name="csrf_token" value="([^"]+)"', self.get("/cards"))
        assert token is not None
        return self.http.post(f"/console{path}", data={"csrf_token": token[1], **form})


def applied(world: World, **place: str) -> str:
    return world.apply(world.person(), story_facts(local_date(world.clock())), **place)


def test_deputy_works_under_a_hat_and_loses_it_when_the_leave_is_ended(world: World) -> None:
    away, deputy = Desk(world, Role.REVIEWER), Desk(world, Role.REVIEWER)
    case = applied(world)
    world.ok("POST", f"/api/v1/applications/{case}/claim", away.token, json={})
    assert "今天没有人请您代理" not in deputy.get("")
    leave = {"deputy": deputy.id, "from_day": "2026-11-02", "until_day": "2026-11-05"}
    assert away.post("/deputies", **leave).status_code == 302
    assert "由您代理" in deputy.get("")
    assert deputy.post(f"/applications/{case}/review", act="approve", reason="材料齐全").status_code == 409
    assert deputy.post("/stand-in", officer=away.id).status_code == 302
    assert "您正在代理" in deputy.get("", mine="1")
    assert case in deputy.get("", mine="1")
    ended = world.ok("GET", "/api/v1/deputations", away.token)["items"][0]["id"]
    away.post(f"/deputies/{ended}/end")
    answer = deputy.http.post(f"/console/applications/{case}/review", data={})
    assert answer.status_code == 403, "a form without its token is refused before anything else"
    late = deputy.http.get(f"/console/applications/{case}")
    assert (late.status_code, late.headers["Location"]) == (302, "/console/deputies?over=1")
    assert "代理已经结束" in deputy.get("/deputies", over="1")
    assert world.ok("GET", f"/api/v1/applications/{case}", away.token)["state"] == "in_review"


def test_nothing_is_done_when_a_form_is_sent_under_a_hat_that_is_lost(world: World) -> None:
    away, deputy = Desk(world, Role.APPROVER), Desk(world, Role.APPROVER)
    case = applied(world)
    world.recommend(world.office(Role.REVIEWER), case)
    away.post("/deputies", deputy=deputy.id, from_day="2026-11-02", until_day="2026-11-05")
    deputy.post("/stand-in", officer=away.id)
    token = re.search(r'name="csrf_token" value="([^"]+)"', deputy.get("/cards"))
    assert token is not None
    made = world.ok("GET", "/api/v1/deputations", away.token)["items"][0]["id"]
    world.ok("POST", f"/api/v1/deputations/{made}/end", away.token, json={})
    form = {"csrf_token": token[1], "act": "approve", "tier": "B", "reason": "符合条件"}
    answer = deputy.http.post(f"/console/applications/{case}/decision", data=form)
    assert answer.status_code == 302
    assert world.ok("GET", f"/api/v1/applications/{case}", away.token)["state"] == "recommended"


def test_page_says_what_is_wrong_when_a_leave_does_not_fit(world: World) -> None:
    desk = Desk(world, Role.REVIEWER)
    for form in (
        {"deputy": desk.id, "from_day": "x", "until_day": ""},
        {"deputy": "off_x", **dict.fromkeys(("from_day", "until_day"), "2026-11-02")},
    ):
        answer = desk.post("/deputies", **form)
        assert answer.status_code == 409
        assert "没有办成" in answer.get_data(as_text=True)


def test_view_is_a_link_of_its_own_when_filters_are_saved(world: World) -> None:
    desk, other = Desk(world, Role.REVIEWER, city=NANJING), Desk(world, Role.REVIEWER, city=SUZHOU)
    case = applied(world)
    answer = desk.post("/views", name="我的待领取", state="submitted", mine="", due="")
    assert answer.headers["Location"] == "/console?state=submitted"
    page = desk.get("", state="submitted")
    assert "我的待领取" in page
    assert case in page
    assert "我的待领取" not in other.get("")
    assert case not in other.get("", state="submitted", city=NANJING)
    assert case not in desk.get("", due="passed")


def test_case_is_handed_to_a_colleague_when_chosen_from_the_list(world: World) -> None:
    mine, colleague = (Desk(world, Role.REVIEWER, city=NANJING) for _ in range(2))
    stranger = Desk(world, Role.REVIEWER, city=SUZHOU)
    case = applied(world)
    assert mine.post(f"/applications/{case}/claim").status_code == 302
    page = mine.get(f"/applications/{case}")
    assert colleague.id in page
    assert stranger.id not in page
    mine.post(f"/applications/{case}/steps/hand-over", assignee=colleague.id)
    assert world.ok("GET", f"/api/v1/applications/{case}", mine.token)["claimed_by"] == colleague.id
    refused = mine.post(f"/applications/{case}/steps/hand-over", assignee=stranger.id)
    assert "请选一位本市的审核员接办" in refused.get_data(as_text=True)


def test_second_officer_sees_who_was_quicker_and_keeps_the_words_when_both_decide(world: World) -> None:
    quick, slow = Desk(world, Role.APPROVER), Desk(world, Role.APPROVER)
    case = applied(world)
    world.recommend(world.office(Role.REVIEWER), case)
    seen = world.ok("GET", f"/api/v1/applications/{case}", slow.token)
    form = {"version": seen["version"], "act": "approve", "tier": seen["determination"]["result"]["tier"]}
    assert (
        quick.post(f"/applications/{case}/steps/send-back", version=seen["version"], reason="再核").status_code == 302
    )
    answer = slow.post(f"/applications/{case}/decision", **form, reason="我写了很久的理由")
    page = answer.get_data(as_text=True)
    assert answer.status_code == 409
    name = world.ok("GET", "/api/v1/officer", quick.token)["name"]
    assert f"{name} 在" in page
    assert "退回审核" in page
    assert world.ok("GET", f"/api/v1/applications/{case}", slow.token)["state"] == "in_review"


def test_bulk_page_tells_each_that_failed_when_some_went_through(world: World) -> None:
    both, reviewer = Desk(world, Role.REVIEWER, Role.APPROVER), world.office(Role.REVIEWER)
    first, second, own = applied(world), applied(world), applied(world)
    for case, who in ((first, reviewer), (second, reviewer), (own, both.token)):
        world.recommend(who, case)
    page = both.get("/bulk")
    choices = re.findall(r'name="application"\s+value="([^"]+)"', page)
    assert {one.partition(":")[0] for one in choices} >= {first, second}
    assert own not in {one.partition(":")[0] for one in choices}
    assert own in page, "what has to be decided by itself is shown as well"
    assert both.post("/bulk", application=choices).status_code == 409, "no reason"
    assert both.post("/bulk", reason="符合条件").status_code == 409, "no case"
    mine = [one for one in choices if one.partition(":")[0] in (first, second)]
    mine = [mine[0], mine[1].partition(":")[0] + ":1", f"{own}:1"]
    answer = both.post("/bulk", application=mine, reason="材料齐全,符合条件")
    text = answer.get_data(as_text=True)
    assert text.count("未批准") == 2
    assert text.count("已批准") >= 1
    states = [world.ok("GET", f"/api/v1/applications/{one}", reviewer)["state"] for one in (first, second, own)]
    assert sorted(states) == ["issued", "recommended", "recommended"]


def test_bulk_page_shows_no_other_city_when_an_approver_has_one(world: World) -> None:
    case = world.apply(world.person(), QUALIFIED, city=SUZHOU)
    world.recommend(world.office(Role.REVIEWER), case)
    assert case not in Desk(world, Role.APPROVER, city=NANJING).get("/bulk")
    assert case in Desk(world, Role.APPROVER, city=SUZHOU).get("/bulk")


@pytest.mark.parametrize("path", ["/bulk", "/deputies", "/phrases"])
def test_page_stays_shut_when_the_office_is_not_theirs(world: World, path) -> None:
    desk = Desk(world, Role.AUDITOR)
    assert desk.http.get(f"/console{path}").status_code == 403
    assert world.app.test_client().get(f"/console{path}").status_code == 302


def test_phrases_are_offered_where_the_reason_is_written_when_a_case_is_decided(world: World) -> None:
    reviewer, supervisor = Desk(world, Role.REVIEWER), Desk(world, Role.SUPERVISOR)
    form = {"kind": "approve", "zh": "示范理由<b>", "en": "A sample <b>"}
    supervisor.post("/phrases", **form)
    case = applied(world)
    reviewer.post(f"/applications/{case}/claim")
    page = reviewer.get(f"/applications/{case}")
    assert "示范理由&lt;b&gt;" in page
    assert "示范理由<b>" not in page
    retire = re.search(r'/console/phrases/(phr_[^/"]+)/retire', supervisor.get("/phrases"))
    assert retire is not None
    assert reviewer.post(f"/phrases/{retire[1]}/retire").status_code == 403
