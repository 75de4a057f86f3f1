"""``suchang doctor`` names what is wrong, in sentences, and never a password."""

from __future__ import annotations

import base64
import json
import os
from collections.abc import Callable

import pytest
from click.testing import CliRunner, Result

from suchang.cli.runtime.doctor import doctor
from suchang.workflows.runtime.installation import follow_address
from tests.support.world import World

Ask = Callable[..., Result]


@pytest.fixture
def ask(environ, monkeypatch) -> Ask:
    """Return a function that asks the doctor in the test's environment, changed by keywords."""
    monkeypatch.delenv("SUCHANG_ISSUER", raising=False)

    def run(*arguments: str, **changes: str) -> Result:
        for name, value in {**environ, **changes}.items():
            monkeypatch.setenv(name, value)
        return CliRunner().invoke(doctor, list(arguments))

    return run


def findings(answer: Result, part: str, mark: str) -> list[str]:
    listed = json.loads(answer.stdout)["findings"]
    return [one["text"] for one in listed if one["part"] == part and one["mark"] == mark]


def test_demo_secrets_are_named_and_nothing_of_the_database_is_wrong_when_all_is_well(ask: Ask) -> None:
    answer = ask("--format", "json")
    assert findings(answer, "database", "wrong") == []
    assert findings(answer, "Redis", "good") == ["answers"]
    assert "SUCHANG_DATA_KEY is the public demo secret" in findings(answer, "secrets", "note")


def test_exit_is_1_and_the_fault_is_named_when_the_application_is_too_mighty(ask: Ask, clean_database) -> None:
    answer = ask("--format", "json", DATABASE_URL=clean_database.admin_url)
    assert answer.exit_code == 1
    assert not json.loads(answer.stdout)["ok"]
    assert any("superuser" in text for text in findings(answer, "database", "wrong"))


def test_the_schema_is_named_when_it_is_old(ask: Ask, own_database) -> None:
    with own_database.connect("owner") as owner:
        owner.execute("UPDATE alembic_version SET version_num = '0001'")
    answer = ask("--format", "json", **own_database.environ)
    assert any("the schema is at 0001" in text for text in findings(answer, "database", "wrong"))


def test_a_server_that_is_away_is_named_when_it_does_not_answer(ask: Ask) -> None:
    answer = ask("--format", "json", REDIS_URL="redis://:secret-word@127.0.0.1:1/0")
    assert answer.exit_code == 1
    assert findings(answer, "Redis", "wrong")
    assert "secret-word" not in answer.output


def test_a_connection_that_is_refused_is_named_without_the_password_when_it_is_wrong(ask: Ask, clean_database) -> None:
    wrong = clean_database.app_url.replace("://app:", "://app:never-this-word-")
    answer = ask("--format", "json", DATABASE_URL=wrong)
    assert any(text.startswith("no connection as app") for text in findings(answer, "database", "wrong"))
    assert "never-this-word" not in answer.output


@pytest.mark.parametrize("missing", ["SUCHANG_SECRET_KEY", "SUCHANG_ISSUER"])
def test_one_sentence_and_exit_1_are_given_when_production_lacks_something(ask: Ask, missing: str) -> None:
    own = {
        name: base64.b64encode(os.urandom(32)).decode()
        for name in ("SECRET_KEY", "DATA_KEY", "INDEX_KEY", "KEY_ENCRYPTION_KEY", "AUDIT_KEY")
    }
    given = {f"SUCHANG_{name}": value for name, value in own.items()} | {"SUCHANG_ISSUER": "https://card.example"}
    answer = ask("--format", "json", SUCHANG_ENV="production", **{**given, missing: ""})
    assert answer.exit_code == 1
    (sentence,) = findings(answer, "settings", "wrong")
    assert missing in sentence


def test_every_line_has_a_mark_when_a_person_asks(ask: Ask) -> None:
    assert all(line[0] in "✓·✗" for line in ask().output.splitlines())


def test_the_command_that_mends_it_is_named_when_credentials_name_another_address(ask: Ask, world: World) -> None:
    world.phone(world.holder())
    follow_address(world.collaborators.sessions, "https://localhost:8443")

    answer = ask("--format", "json")

    assert answer.exit_code == 1
    (said,) = findings(answer, "issuer", "wrong")
    assert "credentials name http://localhost:8000" in said
    assert "last served at https://localhost:8443" in said
    assert "(make run PORT=8000)" in said


def test_the_issuer_is_good_when_it_follows_the_address(ask: Ask, world: World) -> None:
    follow_address(world.collaborators.sessions, "http://localhost:8121")

    assert findings(ask("--format", "json"), "issuer", "good") == ["http://localhost:8121; follows HOST, PORT and TLS"]


def test_three_roles_are_asked_for_when_two_addresses_are_the_same(ask: Ask, clean_database) -> None:
    wanted = "application, migrations and audit sealer should connect as three roles"
    assert wanted not in findings(ask("--format", "json"), "database", "note")

    answer = ask("--format", "json", SEALER_DATABASE_URL=clean_database.app_url)

    assert wanted in findings(answer, "database", "note")
