"""A crowd for a real pack: people between its cases, so that every rule is met, missed and open for many of them."""

from __future__ import annotations

from collections.abc import Mapping
from random import Random
from typing import Any

from suchang.eligibility import Pack
from suchang.eligibility.authoring.examples import read_examples

Facts = dict[str, Any]


def crowd_between_cases(pack: Pack, count: int, seed: int = 20261101) -> list[Facts]:
    """Return the people of the cases, then draw more: a case with values of others, unknowns, mixed and open lists."""
    rng = Random(seed)
    cases = [dict(case.facts) for case in read_examples(pack)]
    pool = {name: [case[name] for case in cases if name in case] for name in pack.facts}
    drawn = (_mixed(rng, dict(rng.choice(cases)), pool, pack) for _ in range(count - len(cases)))
    return [*cases[:count], *drawn]


def _mixed(rng: Random, person: Facts, pool: Mapping[str, list[Any]], pack: Pack) -> Facts:
    for name, values in pool.items():
        chance = rng.random()
        if chance < 0.15 and values:
            person[name] = rng.choice(values)
        elif chance < 0.2:
            person.pop(name, None)
        elif chance < 0.25 and pack.facts[name].is_list and values:
            person[name] = _other_list(rng, [*_items(rng.choice(values)), *_items(rng.choice(values))])
    return person


def _items(value: Any) -> list[Any]:
    if value is None:
        return []
    return list(value["items"] if isinstance(value, Mapping) else value)


def _other_list(rng: Random, items: list[Any]) -> Any:
    """Leave out items, and fields of them; sometimes leave the end of the list open."""
    kept = [_with_gaps(rng, item) for item in items if rng.random() < 0.7]
    return kept if rng.random() < 0.6 else {"items": kept, "complete": False}


def _with_gaps(rng: Random, item: Any) -> Any:
    if not isinstance(item, Mapping):
        return item
    return {name: value for name, value in item.items() if rng.random() < 0.85}
