"""Check what one file can't tell: names exist, references don't go in circles, what is used is in force."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from suchang.eligibility.errors import PackProblem, Place
from suchang.eligibility.pack.condition_ast import AtLeast, InCatalogue, Items, Leaf, Node, Not, RuleMet, Use
from suchang.eligibility.pack.condition_parser import Grammar
from suchang.eligibility.pack.model import ConditionVersion, Pack, Period, RuleKind, RuleVersion
from suchang.eligibility.pack.reader import Notes, suggestion

MAX_WAIVERS = 6
MAX_EXPANDED = 20_000
"""How many conditions a rule may have after its references are followed: a bound on every back end's work."""
MAX_TOTAL = 300_000
MAX_DEEP = 60
"""How many levels: generated code nests as deep, and compilers have limits."""


def checked(pack: Pack, grammar: Grammar, notes: Notes) -> Pack:
    """Note every structural problem; give the pack with remarks on what nothing uses."""
    _check_references(pack, grammar, notes)
    _check_kinds(pack, notes)
    order = [] if notes.problems else _in_order(pack, notes)
    if not notes.problems:
        _check_sizes(pack, order, notes)
        _check_in_force(pack, notes)
        _check_waivers(pack, notes)
    return replace(pack, remarks=tuple(sorted(_remarks(pack, grammar))))


def walk(node: Node) -> Iterator[Node]:
    """Yield a condition and all below it, items included, parents first."""
    todo = [node]
    while todo:
        each = todo.pop()
        yield each
        match each:
            case AtLeast():
                todo.extend(reversed(each.children))
            case Not():
                todo.append(each.child)
            case Items():
                todo.append(each.where)


def _versions(pack: Pack) -> Iterator[ConditionVersion | RuleVersion]:
    for rules in pack.rules.values():
        yield from rules
    for conditions in pack.conditions.values():
        yield from conditions


def _check_references(pack: Pack, grammar: Grammar, notes: Notes) -> None:
    known = {
        "condition": pack.conditions,
        "rule": pack.rules,
        "catalogue": pack.catalogues,
        "category": [entry.code for entry in pack.catalogues["categories"].entries]
        if "categories" in pack.catalogues
        else [],
        "base": {name for name, several in pack.rules.items() if several[0].kind is RuleKind.BASE},
    }
    for each in grammar.references:
        names = list(known[each.what])
        if each.name not in names:
            notes.add(each.place, f"there is no {each.what} {each.name!r}{suggestion(each.name, names)}")


def _check_kinds(pack: Pack, notes: Notes) -> None:
    for several in pack.rules.values():
        for each in several[1:]:
            if each.kind is not several[0].kind:
                notes.add(each.place, f"{each.id} was of kind {several[0].kind}; an amendment can't change the kind")


def _referred(versions: tuple[ConditionVersion, ...] | tuple[RuleVersion, ...]) -> Iterator[tuple[str, str]]:
    for each in versions:
        for node in walk(each.when):
            if isinstance(node, Use):
                yield "use", node.condition
            elif isinstance(node, RuleMet):
                yield "rule", node.rule


Key = tuple[str, str]


def _in_order(pack: Pack, notes: Notes) -> list[Key]:
    """Return conditions and rules so that what is referred to comes first; a circle is noted and gives nothing.

    Depth first without recursion; a name that is met again on its own path is a circle.
    """
    named: dict[Key, list[Key]] = {("use", name): list(_referred(each)) for name, each in pack.conditions.items()}
    named |= {("rule", name): list(_referred(each)) for name, each in pack.rules.items()}
    done: dict[Key, None] = {}
    for start in named:
        path: dict[Key, Iterator[Key]] = {} if start in done else {start: iter(named[start])}
        while path:
            key, rest = next(reversed(path.items()))
            following = next((each for each in rest if each not in done), None)
            if following is None:
                done[key] = None
                del path[key]
            elif following in path:
                keys = list(path)
                circle = [name for _, name in keys[keys.index(following) :]] + [following[1]]
                several = pack.conditions if following[0] == "use" else pack.rules
                place = several[following[1]][0].place
                notes.add(place, f"these refer to one another in a circle: {' → '.join(circle)}")
                return []
            else:
                path[following] = iter(named[following])
    return list(done)


