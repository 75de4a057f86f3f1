"""A pack on a day as one query: tests first, then conditions by depth, gates, grants, and the answer.

Every step is a named query that adds numbered columns to those of the step before (``c7`` is condition 7 of the
edition), so that a condition is computed once however many rules use it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date

from sqlglot import exp
from sqlglot.expressions import Expr

from suchang.eligibility.in_force.resolve_date import resolve_date, subject_of
from suchang.eligibility.in_force.rules_in_force import (
    Group,
    Negated,
    Never,
    RuleInForce,
    RulesInForce,
    TierInForce,
    rules_in_force,
)
from suchang.eligibility.pack.condition_ast import AtLeast, Items, Leaf, Node, Not
from suchang.eligibility.pack.model import Field, Pack, RuleKind
from suchang.eligibility.sql.leaves import leaf
from suchang.eligibility.sql.logic import at_least, case, every, opposite, or_else, some, truth
from suchang.eligibility.sql.source import PEOPLE, Children, Nested, Reader, Source, SparkNested, named, query

READERS: Mapping[str, type[Reader]] = {"duckdb": Nested, "postgres": Children, "spark": SparkNested}


def select(pack: Pack, on: date, dialect: str, source: Source | None = None, *, rules: bool = False) -> exp.Select:
    """Build the query that answers every person of a table, ordered by id.

    It gives id, tier, possible_tier, track, rule; with ``rules`` also ``s_<rule>`` (the status of every rule of the
    pack) and ``g_<rule>`` (the grant of every tier rule), each true, false or NULL for unknown.
    """
    return _Query(rules_in_force(pack, on), on, dialect, source or Source()).select(rules)


def text(pack: Pack, on: date, dialect: str, source: Source | None = None, *, rules: bool = False) -> str:
    """Write the query in a dialect: ``duckdb``, ``postgres`` or ``spark``; every name is quoted."""
    built = select(pack, on, dialect, source, rules=rules)
    return built.sql(dialect=dialect, identify=True, pretty=True)


class _Query:
    def __init__(self, edition: RulesInForce, on: date, dialect: str, source: Source) -> None:
        self.edition, self.on, self.dialect, self.source = edition, on, dialect, source
        self.reader = READERS[dialect](edition, source)
        self.steps: list[tuple[str, exp.Select]] = []

    def select(self, rules: bool) -> exp.Select:
        """Put the steps together."""
        self._tests()
        for depth, numbers in sorted(self._by_depth().items()):
            self._step(f"_depth_{depth}", ((f"c{number}", self._value(number)) for number in numbers))
        tiers = list(enumerate(self.edition.tiers))
        self._step("_gates", ((f"t{place}", self._gate(tier)) for place, tier in tiers))
        self._step(
            "_grants",
            (
                (_grant(rule).name, every(exp.column(f"t{place}"), _status(rule)))
                for place, tier in tiers
                for rule in tier.rules
            ),
        )
        answer = self._answer(rules)
        for name, step in self.steps:
            answer = answer.with_(name, as_=step, copy=False)
        return answer

    def _tests(self) -> None:
        several = [(number, each) for number, each in enumerate(self.edition.conditions) if isinstance(each, Items)]
        people = exp.alias_(self.source.named(), PEOPLE, table=True)
        columns: list[Expr] = [exp.column("id", table=PEOPLE)]
        for number, each in enumerate(self.edition.conditions):
            if isinstance(each, Leaf):
                columns.append(named(self._leaf(each), f"c{number}"))
            elif isinstance(each, Never):
                columns.append(named(truth(False), f"c{number}"))
        for number, items in several:
            columns += self.reader.columns(number, items, self._inside)
        step = query(columns, people)
        for name, helper in self.reader.helpers(several, self._inside):
            self.steps.append((name, helper))
            same = exp.EQ(this=exp.column("id", table=name), expression=exp.column("id", table=PEOPLE))
            step = step.join(exp.to_table(name), on=same, join_type="left", copy=False)
        self.steps.append(("_tests", self._fenced(step)))

    def _by_depth(self) -> dict[int, list[int]]:
        depths: list[int] = []
        for condition in self.edition.conditions:
            match condition:
                case Group():
                    depths.append(1 + max(depths[child] for child in condition.children))
                case Negated():
                    depths.append(1 + depths[condition.child])
                case _:
                    depths.append(int(isinstance(condition, Items)))
        found: dict[int, list[int]] = {}
        for number, depth in enumerate(depths):
            if depth:
                found.setdefault(depth, []).append(number)
        return found

    def _step(self, name: str, columns: Iterable[tuple[str, Expr]]) -> None:
        added = [named(value, column) for column, value in columns]
        before = exp.to_table(self.steps[-1][0])
        self.steps.append((name, self._fenced(query([exp.Star(), *added], before))))

    def _fenced(self, step: exp.Select) -> exp.Select:
        """Keep PostgreSQL from pasting a step into the next, which would repeat shared conditions without bound."""
        return step.offset(0, copy=False) if self.dialect == "postgres" else step

    # --- conditions

    def _value(self, number: int) -> Expr:
        condition = self.edition.conditions[number]
        match condition:
            case Items():
                return self.reader.value(number, condition)
            case Group():
                return at_least(condition.need, [exp.column(f"c{child}") for child in condition.children])
            case Negated():
                return opposite(exp.column(f"c{condition.child}"))
            case _:
                raise TypeError(condition)

    def _leaf(self, each: Leaf) -> Expr:
        fact = self.edition.pack.facts[each.fact]
        if fact.is_list:
            return case((self.reader.known(fact), truth(True)))
        return leaf(resolve_date(each, self.edition.pack, self.on), fact, self.reader.scalar(fact), _no_field)

    def _inside(self, items: Items, field: Callable[[Field], Expr]) -> Expr:
        fact = self.edition.pack.facts[items.fact]

        def value(node: Node) -> Expr:
            match node:
                case AtLeast():
                    return at_least(node.need, [value(child) for child in node.children])
                case Not():
                    return opposite(value(node.child))
                case Leaf():
                    subject = subject_of(node, self.edition.pack)
                    test = resolve_date(node, self.edition.pack, self.on)
                    return leaf(test, subject, field(subject), lambda name: field(fact.field_named(name)))
                case _:
                    raise TypeError(node)

        return value(items.where)

    # --- rules

    @staticmethod
    def _gate(tier: TierInForce) -> Expr:
        parts = [opposite(_status(bar)) for bar in tier.exclusions]
        for base in tier.bases:
            waivers = [_status(waiver) for waiver in tier.waivers if base.id in waiver.version.waives]
            parts.append(some(_status(base), *waivers))
        return every(*parts) if parts else truth(True)

    def _answer(self, rules: bool) -> exp.Select:
        tiers = [(tier.id, some(*map(_grant, tier.rules))) for tier in self.edition.tiers if tier.rules]
        granting = [rule for tier in self.edition.tiers for rule in tier.rules]
        columns = {
            "tier": _first(tiers),
            "possible_tier": _first((name, or_else(exp.paren(given), True)) for name, given in tiers),
            "track": _first((rule.version.track, _grant(rule)) for rule in granting),
            "rule": _first((rule.id, _grant(rule)) for rule in granting),
        }
        if rules:
            columns |= self._every_rule()
        listed = [named(value, name) for name, value in columns.items()]
        order: Expr = exp.column("id")
        if self.dialect == "postgres":
            order = exp.Collate(this=order, expression=exp.to_identifier("C", quoted=True))
        ordered = exp.Ordered(this=order, nulls_first=self.dialect == "spark")
        return query([exp.column("id"), *listed], exp.to_table("_grants")).order_by(ordered)

    def _every_rule(self) -> dict[str, Expr]:
        found: dict[str, Expr] = {}
        in_force = self.edition.by_id
        for name in self.edition.pack.rules:
            found[f"s_{name}"] = _status(in_force[name]) if name in in_force else truth(False)
        for name, versions in self.edition.pack.rules.items():
            if versions[0].kind is RuleKind.TIER:
                found[f"g_{name}"] = _grant(in_force[name]) if name in in_force else truth(False)
        return found


def _status(rule: RuleInForce) -> exp.Column:
    return exp.column(f"c{rule.condition}")


def _grant(rule: RuleInForce) -> exp.Column:
    return exp.column(f"g{rule.index}")


def _first(choices: Iterable[tuple[str | None, Expr]]) -> Expr:
    """Return the text of the first choice that is true; NULL for none."""
    several = [(condition, exp.null() if text is None else exp.Literal.string(text)) for text, condition in choices]
    return exp.cast(case(*several) if several else exp.null(), "TEXT")


def _no_field(name: str) -> Expr:
    raise TypeError(f"only items have fields: {name}")
