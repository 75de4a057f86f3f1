"""Count who gains, loses and moves, and say by which clauses."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

import numpy as np
from numpy.typing import NDArray

from suchang.eligibility.simulation.answers import EXPLAINED, Chunk, Numbers, Pair
from suchang.eligibility.simulation.clauses import Clause, lacking

LISTED = 1_000_000
"""So many changed people are listed at most; the counts are of everybody."""


class Turn(StrEnum):
    """What happens to somebody."""

    GAINS = "gains"
    RISES = "rises"
    FALLS = "falls"
    LOSES = "loses"


TURNS = tuple(Turn)
NO_CATEGORY = ""
"""Stands for the rules that belong to no category of the documents."""


@dataclass
class Changed:
    """Those who change, as columns."""

    ids: list[str] = field(default_factory=list)
    columns: list[tuple[Numbers, ...]] = field(default_factory=list)
    """Turn, before, after, city, rule before and rule after, as in ``Chunk``."""
    clauses: list[tuple[Clause, ...]] = field(default_factory=list)
    """Of the first ones."""

    def column(self, place: int) -> Numbers:
        """Return one column of all chunks."""
        parts = [each[place] for each in self.columns]
        return np.concatenate(parts) if parts else np.empty(0, dtype=np.int16)


@dataclass
class Report:
    """The outcome of a simulation. Tiers are ids; None is no tier."""

    pair: Pair
    people: int = 0
    moves: Counter[tuple[str | None, str | None]] = field(default_factory=Counter)
    """(before, after) → people, those who stay included."""
    changed_people: Changed = field(default_factory=Changed)
    by_city: dict[str | None, Counter[Turn]] = field(default_factory=dict)
    by_category: dict[str, Counter[Turn]] = field(default_factory=dict)
    """By category of the deciding rule: the new one's for those who have a tier, the old one's for those who lose.
    Rules of no category are counted under ``NO_CATEGORY``."""
    by_rule: Counter[tuple[Turn, str | None, str | None]] = field(default_factory=Counter)
    clauses: dict[Turn, Counter[Clause]] = field(default_factory=dict)
    """What those who gain or rise lacked before, and what those who lose or fall lack now."""

    @property
    def changed(self) -> int:
        """How many people change."""
        return sum(count for (before, after), count in self.moves.items() if before != after)

    @property
    def explained(self) -> int:
        """For how many of the changed people the clauses were looked up."""
        return len(self.changed_people.clauses)

    def turns(self) -> Counter[Turn]:
        """Count the people by what happens to them."""
        found: Counter[Turn] = Counter()
        for (before, after), count in self.moves.items():
            turn = turn_of(self.pair, before, after)
            if turn:
                found[turn] += count
        return found

    def rows(self) -> Iterator[tuple[str | None, ...]]:
        """Yield the changed people: id, turn, before, after, city, rule before, rule after, clauses (Chinese)."""
        pair, several = self.pair, self.changed_people
        names = (
            TURNS,
            (*pair.tiers(0), None),
            (*pair.tiers(1), None),
            (*pair.cities, None),
            (*pair.old.rules, None),
            (*pair.new.rules, None),
        )
        columns = [several.column(place)[: len(several.ids)].tolist() for place in range(len(names))]
        for number, name in enumerate(several.ids):
            cells = (each[column[number]] for each, column in zip(names, columns, strict=True))
            lacking = "；".join(zh for zh, _ in several.clauses[number]) if number < len(several.clauses) else ""
            yield name, *cells, lacking or None

    def to_json(self) -> dict[str, Any]:
        """Return the numbers as JSON values."""
        pair = self.pair
        turns = self.turns()
        return {
            "old": pair.old.version,
            "new": pair.new.version,
            "on": pair.on.isoformat(),
            "people": self.people,
            "changed": self.changed,
            "turns": {turn.value: turns[turn] for turn in Turn},
            "moves": [
                {"before": before, "after": after, "people": self.moves[before, after]}
                for before in (*pair.tiers(0), None)
                for after in (*pair.tiers(1), None)
                if self.moves[before, after]
            ],
            "by_city": [
                {"city": city, **{turn.value: counts[turn] for turn in Turn}}
                for city, counts in sorted(self.by_city.items(), key=lambda each: each[0] or "~")
            ],
            "explained": self.explained,
            "by_category": [
                {"category": code, **{turn.value: counts[turn] for turn in Turn}}
                for code, counts in sorted(self.by_category.items())
            ],
            "by_rule": [
                {"turn": turn.value, "rule_before": before, "rule_after": after, "people": count}
                for (turn, before, after), count in self.by_rule.most_common()
            ],
            "clauses": [
                {"turn": turn.value, "zh": zh, "en": en, "people": count}
                for turn in Turn
                for (zh, en), count in self.clauses.get(turn, Counter()).most_common(20)
            ],
        }


def turn_of(pair: Pair, before: str | None, after: str | None) -> Turn | None:
    """Say what a change is; ranks are those of the new version, of the old one for tiers that it dropped."""
    if before == after:
        return None
    if before is None:
        return Turn.GAINS
    if after is None:
        return Turn.LOSES
    ranks = {tier: rank for side in (0, 1) for rank, tier in enumerate(pair.tiers(side))}
    return Turn.RISES if ranks[after] < ranks[before] else Turn.FALLS


def simulate(
    pair: Pair, chunks: Iterable[Chunk], *, explain: int = EXPLAINED, progress: Callable[[int], None] | None = None
) -> Report:
    """Count answered chunks; ``progress`` hears how many people each chunk had.

    For the first ``explain`` of the changed people the deciding clauses are looked up.
    """
    report = Report(pair)
    old, new = (*pair.tiers(0), None), (*pair.tiers(1), None)
    turns = [[turn_of(pair, before, after) for after in new] for before in old]
    codes = np.array([[TURNS.index(turn) if turn else -1 for turn in row] for row in turns], dtype=np.int16)
    for chunk in chunks:
        report.people += len(chunk.ids)
        cells = chunk.before.astype(np.int64) * len(new) + chunk.after
        counts = np.bincount(cells, minlength=len(old) * len(new))
        for cell in np.flatnonzero(counts):
            report.moves[old[cell // len(new)], new[cell % len(new)]] += int(counts[cell])
        turn = codes.take(cells)
        places = np.flatnonzero(turn >= 0)
        _keep(report, chunk, turn, places)
        # At once: what reads the chunks goes on meanwhile, and nothing is left for the end.
        _explain(report, chunk, turn, places[: max(0, explain - report.explained)].tolist())
        if progress:
            progress(len(chunk.ids))
    _count(report)
    return report


def _keep(report: Report, chunk: Chunk, turn: Numbers, places: NDArray[Any]) -> None:
    """Keep the changed people of a chunk."""
    several = report.changed_people
    columns = (turn, chunk.before, chunk.after, chunk.city, chunk.rule_before, chunk.rule_after)
    several.columns.append(tuple(each[places] for each in columns))
    several.ids += [str(chunk.ids[place]) for place in places[: max(0, LISTED - len(several.ids))].tolist()]


def _explain(report: Report, chunk: Chunk, turn: Numbers, places: list[int]) -> None:
    """Look up the clauses of some people.

    The version without the tier is asked what it wants for the rule that gives it in the other, and the person lacks.
    """
    pair = report.pair
    rules = list(pair.old.rules), list(pair.new.rules)
    for place in places:
        better = TURNS[turn[place]] in (Turn.GAINS, Turn.RISES)
        rule = rules[1][chunk.rule_after[place]] if better else rules[0][chunk.rule_before[place]]
        engine = pair.engines[0 if better else 1]
        record = engine.parse_facts(chunk.facts_of(place), ignore_unknown=True)
        report.changed_people.clauses.append(lacking(engine, record, pair.on, rule))


def _count(report: Report) -> None:
    """Count the kept columns by city, rule and category, and the clauses."""
    pair, several = report.pair, report.changed_people
    turn, city = several.column(0), several.column(3)
    if pair.city_fact:
        for (code, place), count in _unique(turn, city):
            name = pair.cities[place] if place >= 0 else None
            report.by_city.setdefault(name, Counter())[TURNS[code]] += count
    old, new = (*pair.old.rules, None), (*pair.new.rules, None)
    for (code, before, after), count in _unique(turn, several.column(4), several.column(5)):
        names = old[before], new[after]
        report.by_rule[TURNS[code], *names] += count
        for category in _categories(pair, *names):
            report.by_category.setdefault(category, Counter())[TURNS[code]] += count
    for number, clauses in enumerate(several.clauses):
        counts = report.clauses.setdefault(TURNS[turn[number]], Counter())
        counts.update(clauses)


def _unique(*columns: Numbers) -> Iterator[tuple[tuple[int, ...], int]]:
    rows, counts = np.unique(np.stack(columns, axis=1), axis=0, return_counts=True)
    for row, count in zip(rows.tolist(), counts.tolist(), strict=True):
        yield tuple(row), count


def _categories(pair: Pair, before: str | None, after: str | None) -> tuple[str, ...]:
    pack, rule = (pair.new, after) if after else (pair.old, before)
    if rule is None:
        return ()
    version = next((each for each in pack.rules[rule] if pair.on in each.period), None)
    return version.categories or (NO_CATEGORY,) if version else ()
