"""The policy directory: the policies in plain words, as data read once."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import yaml

from suchang.domain.vocabulary import Text

_POLICIES = Path(__file__).parent / "policies.yaml"


@dataclass(frozen=True, slots=True)
class PolicyEntry:
    """A policy in plain words, with the document (T or P) and the section that it summarises."""

    id: str
    domain: str
    title: Text
    summary: Text
    document: str
    section: str


@lru_cache(maxsize=1)
def _policies() -> tuple[PolicyEntry, ...]:
    return tuple(
        PolicyEntry(
            id=row["id"],
            domain=row["domain"],
            title=Text(**row["title"]),
            summary=Text(**row["summary"]),
            document=row["source"]["document"],
            section=row["source"]["section"],
        )
        for row in yaml.safe_load(_POLICIES.read_text(encoding="utf-8"))
    )


def policies(*, text: str = "") -> tuple[PolicyEntry, ...]:
    """Return the policies whose title or summary holds a text, in the order of the directory."""
    wanted = text.strip().casefold()
    return tuple(
        entry
        for entry in _policies()
        if any(
            wanted in part.casefold()
            for part in (entry.title.zh, entry.title.en, entry.summary.zh, entry.summary.en, entry.section)
        )
    )
