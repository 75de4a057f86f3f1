"""Drafts of policy: made by an editor, checked and simulated as a job on the people on record, told by the page."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import duckdb
import openpyxl
import pytest
from flask.testing import FlaskClient

from suchang.domain.account.roles import Role
from suchang.domain.errors import Forbidden, NotFound
from suchang.eligibility.authoring.amendment import AmendmentRefused
from suchang.eligibility.authoring.archive import ArchiveRefused, zip_pack
from suchang.persistence.models import AuditEvent, Officer
from suchang.persistence.unit_of_work import unit_of_work
from suchang.web.auth import COOKIES
from suchang.web.portal.application.profiles import facts_of
from suchang.workflows.policy import drafts, simulation
from suchang.workflows.runtime.actors import OfficerActor
from tests.support.databases import Database, Servers, empty_redis
from tests.support.world import World

NOW = datetime(2026, 11, 3, 2, tzinfo=UTC)
NEXT_YEAR = date(2027, 1, 1)


@pytest.fixture(scope="module")
def world(servers: Servers, database: Database, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    environ = {
        **database.environ,
        "REDIS_URL": empty_redis(servers),
        "SUCHANG_ENV": "demo",
        "SUCHANG_DATA": str(tmp_path_factory.mktemp("data")),
    }
    made = World(environ, lambda: NOW)
    for serial, (profile, city) in enumerate((("rural_leader", "320300"), ("senior_title", "320500")), 40):
        token = made.person(name="孙立", serial=serial)
        facts = facts_of(profile, "employed", ("member", "assessed", "reviewed"), NOW.date())
        made.apply(token, {**facts, "employer_city": city}, city=city)
    yield made
    made.close()


def actor(world: World, *roles: Role, city: str | None = None) -> OfficerActor:
    officer_id = world.officer(*roles, city=city)
    with unit_of_work(world.collaborators.sessions) as session:
        row = session.get_one(Officer, officer_id)
        return OfficerActor(row.id, row.person_index, frozenset(roles), city, row.name)


@pytest.fixture(scope="module")
def editor(world: World) -> OfficerActor:
    return actor(world, Role.POLICY_EDITOR)


def key_of(world: World, editor: OfficerActor, fact: str) -> str:
    return next(one.key for one in drafts.choices(world.collaborators, editor) if one.fact == fact)


@pytest.fixture(scope="module")
def draft(world: World, editor: OfficerActor) -> str:
    """A draft under which nobody leads enough households any more."""
    key = key_of(world, editor, "households_led")
    made = drafts.draft_edit(world.collaborators, editor, key=key, value="9999", start=NEXT_YEAR)
    simulation.run(world.collaborators, made)
    return made


def test_people_and_cities_are_counted_when_a_threshold_is_raised(
    world: World, editor: OfficerActor, draft: str
) -> None:
    shown = drafts.show(world.collaborators, editor, draft)
    assert shown["state"] == "done"
    assert shown["edit"]["after"] == "9999"
    assert (shown["report"]["people"], shown["report"]["changed"]) == (2, 1)
    assert [one["city"] for one in shown["report"]["by_city"]] == ["320300"]
    [clause] = {one["turn"] for one in shown["report"]["clauses"]}
    assert clause in ("loses", "falls")
    assert shown["checks"]["cases"] > 0
    assert [one["id"] for one in shown["checks"]["changes"]["zh"]] == [shown["edit"]["owner"]]


def test_work_is_done_once_when_the_job_runs_again(world: World, editor: OfficerActor, draft: str) -> None:
    before = drafts.show(world.collaborators, editor, draft)
    simulation.run(world.collaborators, draft)
    assert drafts.show(world.collaborators, editor, draft) == before


def test_nothing_in_force_changes_when_a_draft_is_made(world: World, draft: str) -> None:
    del draft
    pack = Path(world.collaborators.engine.pack.root)
    assert "9999" not in "".join(path.read_text(encoding="utf-8") for path in pack.rglob("*.yaml"))


def test_list_has_numbers_and_no_people_when_it_is_taken(world: World, editor: OfficerActor, draft: str) -> None:
    name, content = drafts.take_list(world.collaborators, editor, draft, "xlsx")
    assert name.endswith("-2027-01-01.xlsx")
    rows = list(openpyxl.load_workbook(io.BytesIO(content), read_only=True)["changes"].values)
    assert [row[0] for row in rows] == ["id", "1"]
    _, parquet = drafts.take_list(world.collaborators, editor, draft, "parquet")
    assert b"per_" not in parquet
    with unit_of_work(world.collaborators.sessions) as session:
        taken = session.query(AuditEvent).filter_by(action="policy_list_taken", subject_id=draft).all()
        assert [(row.actor_id, row.data["form"]) for row in taken] == [
            (editor.officer_id, "xlsx"), (editor.officer_id, "parquet")
        ]  # fmt: skip


def test_only_their_own_people_are_asked_about_when_an_editor_has_a_city(world: World, draft: str) -> None:
    local = actor(world, Role.POLICY_EDITOR, city="320500")
    key = key_of(world, local, "households_led")
    made = drafts.draft_edit(world.collaborators, local, key=key, value="9999", start=NEXT_YEAR)
    simulation.run(world.collaborators, made)
    report = drafts.show(world.collaborators, local, made)["report"]
    assert (report["people"], report["changed"]) == (1, 0)
    with pytest.raises(NotFound):
        drafts.show(world.collaborators, local, draft)
    assert [one["id"] for one in drafts.listed(world.collaborators, local)] == [made]


def test_door_stays_shut_when_the_office_has_nothing_to_do_with_policy(world: World, draft: str) -> None:
    for roles in ((Role.REVIEWER,), (Role.ADMINISTRATOR,), (Role.PARTNER_ADMIN,)):
        with pytest.raises(Forbidden):
            drafts.show(world.collaborators, actor(world, *roles), draft)
    with pytest.raises(Forbidden):
        drafts.draft_edit(world.collaborators, actor(world, Role.POLICY_ACTIVATOR), key="x", value="1", start=NEXT_YEAR)


@pytest.mark.parametrize(
    ("value", "start"), [("", NEXT_YEAR), ("P3Y", NEXT_YEAR), ("-1", NEXT_YEAR), ("9", date(1990, 1, 1))]
)
def test_edit_is_refused_in_a_sentence_when_it_makes_no_sense(
    world: World, editor: OfficerActor, value: str, start: date
) -> None:
    key = key_of(world, editor, "households_led")
    with pytest.raises(AmendmentRefused):
        drafts.draft_edit(world.collaborators, editor, key=key, value=value, start=start)


def zipped(**files: str) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, text in files.items():
            archive.writestr(name.replace("__", "/"), text)
    return buffer.getvalue()


@pytest.mark.parametrize(
    "content", [b"", b"no zip", zipped(**{"../pack.yaml": "id: x"}), zipped(**{"a.py": ""}), zipped(**{"a.yaml": ""})]
)
def test_upload_is_refused_when_it_is_no_pack(world: World, editor: OfficerActor, content: bytes) -> None:
    with pytest.raises(ArchiveRefused):
        drafts.draft_upload(world.collaborators, editor, content, on=NEXT_YEAR)


def test_nobody_changes_when_the_same_pack_is_uploaded(world: World, editor: OfficerActor) -> None:
    content = zip_pack(Path(world.collaborators.engine.pack.root))
    made = drafts.draft_upload(world.collaborators, editor, content, on=NEXT_YEAR)
    simulation.run(world.collaborators, made)
    shown = drafts.show(world.collaborators, editor, made)
    assert (shown["version"], shown["report"]["changed"], shown["has_list"]) == (shown["base_version"], 0, False)
    with pytest.raises(NotFound):
        drafts.take_list(world.collaborators, editor, made, "xlsx")
    assert drafts.take_pack(world.collaborators, editor, made)[1] == content


@pytest.fixture
def browser_of_editor(world: World) -> FlaskClient:
    client = world.app.test_client()
    client.set_cookie(COOKIES["officer"], world.office(Role.POLICY_EDITOR))
    return client


def test_page_draws_flow_and_map_when_the_work_is_done(browser_of_editor: FlaskClient, draft: str) -> None:
    page = browser_of_editor.get(f"/console/policy/{draft}").get_data(as_text=True)
    assert "flow__band" in page
    assert page.count('class="pmap__city') == 13
    assert "pmap__city down" in page
    english = browser_of_editor.get(f"/console/policy/{draft}?lang=en").get_data(as_text=True)
    assert "Flow between tiers" in english


def test_page_leads_from_the_form_to_the_waiting_draft_when_a_number_is_changed(
    browser_of_editor: FlaskClient,
) -> None:
    page = browser_of_editor.get("/console/policy").get_data(as_text=True)
    key = re.findall(r'<option value="(rules/rural.yaml#[\d.]+)"', page)[0]
    token = browser_of_editor.get("/csrf").json["token"]  # type: ignore[index]
    form = {"csrf_token": token, "key": key, "value": "25", "from": "2027-01-01"}
    sent = browser_of_editor.post("/console/policy/edit", data=form)
    assert sent.status_code == 302
    waiting = browser_of_editor.get(sent.headers["Location"]).get_data(as_text=True)
    assert 'role="status"' in waiting
    told = browser_of_editor.get(sent.headers["Location"] + "/progress").json
    assert told == {"progress": None, "state": "queued"}
    wrong = browser_of_editor.post("/console/policy/edit", data=form | {"value": "many"})
    assert wrong.status_code == 409
    assert "没有办成" in wrong.get_data(as_text=True)


def test_parquet_is_read_by_others_when_it_is_taken(
    world: World, editor: OfficerActor, draft: str, tmp_path: Path
) -> None:
    path = tmp_path / "list.parquet"
    path.write_bytes(drafts.take_list(world.collaborators, editor, draft, "parquet")[1])
    found = duckdb.sql(f"SELECT turn, city FROM '{path}'").fetchall()  # noqa: S608
    assert [city for _, city in found] == ["320300"]
