"""A loaded pack: frozen values, everything dated, nothing resolved to a day yet."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from suchang.eligibility.dates import OPEN_END
from suchang.eligibility.errors import PackProblem, Place
from suchang.eligibility.pack.condition_ast import Node


@dataclass(frozen=True, slots=True)
class Label:
    """A text in Chinese and English."""

    zh: str
    en: str

    def text(self, lang: str) -> str:
        """Return the text in a language: ``zh`` or ``en``."""
        return self.en if lang == "en" else self.zh


@dataclass(frozen=True, slots=True)
class Period:
    """Days from ``start`` to ``end``, both included; open ends are the first and last day of the calendar."""

    start: date = date.min
    end: date = OPEN_END

    def __contains__(self, day: date) -> bool:
        return self.start <= day <= self.end

    def overlaps(self, other: Period) -> bool:
        """Tell whether a day lies in both."""
        return self.start <= other.end and other.start <= self.end

    def covers(self, other: Period) -> bool:
        """Tell whether every day of the other lies in this one."""
        return self.start <= other.start and other.end <= self.end


ALWAYS = Period()


class Type(StrEnum):
    """Types of facts and of fields of items, as written in facts.yaml."""

    BOOL = "bool"
    INTEGER = "integer"
    DECIMAL = "decimal"
    DATE = "date"
    ENUM = "enum"
    CODE = "code"
    TEXT = "text"
    CODES = "list of codes"
    RECORDS = "list of records"


LISTS = frozenset({Type.CODES, Type.RECORDS})


class Status(StrEnum):
    """Whether a published document says so, or the pack's authors assume it."""

    OFFICIAL = "official"
    ASSUMPTION = "assumption"


class RuleKind(StrEnum):
    """What a rule does."""

    TIER = "tier"
    BASE = "base"
    EXCLUSION = "exclusion"
    WAIVER = "waiver"


class StatedBy(StrEnum):
    """Who may state a fact: the person, the employer, an officer, or a register that the system asks."""

    SELF = "self"
    EMPLOYER = "employer"
    OFFICER = "officer"
    REGISTER = "register"


class Check(StrEnum):
    """What checking a fact needs: to see the original, a register, the employer's word, a seal."""

    ORIGINAL = "original"
    REGISTER = "register"
    EMPLOYER = "employer"
    SEAL = "seal"


@dataclass(frozen=True, slots=True, eq=False)
class Field:
    """A named, typed value: a field of an item, or what a fact has in common with it."""

    name: str
    type: Type
    label: Label
    unit: Label | None
    values: tuple[str, ...]
    """The codes of an enumeration in declared order, lowest first; empty for the other types."""
    value_labels: Mapping[str, Label]
    ordered: bool
    place: Place
    stated_by: StatedBy
    """A field of an item has what is written there, else what its fact has."""
    check_by: tuple[Check, ...]
    """What an officer needs to confirm it; empty when nothing beside the statement is asked for."""


@dataclass(frozen=True, slots=True, eq=False)
class Fact(Field):
    """One fact about a person. A list of codes has one field named ``""``, so that lists are alike everywhere."""

    index: int
    kind: str
    evidence: Label | None
    changeable: bool
    effort: int
    register: bool
    """Kept by the system itself: absent means false. Only booleans can be."""
    fields: tuple[Field, ...]

    @property
    def is_list(self) -> bool:
        """Tell whether the fact holds items."""
        return self.type in LISTS

    def field_named(self, name: str) -> Field:
        """Find a field of the items; KeyError when there is none."""
        for each in self.fields:
            if each.name == name:
                return each
        raise KeyError(name)


@dataclass(frozen=True, slots=True)
class CatalogueEntry:
    """One line of a catalogue; a code may occur again for another period."""

    code: str
    label: Label
    period: Period
    source: str
    place: Place


@dataclass(frozen=True, slots=True, eq=False)
class Catalogue:
    """A dated list of codes."""

    id: str
    label: Label
    entries: tuple[CatalogueEntry, ...]
    place: Place

    def codes_on(self, day: date) -> frozenset[str]:
        """Return the codes that are listed on a day."""
        return frozenset(entry.code for entry in self.entries if day in entry.period)

    def periods(self) -> dict[str, tuple[Period, ...]]:
        """Return for every code the periods in which it is listed, earliest first."""
        found: dict[str, list[Period]] = {}
        for entry in self.entries:
            found.setdefault(entry.code, []).append(entry.period)
        return {code: tuple(sorted(each, key=lambda period: period.start)) for code, each in found.items()}


@dataclass(frozen=True, slots=True)
class ConditionVersion:
    """A named condition for a period."""

    id: str
    name: Label
    period: Period
    when: Node
    place: Place


@dataclass(frozen=True, slots=True)
class Source:
    """The place of a rule in a document."""

    document: str
    section: str


@dataclass(frozen=True, slots=True)
class RuleVersion:
    """A rule for a period; further versions of the same id are its amendments."""

    id: str
    kind: RuleKind
    tiers: tuple[str, ...]
    """Ids of tiers, best first; for kind tier exactly one."""
    track: str | None
    name: Label
    source: Source
    period: Period
    valid_for: str | None
    evidence: tuple[Label, ...]
    status: Status
    waives: tuple[str, ...]
    when: Node
    place: Place
    categories: tuple[str, ...] = ()
    """Codes of the pack's catalogue ``categories``: whom the documents mean by this rule."""


@dataclass(frozen=True, slots=True)
class Named:
    """A tier or a track with its name."""

    id: str
    name: Label


@dataclass(frozen=True, slots=True)
class Document:
    """A source document."""

    id: str
    title: Label
    number: str | None
    issued: date | None
    url: str | None


@dataclass(frozen=True, slots=True)
class Kinds:
    """Which kinds of facts may not be enough alone (破四唯), which carry no merit themselves, and which do.

    The defaults are the four of ten-actions 四(三); a pack may add to them, as plan-14-5 五(一) adds talent honours.
    Together they are all the kinds that a fact may have: a misspelt one would silence the check.
    """

    never_alone: tuple[str, ...] = ("paper", "degree", "seniority", "award")
    no_merit: tuple[str, ...] = ("identity", "place", "register")
    merit: tuple[str, ...] = (
        "contribution",
        "assessment",
        "nomination",
        "employment",
        "title",
        "skill",
        "qualification",
        "honour",
        "other",
    )

    @property
    def known(self) -> tuple[str, ...]:
        """All kinds."""
        return (*self.never_alone, *self.no_merit, *self.merit)


@dataclass(frozen=True, eq=False)
class Pack:
    """A policy pack, compared by identity. Mappings keep declared order; versions are sorted, never overlap."""

    id: str
    version: str
    """``sha256:`` and 64 hexadecimal digits over every file except cases/."""
    title: Label
    status: Status
    tiers: tuple[Named, ...]
    """Best first."""
    tracks: tuple[Named, ...]
    documents: Mapping[str, Document]
    facts: Mapping[str, Fact]
    catalogues: Mapping[str, Catalogue]
    conditions: Mapping[str, tuple[ConditionVersion, ...]]
    rules: Mapping[str, tuple[RuleVersion, ...]]
    remarks: tuple[PackProblem, ...] = ()
    """What is allowed but looks like an oversight: facts, conditions and catalogues that nothing uses."""
    kinds: Kinds = Kinds()
    root: str = ""
    """The folder it was loaded from, as given."""
