"""Explain a determination: the facts that prove a rule, and what a near miss lacks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import partial
from typing import Any

from suchang.eligibility.explain.condition_text import Phrases
from suchang.eligibility.pack.condition_ast import InCatalogue, IsTrue, Items, Leaf
from suchang.eligibility.pack.consistency_checks import walk
from suchang.eligibility.pack.model import Fact, Type
from suchang.eligibility.single.compiled_functions import Bound
from suchang.eligibility.single.record import Record, json_item
from suchang.eligibility.single.rule_shape import fact_of

NO_NAMES: Mapping[str, str] = {}


class Wording:
    """The texts of one edition on one day; clauses are made once."""

    def __init__(self, bound: Bound) -> None:
        self.bound, self.edition, self.layout = bound, bound.edition, bound.program.layout
        pack = self.edition.pack
        self._phrases = {lang: Phrases(pack, lang, bound.on) for lang in ("zh", "en")}
        self._clauses: dict[tuple[int, str], str] = {}
        self._codes: dict[tuple[int, str], dict[str, str]] = {}

    def facts(self, atoms: Iterable[int]) -> tuple[str, ...]:
        """Return the distinct facts of atoms in the order of facts.yaml."""
        facts = {fact.index: fact.name for fact in (fact_of(self.edition, atom) for atom in atoms)}
        return tuple(name for _, name in sorted(facts.items()))

    def clause(self, atom: int, lang: str) -> str:
        """Say the condition of an atom."""
        key = atom, lang
        if key not in self._clauses:
            condition = self.edition.conditions[atom]
            if not isinstance(condition, (Leaf, Items)):
                raise TypeError(condition)
            self._clauses[key] = self._phrases[lang].clause(condition)
        return self._clauses[key]

    def missing(self, atom: int, wanted: bool, record: Record, lang: str) -> dict[str, Any]:
        """Say what a near miss lacks: ``wanted`` tells what an unknown atom should become."""
        value = self._value(atom, record)
        clause = self.clause(atom, lang)
        good = wanted if value is None else not value
        text = clause if good else self._phrases[lang].negated(clause)
        return {"fact": fact_of(self.edition, atom).name, "text": text}

    def because(self, atom: int, record: Record, lang: str) -> dict[str, Any]:
        """Say which fact proves something, with its value; for a list the items that count."""
        fact, phrases = fact_of(self.edition, atom), self._phrases[lang]
        holds = self._value(atom, record)
        value = self._evidence(atom, fact, record) if holds else self.layout.json_value(fact, record.values)
        condition = self.edition.conditions[atom]
        if isinstance(condition, Leaf) and isinstance(condition.test, IsTrue):
            text = phrases.pick(("{}：{}", "{}: {}")).format(fact.label.text(lang), self._shown(value, fact, phrases))
        else:
            clause = self.clause(atom, lang)
            words = ("{}；{}「{}」", "{}: {} “{}”")
            verdict = phrases.pick(("满足", "meets")) if holds else phrases.pick(("不满足", "does not meet"))
            named = f"{fact.label.text(lang)}{phrases.pick(('：', ' '))}"
            shown = named + self._shown(value, fact, phrases, self._names(atom, lang))
            text = phrases.pick(words).format(shown, verdict, clause)
        if fact.name in record.absent:
            text += phrases.pick(("（系统登记中没有记录）", " (nothing in the system's own register)"))
        return {"fact": fact.name, "value": value, "text": text}

    def _value(self, atom: int, record: Record) -> bool | None:
        run = self.bound.run(("value", atom), partial(self.bound.program.writer.value, atom))
        answer: bool | None = run(record.values)
        return answer

    def _evidence(self, atom: int, fact: Fact, record: Record) -> Any:
        condition = self.edition.conditions[atom]
        if not isinstance(condition, Items):
            return self.layout.json_value(fact, record.values)
        run = self.bound.run(("which", atom), partial(self.bound.program.writer.which, atom))
        items = record.values[self.layout.slots[fact.name]]
        chosen = [json_item(fact, items[place]) for place in run(record.values)[: condition.need]]
        return chosen[0] if condition.need == 1 else chosen

    def _names(self, atom: int, lang: str) -> Mapping[str, str]:
        """Return the names of the codes in the catalogues that an atom reads."""
        key = atom, lang
        if key not in self._codes:
            condition = self.edition.conditions[atom]
            nodes = walk(condition) if isinstance(condition, (Leaf, Items)) else ()
            tests = [node.test for node in nodes if isinstance(node, Leaf)]
            read = [self.edition.pack.catalogues[test.catalogue] for test in tests if isinstance(test, InCatalogue)]
            self._codes[key] = {entry.code: entry.label.text(lang) for each in read for entry in each.entries}
        return self._codes[key]

    def _shown(self, value: Any, fact: Fact, phrases: Phrases, names: Mapping[str, str] = NO_NAMES) -> str:
        """Show a JSON value to a person: codes, enumerations and fields by their names, numbers with their unit."""
        if fact.type in (Type.CODE, Type.CODES) and isinstance(value, str) and value in names:
            return names[value]
        if isinstance(value, bool):
            return phrases.value(value, fact)
        if isinstance(value, dict):
            if "items" in value and "complete" in value:
                return self._shown(value["items"], fact, phrases, names)
            parts = [self._field(fact, name, each, phrases, names) for name, each in value.items()]
            return phrases.pick(("，", ", ")).join(parts)
        if isinstance(value, list):
            if not value:
                return phrases.pick(("无", "none"))
            return phrases.pick(("；", "; ")).join(self._shown(each, fact, phrases, names) for each in value[:5])
        if value == "open":
            return phrases.pick(("无固定期限", "open"))
        return phrases.value(value, fact) if isinstance(value, (int, str)) else phrases.pick(("未知", "unknown"))

    def _field(self, fact: Fact, name: str, value: Any, phrases: Phrases, names: Mapping[str, str]) -> str:
        field = fact.field_named(name)
        if field.type is Type.CODE and value in names:
            return f"{field.label.text(phrases.lang)} {names[value]}"
        shown = phrases.pick(("无固定期限", "open")) if value == "open" else phrases.value(value, field)
        return f"{field.label.text(phrases.lang)} {shown}"
