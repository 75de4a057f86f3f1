"""Say conditions in Chinese and English from the labels of a pack."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from suchang.eligibility.dates import OPEN_END, Relative
from suchang.eligibility.in_force.resolve_date import subject_of
from suchang.eligibility.pack.condition_ast import (
    Age,
    AtLeast,
    Between,
    Compare,
    InCatalogue,
    IsTrue,
    Items,
    Known,
    Leaf,
    Node,
    Not,
    OneOf,
    Operand,
    Order,
    RuleMet,
    Use,
)
from suchang.eligibility.pack.model import ALWAYS, ConditionVersion, Field, Pack, Period, Type

_NUMBER = {
    Order.EQ: ("为 {}", "is {}"),
    Order.NE: ("不为 {}", "is not {}"),
    Order.LT: ("低于 {}", "is below {}"),
    Order.LE: ("不高于 {}", "is at most {}"),
    Order.GT: ("高于 {}", "is above {}"),
    Order.GE: ("不低于 {}", "is at least {}"),
}
_DATE = {
    **_NUMBER,
    Order.LT: ("早于 {}", "is before {}"),
    Order.LE: ("不晚于 {}", "is on or before {}"),
    Order.GT: ("晚于 {}", "is after {}"),
    Order.GE: ("不早于 {}", "is on or after {}"),
}
_AGE = {
    Order.LT: ("按{}计算，年龄未满 {} 周岁", "age by {} is under {}"),
    Order.LE: ("按{}计算，年龄不超过 {} 周岁", "age by {} is at most {}"),
    Order.GT: ("按{}计算，年龄超过 {} 周岁", "age by {} is over {}"),
    Order.GE: ("按{}计算，年龄已满 {} 周岁", "age by {} is at least {}"),
}


class Phrases:
    """Sentences in one language; with ``on`` relative dates are shown as dates.

    ``period`` limits named conditions to the versions that a rule can meet.
    """

    def __init__(self, pack: Pack, lang: str, on: date | None = None, period: Period = ALWAYS) -> None:
        self.pack, self.zh, self.lang, self.on = pack, lang != "en", lang, on
        self.period = Period(on, on) if on else period

    def pick(self, pair: tuple[str, str]) -> str:
        """Return the Chinese or the English one."""
        return pair[0] if self.zh else pair[1]

    def clause(self, node: Node) -> str:
        """Say a condition in one clause."""
        match node:
            case Leaf():
                return self._leaf(node)
            case Items():
                return self._items(node)
            case AtLeast():
                return self._group(node)
            case Not():
                return self.negated(self.clause(node.child))
            case Use():
                names = dict.fromkeys(each.name.text(self.lang) for each in self.versions(node.condition))
                return " / ".join(f"「{name}」" if self.zh else f"“{name}”" for name in names)
            case RuleMet():
                name = self.pack.rules[node.rule][-1].name.text(self.lang)
                return f"符合规则 {node.rule}「{name}」" if self.zh else f"meets rule {node.rule} “{name}”"

    def versions(self, condition: str) -> list[ConditionVersion]:
        """Return the versions of a named condition that matter here."""
        return [each for each in self.pack.conditions[condition] if each.period.overlaps(self.period)]

    def negated(self, clause: str) -> str:
        """Say the opposite."""
        return f"不属于（{clause}）" if self.zh else f"not ({clause})"

    def _group(self, node: AtLeast) -> str:
        parts = [self.clause(child) for child in node.children]
        if len(parts) == 1:
            return parts[0]
        if node.is_all:
            return ("，且" if self.zh else ", and ").join(parts)
        if node.is_any:
            joined = (" 或 " if self.zh else " or ").join(parts)
            return f"（{joined}）" if self.zh else f"({joined})"
        several, joined = len(parts), ("；" if self.zh else "; ").join(parts)
        return self.pick((f"{several} 项中至少 {node.need} 项（{joined}）", f"{node.need} of {several} ({joined})"))

    def _items(self, node: Items) -> str:
        label, where = self.pack.facts[node.fact].label.text(self.lang), self.clause(node.where)
        return self.pick((f"{label}中至少 {node.need} 项：{where}", f"{label}: at least {node.need} where {where}"))

    def _leaf(self, leaf: Leaf) -> str:
        subject = subject_of(leaf, self.pack)
        if isinstance(leaf.test, Age):
            return self.pick(_AGE[leaf.test.order]).format(subject.label.text(self.lang), leaf.test.years)
        return f"{subject.label.text(self.lang)}{'' if self.zh else ' '}{self._test(leaf, subject)}"

    def _test(self, leaf: Leaf, subject: Field) -> str:
        """Say a test that follows the name of what it tests."""
        test = leaf.test
        match test:
            case IsTrue():
                return self.pick(("：是", "is true"))
            case Known():
                return self.pick(("已知", "is known"))
            case InCatalogue():
                name = self.pack.catalogues[test.catalogue].label.text(self.lang)
                when = ""
                if test.at:
                    at = self.pack.facts[leaf.fact].field_named(test.at).label.text(self.lang)
                    when = self.pick((f"（按{at}）", f" (as of {at})"))
                return self.pick((f"列入《{name}》", f"is listed in “{name}”")) + when
            case OneOf():
                values = [self.value(each, subject) for each in test.operands]
                shown = ("、" if self.zh else ", ").join(values)
                return self.pick((f"为 {shown} 之一", f"is one of {shown}"))
            case Between():
                return self._between(test, subject)
            case Compare():
                words = _DATE if subject.type is Type.DATE else _NUMBER
                return self.pick(words[test.order]).format(self.value(test.operand, subject))
            case _:
                raise TypeError(test)

    def _between(self, test: Between, subject: Field) -> str:
        low, high = self.value(test.low, subject), self.value(test.high, subject)
        if isinstance(test.low, Relative) and test.low.months <= 0 and test.high == Relative(0, 0):
            span = self.span(test.low)
            dates = self.pick((f"（{low} 至 {high}）", f" ({low} to {high})")) if self.on else ""
            return self.pick((f"在近 {span} 内", f"is within the last {span}")) + dates
        return self.pick((f"在 {low} 至 {high} 之间", f"is between {low} and {high}"))

    def value(self, value: Operand, subject: Field) -> str:
        """Say a constant with its unit."""
        if isinstance(value, Relative):
            return value.on(self.on).isoformat() if self.on else self._relative(value)
        if isinstance(value, bool):
            return self.pick(("是", "true")) if value else self.pick(("否", "false"))
        if isinstance(value, date):
            return self.pick(("无固定期限", "open")) if value == OPEN_END else value.isoformat()
        if subject.type is Type.ENUM:
            return subject.value_labels[str(value)].text(self.lang)
        text = format(value, "f") if isinstance(value, Decimal) else str(value)
        unit = subject.unit.text(self.lang) if subject.unit else ""
        # "55 × 10,000 CNY": a unit that starts with a digit would read as part of the number.
        return f"{text}{' ×' if unit[:1].isdigit() else ''} {unit}" if unit else text

    def span(self, distance: Relative) -> str:
        """Say a length of time."""
        years, months = divmod(abs(distance.months), 12)
        pairs = ((years, "年", "years"), (months, "个月", "months"), (abs(distance.days), "天", "days"))
        parts = [f"{number} {self.pick((zh, en))}" for number, zh, en in pairs if number]
        return " ".join(parts) or self.pick(("0 天", "0 days"))

    def _relative(self, distance: Relative) -> str:
        if distance == Relative(0, 0):
            return self.pick(("认定日", "the day of determination"))
        back = distance.months < 0 or distance.days < 0
        words = (
            ("认定日前 {}", "{} before the day of determination")
            if back
            else (
                "认定日后 {}",
                "{} after the day of determination",
            )
        )
        return self.pick(words).format(self.span(distance))
