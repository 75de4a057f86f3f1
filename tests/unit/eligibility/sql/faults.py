"""Faults to plant in a query: each must show in the comparison with the reference, in every dialect."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from sqlglot import exp

from suchang.eligibility.sql import select
from tests.unit.eligibility.sql.compare import dense

Fault = Callable[[Any], Any]


def _coalesce(found: Any, otherwise: bool) -> bool:
    return isinstance(found, exp.Coalesce) and found.expressions == [exp.Boolean(this=otherwise)]


def _binary(old: type[exp.Binary], new: type[exp.Binary]) -> Fault:
    return lambda node: new(this=node.this, expression=node.expression) if type(node) is old else node


def _when(place: int) -> Fault:
    """Leave out one branch of the four that judge a list; the first, of unknown lists, answers false instead."""

    def plant(node: Any) -> Any:
        if isinstance(node, exp.Case) and len(node.args["ifs"]) == 4 and not isinstance(node.parent, exp.Cast):
            if place:
                node.args["ifs"].pop(place)
            else:
                node.args["ifs"][0].set("true", exp.false())
        return node

    return plant


def _unguarded(node: Any) -> Any:
    """Let NULL AND false be false where a code and a date are tested together."""
    if (
        isinstance(node, exp.Case)
        and len(node.args["ifs"]) == 1
        and not isinstance(node.args["ifs"][0].args["true"], exp.Boolean)
    ):
        return node.args["ifs"][0].args["true"]
    return node


def _guessed(node: Any) -> Any:
    """Count unknown items as failed, as list_bool_or does."""
    return exp.Coalesce(this=node.this, expressions=[exp.false()]) if _coalesce(node, True) else node


def _gateless(node: Any) -> Any:
    gate = isinstance(node, exp.And) and isinstance(node.this, exp.Column) and node.this.name.startswith("t")
    return node.expression if gate else node


def _forgetful(node: Any) -> Any:
    if isinstance(node, exp.In) and len(node.expressions) > 1:
        node.expressions.pop(0)
    return node


def _unregistered(node: Any) -> Any:
    return node.this if _coalesce(node, False) and node.this.name == "barred" else node


def _opposite(node: Any) -> Any:
    return node.this if isinstance(node, exp.Not) and isinstance(node.this, exp.Column) else node


def _half_open(node: Any) -> Any:
    if not isinstance(node, exp.Between):
        return node
    low, high = (
        exp.GTE(this=node.this, expression=node.args["low"]),
        exp.LT(this=node.this, expression=node.args["high"]),
    )
    return exp.paren(exp.and_(low, high))


def _last_first(node: Any) -> Any:
    """Let the worst tier win."""
    if isinstance(node, exp.Alias) and node.alias in ("tier", "rule"):
        node.this.this.args["ifs"].reverse()
    return node


FAULTS: dict[str, Fault] = {
    "all becomes any": _binary(exp.And, exp.Or),
    "any becomes all": _binary(exp.Or, exp.And),
    "at least becomes above": _binary(exp.GTE, exp.GT),
    "at most becomes below": _binary(exp.LTE, exp.LT),
    "below becomes at most": _binary(exp.LT, exp.LTE),
    "the last day of a span is left out": _half_open,
    "a code is forgotten": _forgetful,
    "not is forgotten": _opposite,
    "a register's silence is unknown": _unregistered,
    "unknown items count as failed": _guessed,
    "an unknown list counts as empty": _when(0),
    "passing items are not counted": _when(1),
    "an incomplete list counts as complete": _when(2),
    "a list is never short": _when(3),
    "an unknown code or date fails": _unguarded,
    "a closed gate grants": _gateless,
    "the worst tier wins": _last_first,
}


def planted(fault: str, on: date, dialect: str) -> str:
    """Write the query of the dense pack with a fault in it."""
    return str(select(dense(), on, dialect, rules=True).transform(FAULTS[fault]).sql(dialect=dialect, identify=True))
