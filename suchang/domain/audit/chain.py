"""The audit's hash chain: how a row becomes bytes, how a link is made, and what a check finds.

A row is written unchained; the sealer gives each committed row the next position and

    hash(n) = SHA-256( "suchang audit v1" || hash(n-1) || position as 8 bytes || canonical row )

with 32 zero bytes as hash(0). Now and then a checkpoint, the signed pair of position and hash, goes to a file outside
the database. Whoever rewrites the whole chain, with the rights of the database's owner, still can't make it agree with
that file; without the file only the checkpoints inside the database stand in the way.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, Final

GENESIS: Final = bytes(32)
_DOMAIN: Final = b"suchang audit v1"
_CHECKPOINT: Final = b"suchang audit checkpoint v1"

Verify = Callable[[bytes, bytes], bool]
"""Tell whether a signature (second) over a message (first) is the sealer's."""


@dataclass(frozen=True, slots=True)
class Row:
    """One audit row as it stands in the table."""

    id: int
    at: datetime
    actor_kind: str
    actor_id: str | None
    action: str
    subject_kind: str
    subject_id: str
    data: dict[str, Any] = field(hash=False)


@dataclass(frozen=True, slots=True)
class Seal:
    """A row's place in the chain."""

    position: int
    event_id: int
    hash: bytes


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A signed statement: at this moment the chain was this long and ended with this hash."""

    position: int
    hash: bytes
    at: datetime
    signature: bytes

    def message(self) -> bytes:
        """Return the bytes that are signed."""
        return _CHECKPOINT + self.position.to_bytes(8) + self.hash + _moment(self.at)


class Fault(StrEnum):
    """What a check can find."""

    ROW_CHANGED = "row_changed"
    ROW_MISSING = "row_missing"
    ROW_SEALED_TWICE = "row_sealed_twice"
    POSITION_MISSING = "position_missing"
    CHAIN_SHORTENED = "chain_shortened"
    CHAIN_REWRITTEN = "chain_rewritten"
    CHECKPOINT_FORGED = "checkpoint_forged"
    UNSEALED = "unsealed"


SENTENCES: Final[dict[Fault, str]] = {
    Fault.ROW_CHANGED: "the row, or its link, was changed after it was sealed",
    Fault.ROW_MISSING: "the sealed row is gone",
    Fault.ROW_SEALED_TWICE: "the row stands in the chain twice",
    Fault.POSITION_MISSING: "a link of the chain is gone",
    Fault.CHAIN_SHORTENED: "the chain ends before this checkpoint",
    Fault.CHAIN_REWRITTEN: "the chain does not agree with this checkpoint",
    Fault.CHECKPOINT_FORGED: "the checkpoint's signature is not the sealer's",
    Fault.UNSEALED: "the row was never sealed",
}
"""What each fault means."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One fault and where: a position of the chain, or for unsealed rows the row's id."""

    fault: Fault
    position: int

    @property
    def sentence(self) -> str:
        """Say it to a person."""
        return f"position {self.position}: {SENTENCES[self.fault]}"


def canonical(row: Row) -> bytes:
    """Write a row so that two different rows never give the same bytes: each field with its length before it."""
    data = json.dumps(row.data, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    fields = (
        str(row.id).encode(),
        _moment(row.at),
        row.actor_kind.encode(),
        # An absent actor and one without a name must not look alike.
        b"" if row.actor_id is None else b"=" + row.actor_id.encode(),
        row.action.encode(),
        row.subject_kind.encode(),
        row.subject_id.encode(),
        data.encode(),
    )
    return b"".join(len(one).to_bytes(4) + one for one in fields)


def link(before: bytes, position: int, row: Row) -> bytes:
    """Return the hash of a position from the hash before it and the row that stands there."""
    return hashlib.sha256(_DOMAIN + before + position.to_bytes(8) + canonical(row)).digest()


def seal(before: bytes, position: int, rows: Iterable[Row]) -> list[Seal]:
    """Chain rows on behind a position, in their order."""
    seals = []
    for row in rows:
        position += 1
        before = link(before, position, row)
        seals.append(Seal(position, row.id, before))
    return seals


def check(
    chain: Iterable[tuple[Seal, Row | None]],
    checkpoints: Sequence[Checkpoint],
    verify: Verify,
) -> list[Finding]:
    """Check a chain, given in order of position, against checkpoints; an empty answer means that it holds.

    Checkpoints may come from the database, from the file outside, or both. One fault is reported for each place; after
    a changed row the chain is followed from the stored hash, so that later faults are still told apart.
    """
    findings: list[Finding] = []
    wanted = {one.position for one in checkpoints}
    hashes: dict[int, bytes] = {0: GENESIS}
    before, expected, seen = GENESIS, 1, set[int]()
    recomputed, broken = GENESIS, False
    for sealed, row in chain:
        if sealed.position != expected:
            findings.append(Finding(Fault.POSITION_MISSING, expected))
            broken = True
        if sealed.event_id in seen:
            findings.append(Finding(Fault.ROW_SEALED_TWICE, sealed.position))
        seen.add(sealed.event_id)
        if row is None:
            findings.append(Finding(Fault.ROW_MISSING, sealed.position))
            broken = True
        elif link(before, sealed.position, row) != sealed.hash:
            findings.append(Finding(Fault.ROW_CHANGED, sealed.position))
        recomputed = b"" if broken or row is None else link(recomputed, sealed.position, row)
        if sealed.position in wanted:
            hashes[sealed.position] = recomputed
        before, expected = sealed.hash, sealed.position + 1
    findings.extend(_against(checkpoints, hashes, expected - 1, verify))
    return findings


def _against(
    checkpoints: Sequence[Checkpoint], hashes: dict[int, bytes], length: int, verify: Verify
) -> Iterable[Finding]:
    for one in checkpoints:
        if not verify(one.message(), one.signature):
            yield Finding(Fault.CHECKPOINT_FORGED, one.position)
        elif one.position > length:
            yield Finding(Fault.CHAIN_SHORTENED, one.position)
        elif hashes.get(one.position) != one.hash:
            yield Finding(Fault.CHAIN_REWRITTEN, one.position)


def checkpoint_line(one: Checkpoint) -> str:
    """Write a checkpoint as one line of JSON for the file outside."""
    return json.dumps(
        {
            "position": one.position,
            "hash": one.hash.hex(),
            "at": _moment(one.at).decode(),
            "signature": one.signature.hex(),
        }
    )


def read_checkpoint(line: str) -> Checkpoint:
    """Read a line of the file; raises ValueError with one sentence for anything else."""
    try:
        given = json.loads(line)
        at = datetime.fromisoformat(given["at"])
        if at.tzinfo is None:
            raise ValueError("a moment without its zone")
        return Checkpoint(int(given["position"]), bytes.fromhex(given["hash"]), at, bytes.fromhex(given["signature"]))
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise ValueError("this line is not a checkpoint of the audit") from error


def _moment(at: datetime) -> bytes:
    return at.astimezone(UTC).isoformat(timespec="microseconds").encode()
