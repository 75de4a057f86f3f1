# ruff: noqa: ARG005 - every tampering takes the same arguments
"""The chain finds whatever is done to sealed rows, and nothing where nothing was done."""

from __future__ import annotations

import hashlib
import hmac
import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from suchang.domain.audit.chain import (
    GENESIS,
    Checkpoint,
    Fault,
    Row,
    Seal,
    canonical,
    check,
    checkpoint_line,
    link,
    read_checkpoint,
    seal,
)

START = datetime(2026, 3, 2, tzinfo=UTC)
SECRET = b"the sealer's"


def sign(message: bytes, key: bytes = SECRET) -> bytes:
    return hmac.digest(key, message, hashlib.sha256)


def verify(message: bytes, signature: bytes) -> bool:
    return hmac.compare_digest(sign(message), signature)


def row(number: int) -> Row:
    return Row(
        number, START + timedelta(seconds=number), "officer", f"off_{number % 3}", "application_approve",
        "application", f"app_{number % 7}", {"source": "recommended", "target": "approved", "n": number},
    )  # fmt: skip


def checkpoint(position: int, hash_: bytes, key: bytes = SECRET) -> Checkpoint:
    draft = Checkpoint(position, hash_, START, b"")
    return replace(draft, signature=sign(draft.message(), key))


def chain_of(length: int) -> tuple[list[Row], list[Seal], list[Checkpoint]]:
    rows = [row(number) for number in range(1, length + 1)]
    seals = seal(GENESIS, 0, rows)
    marks = [checkpoint(one.position, one.hash) for one in seals if one.position % 10 == 0 or one.position == length]
    return rows, seals, marks


def findings(rows, seals, marks) -> set[Fault]:
    by_id = {one.id: one for one in rows}
    pairs = [(one, by_id.get(one.event_id)) for one in sorted(seals, key=lambda one: one.position)]
    return {one.fault for one in check(pairs, marks, verify)}


def test_nothing_is_found_when_nothing_was_done() -> None:
    assert findings(*chain_of(57)) == set()
    assert findings([], [], []) == set()


def test_chain_is_the_same_when_sealed_in_batches() -> None:
    rows, seals, _ = chain_of(20)
    first = seal(GENESIS, 0, rows[:7])
    assert first + seal(first[-1].hash, 7, rows[7:]) == seals


TAMPERINGS = {
    "edit": lambda rows, seals, marks, at, chance: (
        [replace(one, subject_id="app_9") if one.id == at else one for one in rows], seals, marks),
    "delete row": lambda rows, seals, marks, at, chance: ([one for one in rows if one.id != at], seals, marks),
    "delete row and link": lambda rows, seals, marks, at, chance: (
        [one for one in rows if one.id != at], [one for one in seals if one.event_id != at], marks),
    "truncate": lambda rows, seals, marks, at, chance: (rows[: at - 1], seals[: at - 1], marks),
    "rewrite": lambda rows, seals, marks, at, chance: rewritten(rows, at),
    "rewrite shorter": lambda rows, seals, marks, at, chance: rewritten([one for one in rows if one.id != at], None),
    "swap": lambda rows, seals, marks, at, chance: (rows, swapped(seals, at), marks),
    "change link": lambda rows, seals, marks, at, chance: (
        rows, [replace(one, hash=chance.randbytes(32)) if one.event_id == at else one for one in seals], marks),
    "twice": lambda rows, seals, marks, at, chance: (
        rows, [replace(one, event_id=at % len(rows) + 1) if one.event_id == at else one for one in seals], marks),
}  # fmt: skip


def rewritten(rows, at):
    """Rewrite history and chain it again, with checkpoints signed by another key."""
    forged = [replace(one, action="application_withdraw") if one.id == at else one for one in rows]
    seals = seal(GENESIS, 0, forged)
    return forged, seals, [checkpoint(one.position, one.hash, b"another") for one in seals[9::10]]


def swapped(seals, at):
    other = at % len(seals) + 1
    ids = {at: other, other: at}
    return [replace(one, event_id=ids.get(one.event_id, one.event_id)) for one in seals]


@pytest.mark.parametrize("kind", sorted(TAMPERINGS))
def test_every_tampering_is_found_when_checked_against_the_anchor(kind) -> None:
    length = 47
    rows, seals, marks = chain_of(length)
    for at in range(1, length + 1):
        changed = TAMPERINGS[kind](rows, seals, marks, at, random.Random(at))
        assert findings(changed[0], changed[1], [*changed[2], *marks]), (kind, at)
        # Whatever the database says of itself, the anchor alone is enough.
        assert findings(changed[0], changed[1], marks), (kind, at)


@pytest.mark.parametrize("name", ["id", "at", "actor_kind", "actor_id", "action", "subject_kind", "subject_id", "data"])
def test_bytes_differ_when_any_field_differs(name) -> None:
    one = row(1)
    changed = {"id": 2, "at": one.at + timedelta(microseconds=1), "actor_id": None, "data": {}}
    assert canonical(one) != canonical(replace(one, **{name: changed.get(name, "else")}))


texts = st.text(st.characters(codec="utf-8"), max_size=8)
rows_of_any_kind = st.builds(
    Row, st.integers(1, 99), st.datetimes(timezones=st.just(UTC)), texts, st.none() | texts, texts, texts, texts,
    st.dictionaries(texts, st.none() | texts | st.integers() | st.lists(texts, max_size=2), max_size=3),
)  # fmt: skip


@given(rows_of_any_kind, rows_of_any_kind)
def test_bytes_agree_only_when_rows_are_equal(one, other) -> None:
    assert (canonical(one) == canonical(other)) == (one == other)
    assert link(GENESIS, 1, one) != link(GENESIS, 2, one)


def test_checkpoint_comes_back_when_written_and_read() -> None:
    mark = checkpoint(7, bytes(range(32)))
    assert read_checkpoint(checkpoint_line(mark)) == mark


@pytest.mark.parametrize("line", ["", "{", "[]", "{}", '{"position":1,"hash":"zz","at":"x","signature":""}', "null"])
def test_line_is_refused_when_it_is_no_checkpoint(line) -> None:
    with pytest.raises(ValueError, match="not a checkpoint"):
        read_checkpoint(line)
