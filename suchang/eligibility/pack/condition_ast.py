"""Conditions as the loader reads them: a tree of frozen values that every back end and the reference start from.

Three shapes say everything that the grammar can say, because ``all`` of m is ``at least m of m`` and ``any`` is
``at least 1 of m`` (also for unknowns and for costs), and ``any_item`` is ``count_items ge 1``:

=============  ======================================================================================================
``Leaf``       one fact (or one field of an item) and one test
``Items``      at least ``need`` items of one list fact for which ``where`` (a tree of leaves with ``field``) holds
``AtLeast``    at least ``need`` of the children
``Not``        the opposite of its child; unknown stays unknown
``Use``        the version in force of a named condition
``RuleMet``    the ``when`` of the version in force of another rule; false when none is in force
=============  ======================================================================================================

``Leaf`` and ``Items`` are the atoms of explanations and near misses.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from suchang.eligibility.dates import Relative

Scalar = bool | int | Decimal | str | date
Operand = Scalar | Relative


class Order(StrEnum):
    """Comparisons with one operand."""

    EQ = "eq"
    NE = "ne"
    LT = "lt"
    LE = "le"
    GT = "gt"
    GE = "ge"


@dataclass(frozen=True, slots=True)
class Compare:
    """Compare with one operand; for an ordered enumeration by the declared order of its values."""

    order: Order
    operand: Operand


@dataclass(frozen=True, slots=True)
class Between:
    """Lie between two operands, both included (``within P5Y`` is between ``-P5Y`` and ``P0D``)."""

    low: Operand
    high: Operand


@dataclass(frozen=True, slots=True)
class OneOf:
    """Be one of the operands, in declared order."""

    operands: tuple[Scalar, ...]


@dataclass(frozen=True, slots=True)
class InCatalogue:
    """Be a code that a catalogue lists: on the day asked about, or on the date in field ``at`` of the same item."""

    catalogue: str
    at: str | None = None


@dataclass(frozen=True, slots=True)
class IsTrue:
    """Be true."""


@dataclass(frozen=True, slots=True)
class Known:
    """Be present: true or unknown, never false."""


@dataclass(frozen=True, slots=True)
class Age:
    """Compare the completed years since a birth date on the day asked about (order: lt, le, gt, ge)."""

    order: Order
    years: int


Test = Compare | Between | OneOf | InCatalogue | IsTrue | Known | Age


@dataclass(frozen=True, slots=True)
class Leaf:
    """One fact and one test; inside an item ``field`` names the field (``""`` for the code of a list of codes)."""

    fact: str
    test: Test
    field: str | None = None


@dataclass(frozen=True, slots=True)
class AtLeast:
    """Need at least so many of the children: all of them for ``all``, one for ``any``."""

    need: int
    children: tuple[Node, ...]

    @property
    def is_all(self) -> bool:
        """Tell whether every child is needed."""
        return self.need == len(self.children)

    @property
    def is_any(self) -> bool:
        """Tell whether one of several children is enough."""
        return self.need == 1 < len(self.children)


@dataclass(frozen=True, slots=True)
class Not:
    """Turn true and false round."""

    child: Node


@dataclass(frozen=True, slots=True)
class Use:
    """Refer to a named condition."""

    condition: str


@dataclass(frozen=True, slots=True)
class RuleMet:
    """Refer to the ``when`` of another rule, without its bases and exclusions."""

    rule: str


@dataclass(frozen=True, slots=True)
class Items:
    """Need at least so many items of a list for which ``where`` holds on the item itself."""

    fact: str
    where: Node
    need: int = 1


Atom = Leaf | Items
Node = Leaf | Items | AtLeast | Not | Use | RuleMet
