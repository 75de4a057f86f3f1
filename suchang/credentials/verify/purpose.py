"""What a presentation is checked for."""

from __future__ import annotations

from dataclasses import dataclass

from suchang.domain.vocabulary import Assurance

EVERY_ASSURANCE = frozenset(Assurance)


@dataclass(frozen=True, slots=True)
class Purpose:
    """One benefit domain as one partner may ask for it.

    ``bit`` is the place of the domain in ``dom``; ``in_scope`` says whether the partner may ask at all; ``accepts``
    which kinds of credential the domain or item takes; ``max_status_age`` how many seconds old a status may be.
    """

    domain: str
    bit: int
    in_scope: bool = True
    accepts: frozenset[Assurance] = EVERY_ASSURANCE
    max_status_age: int | None = None
