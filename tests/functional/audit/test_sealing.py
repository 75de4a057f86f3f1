# ruff: noqa: S608 - the statements are an attacker's, built from constants of this file
"""The audit on a real database: sealed within a second's step, and nothing done to sealed rows stays unseen."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg
import pytest
from click.testing import CliRunner
from sqlalchemy import Connection, NullPool, create_engine, text
from sqlalchemy.orm import Session

from suchang.cli.main import cli
from suchang.domain.audit.chain import GENESIS, Checkpoint, link
from suchang.persistence.engine import make_engine, make_sessions
from suchang.persistence.models import AuditEvent
from suchang.workflows.audit import rows as audit_rows
from suchang.workflows.audit import sealing
from suchang.workflows.runtime.actors import SYSTEM

NOW = datetime(2026, 11, 2, 2, 0, tzinfo=UTC)
SIGNER = sealing.Signer(b"s" * 32)
STRANGER = sealing.Signer(b"x" * 32)
ROWS = 40


class Sealed:
    """A database with sealed rows, an anchor file beside it, and the roles that may touch it."""

    def __init__(self, database, anchor: Path) -> None:
        self.database, self.anchor = database, anchor
        self.engines = {
            role: create_engine(getattr(database, f"{role}_url"), poolclass=NullPool) for role in ("app", "sealer")
        }
        self.app = make_sessions(self.engines["app"])
        self.sealer = make_sessions(self.engines["sealer"])

    def write(self, count: int) -> None:
        with self.app() as session, session.begin():
            for number in range(count):
                audit_rows.record(
                    session, NOW, SYSTEM, "application_claim", "application", f"app_{number % 7}", n=number
                )

    def seal(self, signer: sealing.Signer = SIGNER) -> int:
        done = sealing.seal_waiting(self.sealer, lambda: NOW, signer)
        sealing.export_checkpoints(self.sealer, self.anchor)
        return done

    def faults(self, later: timedelta = timedelta(0)) -> list[str]:
        found = sealing.verify_chain(self.app, lambda: NOW + later, SIGNER, sealing.read_anchor(self.anchor))
        return [one.fault.value for one in found[1]]


@pytest.fixture
def sealed(clean_database, tmp_path) -> Sealed:
    made = Sealed(clean_database, tmp_path / "outside" / "checkpoints.jsonl")
    for _ in range(4):
        made.write(ROWS // 4)
        made.seal()
    return made


def test_every_row_is_chained_when_the_sealer_has_run(sealed) -> None:
    assert sealed.faults() == []
    assert len(sealing.read_anchor(sealed.anchor)) == 4
    assert sealed.seal() == 0
    with sealed.database.connect("owner") as owner:
        assert owner.execute("SELECT count(*), max(position) FROM audit_seal").fetchone() == (ROWS, ROWS)
        assert owner.execute("SELECT count(*) FROM audit_unsealed").fetchone() == (0,)


def test_row_is_sealed_when_it_becomes_visible_after_later_ones(sealed) -> None:
    slow = sealed.app()
    audit_rows.record(slow, NOW, SYSTEM, "slow", "application", "app_1")
    slow.flush()
    sealed.write(3)
    assert sealed.seal() == 3
    slow.commit()
    slow.close()
    assert sealed.seal() == 1
    assert sealed.faults(timedelta(days=1)) == []


def test_only_one_seals_when_two_sealers_run(sealed) -> None:
    sealed.write(5)
    with sealed.database.connect("sealer") as other, other.transaction():
        other.execute("SELECT pg_advisory_xact_lock(%s)", [sealing.LOCK])
        assert sealed.seal() == 0
    assert sealed.seal() == 5


def test_rolled_back_row_leaves_nothing_when_its_transaction_fails(sealed) -> None:
    with sealed.app() as session:
        audit_rows.record(session, NOW, SYSTEM, "never", "application", "app_1")
        session.flush()
        session.rollback()
    assert sealed.seal() == 0


@pytest.mark.parametrize("role", ["app", "sealer"])
@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_event SET action = 'x'",
        "DELETE FROM audit_event",
        "TRUNCATE audit_event CASCADE",
        "UPDATE audit_seal SET hash = hash",
        "DELETE FROM audit_seal",
        "UPDATE audit_checkpoint SET position = 1",
        "DELETE FROM audit_checkpoint",
        "ALTER TABLE audit_event DISABLE TRIGGER ALL",
    ],
)
def test_serving_roles_are_refused_when_they_touch_the_audit(sealed, role, statement) -> None:
    with sealed.database.connect(role) as connection, pytest.raises(psycopg.errors.InsufficientPrivilege):
        connection.execute(statement)


@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO audit_seal VALUES (99, 1, sha256('x'), now())",
        "DELETE FROM audit_unsealed",
        "INSERT INTO audit_unsealed VALUES (1)",
    ],
)
def test_application_is_refused_when_it_seals_or_unqueues(sealed, statement) -> None:
    with sealed.database.connect("app") as connection, pytest.raises(psycopg.errors.InsufficientPrivilege):
        connection.execute(statement)


def test_row_is_reported_when_the_queue_was_emptied_before_it_was_sealed(sealed) -> None:
    sealed.write(2)
    with sealed.database.connect("owner") as owner:
        owner.execute("DELETE FROM audit_unsealed")
    assert sealed.seal() == 0
    assert sealed.faults() == []
    assert sealed.faults(timedelta(minutes=2)) == ["unsealed", "unsealed"]


def test_file_is_complete_when_a_crash_tore_its_last_line(sealed) -> None:
    torn = sealed.anchor.read_text()[:-30]
    sealed.anchor.write_text(torn)
    sealing.export_checkpoints(sealed.sealer, sealed.anchor)
    assert [one.position for one in sealing.read_anchor(sealed.anchor)] == [10, 20, 30, 40]
    sealed.anchor.unlink()
    assert sealing.export_checkpoints(sealed.sealer, sealed.anchor) == 4


def test_command_says_where_when_a_row_was_edited(sealed, monkeypatch) -> None:
    monkeypatch.setenv("SUCHANG_ENV", "demo")
    for name, value in sealed.database.environ.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("REDIS_URL", "redis://127.0.0.1:1/0")
    monkeypatch.setattr(sealing, "Signer", lambda _secret: SIGNER)
    command = ["audit", "verify", "--anchor", str(sealed.anchor)]
    sealed.seal()
    with sealed.database.connect("owner") as owner:
        owner.execute("UPDATE audit_event SET at = now()")
        owner.execute("UPDATE audit_event SET at = %s", [NOW])
        good = CliRunner().invoke(cli, command, standalone_mode=False)
        owner.execute("UPDATE audit_event SET actor_id = 'off_other' WHERE id = (SELECT min(id) + 6 FROM audit_event)")
        bad = CliRunner().invoke(cli, command, standalone_mode=False)
    assert (good.return_value, good.output) == (0, "40 sealed rows, 4 checkpoints of the anchor: intact\n")
    assert bad.return_value == 1
    assert "position 7: the row, or its link, was changed after it was sealed" in bad.output


# Everything that somebody with the owner's rights might do to sealed rows.


def edit(owner: Connection, at: int, chance: random.Random) -> None:
    column = chance.choice(["action", "actor_kind", "actor_id", "subject_id", "subject_kind"])
    owner.execute(text(f"UPDATE audit_event SET {column} = 'other' WHERE id = {event_at(owner, at)}"))


def edit_data(owner: Connection, at: int, chance: random.Random) -> None:
    key = chance.choice(["n", "new"])
    owner.execute(text(f"UPDATE audit_event SET data = data || '{{\"{key}\": -1}}' WHERE id = {event_at(owner, at)}"))


def shift(owner: Connection, at: int, chance: random.Random) -> None:
    by = chance.choice(["1 microsecond", "1 day", "-1 year"])
    owner.execute(text(f"UPDATE audit_event SET at = at + interval '{by}' WHERE id = {event_at(owner, at)}"))


def delete_row(owner: Connection, at: int, chance: random.Random) -> None:
    unlock(owner)
    owner.execute(text(f"DELETE FROM audit_event WHERE id = {event_at(owner, at)}"))


def delete_with_link(owner: Connection, at: int, chance: random.Random) -> None:
    unlock(owner)
    event = event_at(owner, at)
    owner.execute(text(f"DELETE FROM audit_seal WHERE event_id = {event}"))
    owner.execute(text(f"DELETE FROM audit_event WHERE id = {event}"))


def truncate_end(owner: Connection, at: int, chance: random.Random) -> None:
    unlock(owner)
    owner.execute(text(f"DELETE FROM audit_event WHERE id IN (SELECT event_id FROM audit_seal WHERE position >= {at})"))
    owner.execute(text(f"DELETE FROM audit_checkpoint WHERE position >= {at}"))
    owner.execute(text(f"DELETE FROM audit_seal WHERE position >= {at}"))


def truncate_all(owner: Connection, at: int, chance: random.Random) -> None:
    owner.execute(text("TRUNCATE audit_event, audit_seal, audit_checkpoint, audit_unsealed"))


def exchange(owner: Connection, at: int, chance: random.Random) -> None:
    one, other = event_at(owner, at), event_at(owner, at % ROWS + 1)
    owner.execute(text("ALTER TABLE audit_event ALTER id SET GENERATED BY DEFAULT"))
    unlock(owner)
    for old, new in ((one, -1), (other, one), (-1, other)):
        owner.execute(text(f"UPDATE audit_event SET id = {new} WHERE id = {old}"))


def rewrite(owner: Connection, at: int, chance: random.Random) -> None:
    """Change a row and chain everything again, with checkpoints that a stranger signs."""
    unlock(owner)
    if chance.random() < 0.5:
        edit(owner, at, chance)
    else:
        event = event_at(owner, at)
        owner.execute(text(f"DELETE FROM audit_seal WHERE event_id = {event}"))
        owner.execute(text(f"DELETE FROM audit_event WHERE id = {event}"))
    chain_again(owner)


def chain_again(owner: Connection) -> None:
    # Closed before anything is written: closing rolls back to the session's savepoint.
    with Session(bind=owner, join_transaction_mode="create_savepoint") as session:
        rows = [sealing._row(event) for event in session.query(AuditEvent).order_by(AuditEvent.id)]
    owner.execute(text("DELETE FROM audit_checkpoint"))
    owner.execute(text("DELETE FROM audit_seal"))
    before = GENESIS
    for position, row in enumerate(rows, start=1):
        before = link(before, position, row)
        owner.execute(
            text("INSERT INTO audit_seal VALUES (:p, :e, :h, now())"), {"p": position, "e": row.id, "h": before}
        )
        if position % 10 == 0:
            draft = Checkpoint(position, before, NOW, b"")
            forged = replace(draft, signature=STRANGER.sign(draft.message()))
            owner.execute(
                text("INSERT INTO audit_checkpoint VALUES (:p, :h, :a, :s)"),
                {"p": position, "h": before, "a": NOW, "s": forged.signature},
            )


def relink(owner: Connection, at: int, chance: random.Random) -> None:
    owner.execute(text("UPDATE audit_seal SET hash = :h WHERE position = :p"), {"h": chance.randbytes(32), "p": at})


def forge_checkpoint(owner: Connection, at: int, chance: random.Random) -> None:
    owner.execute(text("UPDATE audit_checkpoint SET signature = :s WHERE position = 20"), {"s": chance.randbytes(64)})


def event_at(owner: Connection, position: int) -> int:
    return int(owner.execute(text(f"SELECT event_id FROM audit_seal WHERE position = {position}")).scalar_one())


def unlock(owner: Connection) -> None:
    owner.execute(text("ALTER TABLE audit_seal DROP CONSTRAINT fk_audit_seal_event_id_audit_event"))
    owner.execute(text("ALTER TABLE audit_checkpoint DROP CONSTRAINT fk_audit_checkpoint_position_audit_seal"))


TAMPERINGS: list[Callable[[Connection, int, random.Random], None]] = [
    edit, edit_data, shift, delete_row, delete_with_link, truncate_end, truncate_all, exchange, rewrite, relink,
    forge_checkpoint,
]  # fmt: skip


@pytest.fixture
def owner(sealed) -> Iterator[Connection]:
    engine = create_engine(sealed.database.owner_url, poolclass=NullPool)
    with engine.connect() as connection:
        yield connection


@pytest.mark.parametrize(
    "tries", [pytest.param(220, id="short"), pytest.param(1000, id="long", marks=pytest.mark.slow)]
)
def test_every_tampering_is_found_when_the_owner_does_it(sealed, owner, tries) -> None:
    anchor = sealing.read_anchor(sealed.anchor)
    chance = random.Random(20261102)
    unseen = []
    for number in range(tries):
        tamper, at = TAMPERINGS[number % len(TAMPERINGS)], chance.randint(1, ROWS)
        transaction = owner.begin()
        tamper(owner, at, chance)
        session = Session(bind=owner, join_transaction_mode="create_savepoint")
        if not sealing.find_faults(session, lambda: NOW, SIGNER, anchor)[1]:
            unseen.append((tamper.__name__, at))
        session.close()
        transaction.rollback()
    assert unseen == []
    assert sealed.faults() == []


def test_rewrite_is_seen_only_with_the_anchor_when_the_sealers_key_is_stolen(sealed, owner, monkeypatch) -> None:
    monkeypatch.setattr(f"{__name__}.STRANGER", SIGNER)
    with owner.begin():
        edit(owner, 3, random.Random(1))
        owner.execute(text("UPDATE audit_event SET action = 'forged' WHERE id = (SELECT min(id) FROM audit_event)"))
        unlock(owner)
        chain_again(owner)
    assert sealing.verify_chain(sealed.app, lambda: NOW, SIGNER)[1] == []
    assert set(sealed.faults()) == {"chain_rewritten"}


def test_engine_of_the_sealer_seals_when_made_as_the_worker_makes_it(sealed) -> None:
    sealed.write(1)
    engine = make_engine(sealed.database.sealer_url, pool_size=1)
    assert sealing.seal_waiting(make_sessions(engine), lambda: NOW, SIGNER) == 1
    engine.dispose()