def _check_sizes(pack: Pack, order: list[Key], notes: Notes) -> None:
    """Bound what each rule comes to once its references are followed (the largest version counts)."""
    sizes: dict[Key, tuple[int, int]] = {}
    total = 0
    for key in order:
        several = pack.conditions[key[1]] if key[0] == "use" else pack.rules[key[1]]
        measured = [_measured(each.when, sizes) for each in several]
        size, depth = max(each[0] for each in measured), max(each[1] for each in measured)
        sizes[key] = size, depth
        total += size if key[0] == "rule" else 0
        if size > MAX_EXPANDED or depth > MAX_DEEP:
            limits = f"{MAX_EXPANDED} conditions or {MAX_DEEP} levels"
            notes.add(several[0].place, f"{key[1]} comes to more than {limits}; simplify what it uses")
            return
    if total > MAX_TOTAL:
        notes.add(Place("rules", 0), f"the rules come to more than {MAX_TOTAL} conditions; split the pack")


def _measured(node: Node, sizes: Mapping[Key, tuple[int, int]]) -> tuple[int, int]:
    """Count the conditions of a tree and its levels, references included; its own depth is bounded by the reader."""
    match node:
        case AtLeast():
            parts = [_measured(child, sizes) for child in node.children]
        case Not():
            parts = [_measured(node.child, sizes)]
        case Items():
            parts = [_measured(node.where, sizes)]
        case Use():
            parts = [sizes["use", node.condition]]
        case RuleMet():
            parts = [sizes["rule", node.rule]]
        case _:
            parts = []
    return 1 + sum(size for size, _ in parts), 1 + max((depth for _, depth in parts), default=0)


def _check_in_force(pack: Pack, notes: Notes) -> None:
    """Refuse a condition that is used on a day on which no version of it is in force: neither yes nor no is right."""
    for each in _versions(pack):
        for node in walk(each.when):
            if isinstance(node, Use):
                gap = first_gap(each.period, [version.period for version in pack.conditions[node.condition]])
                if gap is not None:
                    notes.add(
                        each.place,
                        f"{each.id} uses the condition {node.condition!r}, of which no version is in force "
                        f"{gap}; give it one, or let in_force of {each.id} say other days",
                    )


def first_gap(needed: Period, offered: list[Period]) -> str | None:
    """Say from when a period is not covered by others (sorted, not overlapping); None when it is."""
    day = needed.start
    for each in offered:
        if each.end < day:
            continue
        if each.start > day:
            break
        if each.end >= needed.end:
            return None
        day = day.fromordinal(each.end.toordinal() + 1)
    return "at first" if day.year == 1 else f"on {day}"


def _check_waivers(pack: Pack, notes: Notes) -> None:
    """Bound the waivers in force for one tier on one day; near misses look at every subset of them."""
    waivers = [each for several in pack.rules.values() for each in several if each.kind is RuleKind.WAIVER]
    for tier in pack.tiers:
        for start in waivers:
            day = start.period.start
            count = sum(1 for each in waivers if tier.id in each.tiers and day in each.period)
            if tier.id in start.tiers and count > MAX_WAIVERS:
                notes.add(start.place, f"{count} waivers apply to tier {tier.id} on {day}; at most {MAX_WAIVERS} may")
                return


def _remarks(pack: Pack, grammar: Grammar) -> Iterator[PackProblem]:
    nodes = [node for version in _versions(pack) for node in walk(version.when)]
    used_conditions = {node.condition for node in nodes if isinstance(node, Use)}
    used_catalogues = {
        node.test.catalogue for node in nodes if isinstance(node, Leaf) and isinstance(node.test, InCatalogue)
    } | {"categories"}
    for fact in pack.facts.values():
        # Facts without merit, such as the city, may be there for statistics and for the order of handling alone.
        if fact.name not in grammar.used_facts and fact.kind not in pack.kinds.no_merit:
            yield PackProblem(fact.place, f"no rule tests the fact {fact.name}")
    for name, several in pack.conditions.items():
        if name not in used_conditions:
            yield PackProblem(several[0].place, f"nothing uses the condition {name}")
    for name, catalogue in pack.catalogues.items():
        if name not in used_catalogues:
            yield PackProblem(Place(catalogue.place.file, 0), f"no rule tests against the catalogue {name}")
    versions = [each for several in pack.rules.values() for each in several]
    given = {tier for each in versions if each.kind is RuleKind.TIER for tier in each.tiers}
    for tier in pack.tiers:
        if tier.id not in given:
            yield PackProblem(Place("pack.yaml", 0), f"no rule gives the tier {tier.id}")
