"""A simulation on the database's own people: the latest facts of each, on real PostgreSQL."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from suchang.cli.main import main
from suchang.persistence.engine import make_engine, make_sessions
from suchang.persistence.models import Application, DeterminationRecord, Person
from suchang.persistence.unit_of_work import SessionFactory, unit_of_work
from suchang.workflows.policy.population import population, population_size
from tests.support.databases import Database
from tests.unit.eligibility.analysis.planted import ON, pack_of, rule

BEGIN = datetime(2026, 10, 1, tzinfo=UTC)


@pytest.fixture
def sessions(clean_database: Database) -> Iterator[SessionFactory]:
    engine = make_engine(clean_database.app_url)
    try:
        yield make_sessions(engine)
    finally:
        engine.dispose()


def add(sessions: SessionFactory, name: str, *facts: dict[str, Any]) -> None:
    """Keep a person with one determination for each set of facts, a day apart."""
    with unit_of_work(sessions) as session:
        session.add(Person(id=f"per_{name}", name=name, city="320500", created_at=BEGIN))
        session.flush()
        session.add(
            Application(
                id=f"app_{name}",
                person_id=f"per_{name}",
                city="320500",
                state="in_review",
                case={},
                created_at=BEGIN,
                updated_at=BEGIN,
            )
        )
        session.flush()
        for number, each in enumerate(facts):
            session.add(
                DeterminationRecord(
                    id=f"det_{name}{number}",
                    application_id=f"app_{name}",
                    occasion="submission",
                    pack="planted",
                    pack_version="sha256:0",
                    as_of=ON,
                    facts=each,
                    canonical=b"{}\n",
                    tier=None,
                    created_at=BEGIN + timedelta(days=number),
                )
            )


def test_latest_facts_of_each_person_are_read_when_there_are_several(sessions: SessionFactory) -> None:
    add(sessions, "b", {"output": 3}, {"output": 5})
    add(sessions, "a", {"output": 6, "town": "320100"})
    assert list(population(sessions)) == [("per_a", {"output": 6, "town": "320100"}), ("per_b", {"output": 5})]
    assert dict(population(sessions, city_fact="town"))["per_b"] == {"output": 5, "town": "320500"}
    assert population_size(sessions) == 2


def test_command_simulates_on_the_database_when_asked_for_db(
    sessions: SessionFactory,
    clean_database: Database,
    redis_url: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    for number in range(3):
        add(sessions, f"n{number}", {"output": 4 + number, "of another pack": True})
    pack_of(tmp_path / "old", rule("A-1", "{fact: output, op: ge, value: 5}"))
    pack_of(tmp_path / "new", rule("A-1", "{fact: output, op: ge, value: 6}"))
    environ = {**clean_database.environ, "REDIS_URL": redis_url, "SUCHANG_ENV": "demo", "SUCHANG_DATA": str(tmp_path)}
    for name, value in environ.items():
        monkeypatch.setenv(name, value)
    packs = str(tmp_path / "old"), str(tmp_path / "new")
    with pytest.raises(SystemExit) as stopped:
        main(["rules", "simulate", *packs, "--input", "db", "--on", str(ON), "--format", "json"])
    assert not stopped.value.code
    answer = json.loads(capsys.readouterr().out)
    assert (answer["people"], answer["turns"]["loses"]) == (3, 1)
