"""One case of the published vectors."""

from __future__ import annotations

from typing import Any

from tests.vectors.making.world import NOW

USUAL: dict[str, Any] = {
    "now": NOW,
    "mode": "offline",
    "purpose": "medical",
    "ring": "usual",
    "ring_fetched": NOW - 3600,
    "lists": ["usual"],
}


def accepted(name: str, text: str, **more: Any) -> dict[str, Any]:
    """A presentation that must be accepted."""
    return {"name": name, "text": text, **USUAL, "outcome": "accepted", "reason": None, **more}


def refused(name: str, text: str, check: int, reason: str, **more: Any) -> dict[str, Any]:
    """A presentation that must be refused by one check for one reason."""
    return {"name": name, "text": text, **USUAL, "outcome": "refused", "reason": reason, "check": check, **more}


def unknown(name: str, text: str, check: int, reason: str, **more: Any) -> dict[str, Any]:
    """A presentation of which nothing certain can be said."""
    return {"name": name, "text": text, **USUAL, "outcome": "unknown", "reason": reason, "check": check, **more}
