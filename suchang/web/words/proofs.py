"""A determination as people read it: which rule, which clause, which facts, what is missing."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from suchang.eligibility import Fact, Pack, RuleVersion, Type
from suchang.eligibility.pack.model import Field
from suchang.web.formats import day
from suchang.web.languages import gettext, is_english

_CODE = re.compile(r"\b[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+\b")
"""A catalogue's code inside a sentence of the engine, to be said by its label."""
_DATE = re.compile(r"\b\d{4}-\d{2}-\d{2}\b")
_TRUTH = {"true": "yes", "false": "no"}


@dataclass(frozen=True)
class Line:
    """One line of a proof: ``yes``, ``no`` or ``open``, and a text."""

    state: str
    text: str


@dataclass(frozen=True)
class RuleShown:
    """A rule with its clause, and the lines that prove it or that it lacks."""

    id: str
    tier: str
    name: str
    clause: str
    assumed: bool
    lines: tuple[Line, ...]


@dataclass(frozen=True)
class Proof:
    """What a page shows of a determination."""

    tier: str | None
    possible_tier: str | None
    version: str
    on: str
    met: tuple[RuleShown, ...]
    unknown: tuple[RuleShown, ...]
    near: tuple[RuleShown, ...]

    @property
    def deciding(self) -> RuleShown | None:
        """Return the rule that decides: the first that is met."""
        return self.met[0] if self.met else None


def _lang() -> str:
    return "en" if is_english() else "zh"


def _version(pack: Pack, rule_id: str, on: date) -> RuleVersion | None:
    """Find the rule as it was in force on the day of the determination, else as it reads last."""
    versions = pack.rules.get(rule_id)
    if not versions:
        return None
    return next((one for one in versions if on in one.period), versions[-1])


def document_name(document: str) -> str:
    """Name a policy document in short."""
    names = {
        "ten-actions": gettext("十大专项行动"),
        "plan-14-5": gettext("“十四五”专业技术人才发展规划"),
        "settings": gettext("本系统设定"),
    }
    return names.get(document, document)


def fact_name(pack: Pack, name: str) -> str:
    """Name a fact; one that the pack no longer knows shows its own name."""
    fact = pack.facts.get(name)
    return fact.label.text(_lang()) if fact else name


def rule_name(pack: Pack, rule_id: str, on: date) -> str:
    """Name a rule as it is called on a day; one that the pack no longer knows shows its id."""
    version = _version(pack, rule_id, on)
    return version.name.text(_lang()) if version else rule_id


def _line(pack: Pack, state: str, atom: Mapping[str, Any], *, translated: bool) -> Line:
    """Word an atom; where only Chinese sentences were stored, fact and value stand for them in English."""
    if translated or not is_english():
        text = _said(pack, atom["text"])
    elif "value" in atom:
        text = f"{fact_name(pack, atom['fact'])}: {value_text(pack, atom['fact'], atom['value'])}"
    else:
        text = fact_name(pack, atom["fact"])
    return Line(state, text)


def _said(pack: Pack, text: str) -> str:
    """Turn the engine's sentence into one of the page: codes by their labels, days and truth as pages write them."""
    text = _CODE.sub(lambda found: _code(pack, found[0]), text)
    text = _DATE.sub(lambda found: day(found[0]), text)
    return re.sub(r"(?<=: )(true|false)$", lambda found: _TRUTH[found[0]], text)


def _rule(pack: Pack, rule_id: str, tier: str, on: date, lines: tuple[Line, ...]) -> RuleShown:
    version = _version(pack, rule_id, on)
    if version is None:
        return RuleShown(rule_id, tier, rule_id, "", True, lines)
    clause = f"{document_name(version.source.document)} {version.source.section}"
    name = version.name.text(_lang())
    return RuleShown(rule_id, tier, name[:1].upper() + name[1:], clause, version.status.value == "assumption", lines)


def proof_of(pack: Pack, result: Mapping[str, Any], *, translated: bool = False) -> Proof:
    """Build the view of a determination's JSON; ``translated`` says that its sentences are in the page's language."""
    on = date.fromisoformat(result["on"])
    met = tuple(
        _rule(pack, one["rule"], one["tier"], on,
              tuple(_line(pack, "yes", atom, translated=translated) for atom in one["because"]))
        for one in result["met"]
    )  # fmt: skip
    unknown = tuple(
        _rule(pack, one["rule"], one["tier"], on, tuple(Line("open", fact_name(pack, need)) for need in one["needs"]))
        for one in result["unknown"]
    )
    near = tuple(
        _rule(pack, one["rule"], one["tier"], on,
              tuple(_line(pack, "no", atom, translated=translated) for atom in one["missing"]))
        for one in result["nearest_miss"]
    )  # fmt: skip
    version = str(result["version"]).removeprefix("sha256:")[:12]
    return Proof(result["tier"], result["possible_tier"], version, result["on"], met, unknown, near)


def stored_proof(pack: Pack, found: Mapping[str, Any]) -> Proof:
    """Build the view of a stored determination in the reader's language."""
    if is_english() and found["english"]:
        return proof_of(pack, found["english"], translated=True)
    return proof_of(pack, found["result"])


def value_text(pack: Pack, name: str, value: Any) -> str:
    """Say the value of a fact: codes by their labels, lists by their members."""
    fact = pack.facts.get(name)
    if fact is None:
        return str(value)
    if isinstance(value, Mapping):
        return _item_text(pack, fact, value)
    if isinstance(value, list):
        return gettext("；").join(_item_text(pack, fact, one) for one in value) or gettext("无")
    return _plain(pack, fact, value)


def _item_text(pack: Pack, fact: Fact, item: Any) -> str:
    if not isinstance(item, Mapping):
        return _code(pack, str(item))
    fields = {one.name: one for one in fact.fields}
    said = [_plain(pack, fields[key], one) for key, one in item.items() if key in fields]
    return gettext("，").join(text for text in said if text)


def _plain(pack: Pack, field: Field, value: Any) -> str:
    if isinstance(value, bool):
        return (
            field.label.text(_lang())
            if value and field.type is Type.BOOL and not isinstance(field, Fact)
            else (gettext("是") if value else gettext("否"))
        )
    if field.type is Type.DATE:
        return gettext("无固定期限") if value == "open" else day(value)
    if field.type is Type.ENUM:
        label = field.value_labels.get(str(value))
        return label.text(_lang()) if label else str(value)
    if field.type is Type.CODE:
        return _code(pack, str(value))
    unit = f" {field.unit.text(_lang())}" if field.unit else ""
    return f"{value}{unit}"


def _code(pack: Pack, code: str) -> str:
    for catalogue in pack.catalogues.values():
        for entry in catalogue.entries:
            if entry.code == code:
                return entry.label.text(_lang())
    return code
