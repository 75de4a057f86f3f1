"""Forms for facts, made from the rule pack's vocabulary: what to ask for a fact, and what an answer says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from suchang.eligibility import Fact, Pack, Type
from suchang.eligibility.pack.model import Field
from suchang.web.languages import gettext, is_english

_CATALOGUES = {
    ("contributions", "code"): ("contribution_kinds",),
    ("titles", "issuer"): ("title_issuers",),
    ("skills", "issuer"): ("skill_issuers",),
    ("honours", "code"): ("categories",),
    ("positions", "code"): ("categories",),
    ("nominations", "code"): ("nominators",),
    ("awards", "code"): ("worlds_medals", "national_skill_prizes", "postdoc_contest_prizes"),
    ("qualifications", "code"): ("intl_senior", "intl_intermediate", "vocational_qualifications"),
}
"""Which catalogues list the codes of a field."""


@dataclass(frozen=True)
class Input:
    """One input of a form; its kind is ``date``, ``number``, ``choice``, ``bool``, ``text`` or ``hidden``."""

    name: str
    kind: str
    label: str
    unit: str
    options: tuple[tuple[str, str], ...]
    value: str


@dataclass(frozen=True)
class FactForm:
    """What is asked for one fact: its name, the document that proves it, the inputs."""

    fact: str
    title: str
    document: str
    inputs: tuple[Input, ...]


def _lang() -> str:
    return "en" if is_english() else "zh"


def _options(pack: Pack, fact: str, field: Field) -> tuple[tuple[str, str], ...]:
    if field.type is Type.ENUM:
        return tuple((code, field.value_labels[code].text(_lang())) for code in field.values)
    names = _CATALOGUES.get((fact, field.name), ())
    entries = [entry for name in names if name in pack.catalogues for entry in pack.catalogues[name].entries]
    return tuple((entry.code, entry.label.text(_lang())) for entry in entries)


def _input(pack: Pack, fact: str, field: Field, name: str, preset: Any) -> Input | None:
    unit = field.unit.text(_lang()) if field.unit else ""
    label = field.label.text(_lang())
    options = _options(pack, fact, field)
    if field.type in {Type.ENUM, Type.CODE} and not options:
        return Input(name, "hidden", label, "", (), str(preset)) if preset is not None else None
    kinds = {Type.DATE: "date", Type.INTEGER: "number", Type.DECIMAL: "number", Type.BOOL: "bool"}
    kind = kinds.get(field.type, "choice" if options else "text")
    if field.type in {Type.CODE, Type.ENUM} and preset is not None and preset not in dict(options):
        return Input(name, "hidden", label, "", (), str(preset))
    value = "" if field.type is Type.DATE or preset is None else str(preset)
    return Input(name, kind, label, unit, options, value)


def form_for(pack: Pack, name: str, preset: Any = None) -> FactForm | None:
    """Make the form of a fact; of ``preset``, a value of it, codes are kept and dates are asked anew."""
    fact = pack.facts.get(name)
    if fact is None or fact.type is Type.CODES:
        return None
    record = preset[0] if isinstance(preset, list) and preset else {}
    if fact.type is Type.RECORDS:
        wanted = [one for one in fact.fields if not record or one.name in record]
        made = [_input(pack, name, one, f"{name}.{one.name}", record.get(one.name)) for one in wanted]
    else:
        made = [_input(pack, name, fact, name, preset)]
    inputs = tuple(one for one in made if one is not None)
    title = fact.label.text(_lang())
    return FactForm(name, title, fact.evidence.text(_lang()) if fact.evidence else title, inputs)


def _read(field: Field, text: str) -> Any:
    if field.type is Type.BOOL:
        return text == "yes"
    if not text:
        return None
    if field.type in {Type.INTEGER, Type.DECIMAL}:
        return int(text) if text.lstrip("-").isdigit() else text
    return text


def read_fact(pack: Pack, name: str, form: Mapping[str, str]) -> dict[str, Any]:
    """Read what a form says of a fact as the engine takes it; empty inputs say nothing."""
    fact: Fact = pack.facts[name]
    if fact.type is Type.RECORDS:
        found = {one.name: _read(one, form[key]) for one in fact.fields if (key := f"{name}.{one.name}") in form}
        record = {key: value for key, value in found.items() if value is not None}
        return {name: [record]} if record else {}
    value = _read(fact, form.get(name, ""))
    return {} if value is None else {name: value}


def document_title(pack: Pack, name: str) -> str:
    """Name the piece of evidence that proves a fact, in Chinese, as the office files it."""
    fact = pack.facts[name]
    return (fact.evidence or fact.label).zh


def yes_or_no() -> tuple[tuple[str, str], tuple[str, str]]:
    """Return the two answers to a question that asks whether."""
    return ("yes", gettext("是")), ("no", gettext("否"))
