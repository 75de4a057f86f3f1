"""Auditors search and export: who, what, when, which object, and of which city; and that they did is told as well."""

from __future__ import annotations

import csv
import io
import json
from typing import Any

import pytest

from suchang.demo.cast import story_facts
from suchang.domain.account.roles import Role
from suchang.domain.clock import local_date
from suchang.domain.spreadsheets import plain_cell
from suchang.persistence.unit_of_work import unit_of_work
from suchang.workflows.audit import rows as audit_rows
from suchang.workflows.audit import search as audit_search
from suchang.workflows.runtime.actors import SYSTEM, OfficerActor
from tests.support.world import NANJING, World

SUZHOU = "320500"
FORMULAS = ["=1+1", "+1", "-1+1", "@SUM(A1)", "\t=1", "\r=1", " =cmd|' /C calc'!A0", "＝1", "\n=1"]


def found(world: World, token: str, **query: str) -> list[dict[str, Any]]:
    return list(world.ok("GET", "/api/v1/audit", token, query_string=query)["items"])


def lines(world: World, token: str, form: str, **query: str) -> list[dict[str, Any]]:
    answer = world.call("GET", "/api/v1/audit/export", token, query_string={"format": form, **query})
    assert answer.status_code == 200
    text = answer.get_data(as_text=True)
    if form == "jsonl":
        return [json.loads(line) for line in text.splitlines()]
    return list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"))))


@pytest.fixture(scope="module")
def cases(world: World) -> dict[str, str]:
    """Issue a card in each of two cities."""
    made = {}
    for city in (NANJING, SUZHOU):
        case = world.apply(world.person(), story_facts(local_date(world.clock())), city=city)
        world.recommend(world.office(Role.REVIEWER), case)
        approver = world.office(Role.APPROVER)
        tier = world.ok("GET", f"/api/v1/applications/{case}", approver)["determination"]["result"]["tier"]
        world.approve(approver, case, tier)
        made[city] = case
    return made


def test_rows_are_found_by_who_what_when_and_which_when_asked(world: World, cases) -> None:
    auditor = world.office(Role.AUDITOR)
    reviewer = world.officer(Role.REVIEWER)
    case = world.apply(world.person(), story_facts(local_date(world.clock())))
    world.recommend(world.sign_in_officer(reviewer), case)
    username, _ = world._secrets[reviewer]
    pieces = world.ok("GET", f"/api/v1/applications/{case}", auditor)["evidence"]
    assert {one["subject"]["id"] for one in found(world, auditor, actor=username)} == {case, pieces[0]["id"]}
    card = next(one for one in world.ok("GET", "/api/v1/cards", world.office(Role.REVIEWER))["items"])
    by_number = found(world, auditor, subject=f"{card['number'][:6]} {card['number'][6:]}")
    assert [one["subject"]["id"] for one in by_number] == [card["id"]]
    assert {one["action"] for one in found(world, auditor, action="card_issued")} == {"card_issued"}
    assert found(world, auditor, subject=cases[NANJING], until="2026-11-02T02:00:00Z") == []
    assert len(found(world, auditor, subject=cases[NANJING], since="2026-11-02T02:00:00Z")) == 6
    assert world.call("GET", "/api/v1/audit", auditor, query_string={"until": "soon"}).status_code == 422


def test_pages_go_on_where_they_ended_when_there_are_more_than_a_hundred(world: World) -> None:
    auditor = world.office(Role.AUDITOR)
    with unit_of_work(world.collaborators.sessions) as session:
        for number in range(230):
            audit_rows.record(session, world.clock(), SYSTEM, "counted", "number", str(number))
    seen: list[str] = []
    cursor: dict[str, str] = {}
    for size in (100, 100, 30):
        page = world.ok("GET", "/api/v1/audit", auditor, query_string={"action": "counted", **cursor})
        assert len(page["items"]) == size
        seen += [one["subject"]["id"] for one in page["items"]]
        cursor = {"cursor": page["next"]} if page["next"] else {}
    assert seen == [str(number) for number in reversed(range(230))]
    assert cursor == {}


