"""Say one rule in plain Chinese or English: what it gives, what it needs, who is barred, where it stands."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from suchang.eligibility.dates import OPEN_END
from suchang.eligibility.errors import UnknownRule
from suchang.eligibility.explain.condition_text import Phrases
from suchang.eligibility.pack.condition_ast import AtLeast, Node, Not, RuleMet, Use
from suchang.eligibility.pack.model import Pack, Period, RuleKind, RuleVersion, Status
from suchang.eligibility.pack.reader import suggestion

_KINDS = {
    RuleKind.TIER: ("给予层次 {}", "gives tier {}"),
    RuleKind.BASE: ("以下层次的基本条件：{}", "needed for tiers {}"),
    RuleKind.EXCLUSION: ("排除以下层次：{}", "bars from tiers {}"),
    RuleKind.WAIVER: ("对以下层次放宽：{}", "waives for tiers {}"),
}


def explain_rule(pack: Pack, rule: str, lang: str, on: date | None = None) -> str:
    """Write a rule as plain text; UnknownRule when the pack has none, or none in force on the day."""
    if rule not in pack.rules:
        raise UnknownRule(f"the pack {pack.id} has no rule {rule!r}{suggestion(rule, pack.rules)}")
    versions = [each for each in pack.rules[rule] if on is None or on in each.period]
    if not versions:
        raise UnknownRule(f"no version of {rule} is in force on {on}")
    lines: list[str] = []
    for version in versions:
        lines += [*_version(pack, version, Phrases(pack, lang, on, version.period)), ""]
    return "\n".join(lines)


def _version(pack: Pack, version: RuleVersion, say: Phrases) -> Iterator[str]:
    document = pack.documents[version.source.document]
    yield f"{version.id} {version.name.text(say.lang)}"
    yield "  " + say.pick(_KINDS[version.kind]).format(", ".join(version.tiers))
    if version.waives:
        yield "  " + say.pick(("放宽的基本条件：{}", "instead of: {}")).format(", ".join(version.waives))
    yield "  " + say.pick(("出处：{} {}", "source: {} {}")).format(
        document.title.text(say.lang), version.source.section
    )
    if version.status is Status.ASSUMPTION:
        yield "  " + say.pick(("状态：假设，非公布政策", "status: an assumption, not published policy"))
    yield "  " + say.pick(("施行期：{}", "in force: {}")).format(period_text(version.period, say))
    if version.valid_for:
        yield "  " + say.pick(("有效期：{}", "valid for: {}")).format(version.valid_for)
    for label in version.evidence:
        yield "  " + say.pick(("证明材料：{}", "evidence: {}")).format(label.text(say.lang))
    yield "  " + say.pick(("条件：", "conditions:"))
    yield from outline(pack, version.when, say, "    ", set())
    if version.kind is RuleKind.TIER:
        yield from _gate(pack, version, say)


def _gate(pack: Pack, version: RuleVersion, say: Phrases) -> Iterator[str]:
    """List the rules of the same tier that must hold, bar or excuse on the days of a version."""
    heads = {
        RuleKind.BASE: ("还须符合：", "also needed:"),
        RuleKind.EXCLUSION: ("有下列情形的除外：", "except for:"),
        RuleKind.WAIVER: ("可以放宽的情形：", "what may be waived:"),
    }
    for kind, head in heads.items():
        found = [
            each
            for several in pack.rules.values()
            for each in several
            if each.kind is kind and each.period.overlaps(version.period) and version.tiers[0] in each.tiers
        ]
        if found:
            yield "  " + say.pick(head)
            for each in found:
                instead = f" → {', '.join(each.waives)}" if each.waives else ""
                yield f"    - {each.id} {each.name.text(say.lang)}{instead}"


def outline(pack: Pack, node: Node, say: Phrases, indent: str, seen: set[str]) -> Iterator[str]:
    """Write a condition as an indented list; a named condition is written out the first time."""
    match node:
        case AtLeast():
            if len(node.children) == 1:
                yield from outline(pack, node.children[0], say, indent, seen)
                return
            yield f"{indent}- {group_head(node, say)}"
            for child in node.children:
                yield from outline(pack, child, say, indent + "  ", seen)
        case Not():
            yield f"{indent}- {say.pick(('不属于：', 'not:'))}"
            yield from outline(pack, node.child, say, indent + "  ", seen)
        case Use():
            yield f"{indent}- {say.clause(node)}"
            if node.condition not in seen:
                seen.add(node.condition)
                versions = say.versions(node.condition)
                for version in versions:
                    if len(versions) > 1:
                        yield f"{indent}  ({period_text(version.period, say)})"
                    yield from outline(pack, version.when, say, indent + "  ", seen)
        case RuleMet():
            yield f"{indent}- {say.clause(node)}"
        case _:
            yield f"{indent}- {say.clause(node)}"


def group_head(node: AtLeast, say: Phrases) -> str:
    """Say how many of the following are needed."""
    if node.is_all:
        return say.pick(("以下各项全部：", "all of:"))
    if node.is_any:
        return say.pick(("以下任意一项：", "any of:"))
    return say.pick((f"以下至少 {node.need} 项：", f"at least {node.need} of:"))


def period_text(period: Period, say: Phrases) -> str:
    """Say a period; open ends in words."""
    start = period.start.isoformat() if period.start != date.min else None
    end = period.end.isoformat() if period.end != OPEN_END else None
    if start and end:
        return say.pick((f"{start} 至 {end}", f"{start} to {end}"))
    if start:
        return say.pick((f"自 {start} 起", f"from {start}"))
    return say.pick((f"至 {end}", f"until {end}")) if end else say.pick(("一直有效", "always"))
