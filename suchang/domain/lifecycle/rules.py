"""What a line of a transition table is made of, for applications and for cards alike."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Generic, Protocol, TypeVar

from suchang.domain.account.roles import Role
from suchang.domain.lifecycle.context import Actor, Refusal
from suchang.domain.lifecycle.states import Audience, CardEvent, CardReason


class Act(Protocol):
    """One act on one thing: who acts, the city that the thing belongs to, and the facts before it."""

    @property
    def actor(self) -> Actor:
        """Return who acts."""

    @property
    def city(self) -> str:
        """Return the city whose officers may act."""

    @property
    def facts(self) -> Any:
        """Return the facts before the act."""


S = TypeVar("S", bound=StrEnum)
E = TypeVar("E", bound=StrEnum)
C = TypeVar("C", bound=Act)
F = TypeVar("F")

# Without slots: a frozen, slotted, generic dataclass can't be made through its alias (Python 3.11).


@dataclass(frozen=True)
class Guard(Generic[C]):
    """A condition that must hold; when it doesn't, its sentence is the answer."""

    code: str
    zh: str
    en: str
    holds: Callable[[C], bool]

    def refusal(self) -> Refusal:
        """Return the answer for an act that doesn't meet this condition."""
        return Refusal(self.code, self.zh, self.en)


@dataclass(frozen=True)
class Route(Generic[C]):
    """A condition that picks between lines for the same event and state; its label stands on the drawing."""

    label: str
    applies: Callable[[C], bool]


def unchanged(act: Act) -> Any:
    """Leave the facts as they are."""
    return act.facts


@dataclass(frozen=True)
class Rule(Generic[S, E, C, F]):
    """One line of a table. Guards are asked in order; the first that doesn't hold is the answer.

    ``card`` says what becomes of the card that hangs on an application; the lines of a card itself have none.
    """

    event: E
    sources: tuple[S, ...]
    target: S
    who: frozenset[Role]
    guards: tuple[Guard[C], ...] = ()
    effect: Callable[[C], F] = unchanged
    route: Route[C] | None = None
    tell: tuple[Audience, ...] = ()
    card: Callable[[C], tuple[CardEvent, CardReason] | None] | None = None