@pytest.mark.parametrize("form", ["csv", "jsonl"])
def test_export_holds_what_the_search_finds_when_written_out(world: World, cases, form) -> None:
    auditor = world.office(Role.AUDITOR)
    searched = found(world, auditor, subject=cases[SUZHOU])
    written = lines(world, auditor, form, subject=cases[SUZHOU])
    assert [str(one["id"]) for one in written] == [str(one["id"]) for one in reversed(searched)]
    first = written[0]
    if form == "csv":
        assert json.loads(first["data"]) == searched[-1]["data"]
        assert first["actor_kind"] == searched[-1]["actor"]["kind"]
    else:
        assert first == searched[-1]
    traces = found(world, auditor, action="audit_exported")
    assert traces[0]["data"]["filters"] == {"subject": cases[SUZHOU]}
    assert traces[0]["data"]["format"] == form


def test_export_comes_in_pieces_and_is_audited_before_its_first_line(world: World, monkeypatch) -> None:
    monkeypatch.setattr(audit_search, "BATCH", 7)
    auditor = world.officer(Role.AUDITOR)
    actor = OfficerActor(auditor, b"x", frozenset({Role.AUDITOR}), None, "审计")
    pieces = audit_search.export(world.collaborators, actor, audit_search.Question(action="application_claim"), "jsonl")
    assert found(world, world.sign_in_officer(auditor), actor=auditor)[-1]["action"] == "audit_exported"
    sizes = [piece.count("\n") for piece in pieces]
    assert sizes[:-1] == [7] * (len(sizes) - 1)
    answer = world.call("GET", "/api/v1/audit/export", world.office(Role.AUDITOR))
    assert answer.is_streamed


@pytest.mark.parametrize("payload", FORMULAS)
def test_spreadsheet_reads_text_when_a_cell_could_begin_a_formula(world: World, payload) -> None:
    assert plain_cell(payload) == f"'{payload}"
    assert [plain_cell(text) for text in ("", " ", "张伟", "app_1", "a=b")] == ["", " ", "张伟", "app_1", "a=b"]
    with unit_of_work(world.collaborators.sessions) as session:
        audit_rows.record(session, world.clock(), SYSTEM, "hostile", "application", payload)
    written = lines(world, world.office(Role.AUDITOR), "csv", action="hostile")
    assert written[-1]["subject_id"] == f"'{payload}"


def test_auditor_of_a_city_reads_that_city_only_when_they_search_or_export(world: World, cases) -> None:
    suzhou = world.office(Role.AUDITOR, city=SUZHOU)
    for rows in (found(world, suzhou), lines(world, suzhou, "jsonl")):
        assert rows
        assert cases[SUZHOU] in {one["subject"]["id"] for one in rows}
        assert cases[NANJING] not in json.dumps(rows)
        assert {one["subject"]["kind"] for one in rows} <= {"application", "card", "evidence", "officer"}
    assert found(world, suzhou, subject=cases[NANJING]) == []
    assert cases[NANJING] not in str(lines(world, suzhou, "csv", subject=cases[NANJING]))


def test_nobody_but_an_auditor_exports_when_others_ask(world: World) -> None:
    for role in (Role.SUPERVISOR, Role.ADMINISTRATOR, Role.REVIEWER):
        assert world.call("GET", "/api/v1/audit/export", world.office(role)).status_code == 403
    wrong = world.call("GET", "/api/v1/audit/export", world.office(Role.AUDITOR), query_string={"format": "xlsx"})
    assert wrong.status_code == 422


def test_page_finds_and_links_on_when_an_auditor_looks(world: World, cases) -> None:
    http = world.app.test_client()
    http.set_cookie("sc_officer", world.office(Role.AUDITOR))
    page = http.get("/console/audit", query_string={"subject": cases[NANJING]}).get_data(as_text=True)
    assert "领取" in page
    assert f"/api/v1/audit/export?format=csv&amp;subject={cases[NANJING]}" in page
    assert http.get("/console/audit", query_string={"cursor": "x"}).status_code == 422
    assert http.get("/console/audit", query_string={"since": "9999-12-31", "until": "9999-12-31"}).status_code == 200
    city = world.app.test_client()
    city.set_cookie("sc_officer", world.office(Role.AUDITOR, city=SUZHOU))
    assert cases[NANJING] not in city.get("/console/audit").get_data(as_text=True)
    other = world.app.test_client()
    other.set_cookie("sc_officer", world.office(Role.SUPERVISOR))
    assert other.get("/console/audit").status_code == 403
