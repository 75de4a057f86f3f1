"""What changed between two packs, in words: for the officer who activates the new one."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from difflib import unified_diff
from typing import Any

from suchang.eligibility.explain.condition_text import Phrases
from suchang.eligibility.explain.rule_text import outline, period_text
from suchang.eligibility.pack.model import Catalogue, ConditionVersion, Fact, Pack, RuleVersion

_CHANGES = {"+": ("新增", "added"), "-": ("删除", "removed"), "~": ("修改", "changed")}
_WHAT = {
    "pack": ("规则包", "pack"),
    "fact": ("事实", "fact"),
    "catalogue": ("目录", "catalogue"),
    "condition": ("共用条件", "condition"),
    "rule": ("规则", "rule"),
}


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that is new, gone or different; details are lines that start with ``+`` or ``-``."""

    what: str
    id: str
    change: str
    details: tuple[str, ...]


def compare_packs(old: Pack, new: Pack, lang: str = "zh") -> list[Change]:
    """List every difference that can change a determination or its explanation, in declared order."""
    before, after = Phrases(old, lang), Phrases(new, lang)
    found = list(_compared("pack", {old.id: _head(old, before)}, {old.id: _head(new, after)}, after))
    parts: list[tuple[str, Callable[[Pack, Phrases], dict[str, list[str]]]]] = [
        ("fact", lambda pack, say: _lines(pack.facts, lambda each: _fact(each, say))),
        ("catalogue", lambda pack, say: _lines(pack.catalogues, lambda each: _catalogue(each, say))),
        ("condition", lambda pack, say: _lines(pack.conditions, lambda each: _condition(pack, each, say))),
        ("rule", lambda pack, say: _lines(pack.rules, lambda each: _rule(pack, each, say))),
    ]
    for what, write in parts:
        found += _compared(what, write(old, before), write(new, after), after)
    return found


def _lines(several: Mapping[str, Any], write: Callable[[Any], list[str]]) -> dict[str, list[str]]:
    return {name: write(each) for name, each in several.items()}


def _compared(what: str, old: dict[str, list[str]], new: dict[str, list[str]], say: Phrases) -> Iterator[Change]:
    for name in [*old, *(each for each in new if each not in old)]:
        before, after = old.get(name), new.get(name)
        if before == after:
            continue
        sign = "+" if before is None else "-" if after is None else "~"
        lines = unified_diff(before or [], after or [], lineterm="", n=0)
        details = tuple(line for line in lines if not line.startswith(("---", "+++", "@@")))
        yield Change(say.pick(_WHAT[what]), name, say.pick(_CHANGES[sign]), details)


def _head(pack: Pack, say: Phrases) -> list[str]:
    lines = [pack.title.text(say.lang), str(pack.status)]
    lines += [f"{tier.id} {tier.name.text(say.lang)}" for tier in (*pack.tiers, *pack.tracks)]
    return lines + [f"{each.id} {each.title.text(say.lang)} {each.number or ''}" for each in pack.documents.values()]


def _fact(fact: Fact, say: Phrases) -> list[str]:
    unit = fact.unit.text(say.lang) if fact.unit else ""
    lines = [f"{fact.label.text(say.lang)} {fact.type} {unit}".rstrip(), f"kind {fact.kind}, effort {fact.effort}"]
    lines.append(f"changeable {fact.changeable}, register {fact.register}, ordered {fact.ordered}")
    lines += [f"= {code} {label.text(say.lang)}" for code, label in fact.value_labels.items()]
    for field in fact.fields:
        lines.append(f". {field.name} {field.label.text(say.lang)} {field.type} {' '.join(field.values)}".rstrip())
    return lines


def _catalogue(catalogue: Catalogue, say: Phrases) -> list[str]:
    return [
        f"{entry.code} {entry.label.text(say.lang)} ({period_text(entry.period, say)})" for entry in catalogue.entries
    ]


def _condition(pack: Pack, versions: tuple[ConditionVersion, ...], say: Phrases) -> list[str]:
    lines = []
    for each in versions:
        lines.append(f"{each.name.text(say.lang)} ({period_text(each.period, say)})")
        lines += outline(pack, each.when, say, "  ", set(pack.conditions))
    return lines


def _rule(pack: Pack, versions: tuple[RuleVersion, ...], say: Phrases) -> list[str]:
    lines = []
    for each in versions:
        lines.append(f"{each.name.text(say.lang)} ({period_text(each.period, say)})")
        lines.append(f"{each.kind} {', '.join(each.tiers)} {each.track or ''} {each.valid_for or ''}".rstrip())
        lines.append(f"{each.source.document} {each.source.section} ({each.status})")
        if each.waives:
            lines.append(f"→ {', '.join(each.waives)}")
        lines += outline(pack, each.when, say, "  ", set(pack.conditions))
    return lines
