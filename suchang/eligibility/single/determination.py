"""What the engine answers about one person on one day: a value with everything that an explanation needs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, NamedTuple

from suchang.eligibility.canonical import canonical_ascii_keys
from suchang.eligibility.in_force.rules_in_force import RuleInForce, RulesInForce
from suchang.eligibility.single.record import Record

if TYPE_CHECKING:
    from suchang.eligibility.explain.determination_text import Wording

FORMAT = 1
"""Raised when a reader of stored determinations must tell them apart."""


class Met(NamedTuple):
    """A rule that gives a tier, with the numbers of the atoms that prove it and the waivers that were used."""

    rule: RuleInForce
    proof: tuple[int, ...]
    waivers: tuple[str, ...]


class Open(NamedTuple):
    """A rule that can't be settled yet, with a smallest set of facts that could settle it in the person's favour."""

    rule: RuleInForce
    needs: tuple[str, ...]


class Near(NamedTuple):
    """The nearest rule of a better tier, with its cost and the atoms that are missing."""

    rule: RuleInForce
    cost: int
    missing: tuple[int, ...]
    wanted: tuple[bool, ...]
    """Whether each missing atom should become true; an exclusion's should become false."""


@dataclass(frozen=True, slots=True, eq=False)
class Determination:
    """The engine's result; never a decision."""

    edition: RulesInForce
    record: Record
    on: date
    tier: str | None
    possible_tier: str | None
    met: tuple[Met, ...]
    unknown: tuple[Open, ...]
    nearest_miss: tuple[Near, ...]
    wording: Wording
    status: dict[str, bool | None] | None = None
    """The value of every rule of the pack, when asked for."""

    @property
    def rule(self) -> RuleInForce | None:
        """The deciding rule: the first that is met."""
        return self.met[0].rule if self.met else None

    def to_json(self, lang: str = "zh") -> dict[str, Any]:
        """Return the determination as a JSON value with texts in a language (``zh`` or ``en``)."""
        rule, say = self.rule, self.wording
        answer: dict[str, Any] = {
            "format": FORMAT,
            "pack": self.edition.pack.id,
            "version": self.edition.pack.version,
            "on": self.on.isoformat(),
            "tier": self.tier,
            "possible_tier": self.possible_tier,
            "track": rule.version.track if rule else None,
            "rule": rule.id if rule else None,
            "valid_for": rule.version.valid_for if rule else None,
            "met": [self._met(each, lang) for each in self.met],
            "unknown": [
                {"rule": each.rule.id, "tier": each.rule.version.tiers[0], "needs": list(each.needs)}
                for each in self.unknown
            ],
            "nearest_miss": [
                {
                    "rule": each.rule.id,
                    "tier": each.rule.version.tiers[0],
                    "missing": [
                        say.missing(atom, wanted, self.record, lang)
                        for atom, wanted in zip(each.missing, each.wanted, strict=True)
                    ],
                }
                for each in self.nearest_miss
            ],
        }
        if self.status is not None:
            answer["status"] = dict(self.status)
        return answer

    def _met(self, met: Met, lang: str) -> dict[str, Any]:
        source = met.rule.version.source
        answer: dict[str, Any] = {
            "rule": met.rule.id,
            "tier": met.rule.version.tiers[0],
            "source": {"document": source.document, "section": source.section},
            "because": [self.wording.because(atom, self.record, lang) for atom in met.proof],
        }
        if met.waivers:
            answer["waivers"] = list(met.waivers)
        return answer

    def canonical(self, lang: str = "zh") -> bytes:
        """Return the bytes that are stored and compared: RFC 8785 JSON and one LF."""
        # Every key is an id or a name of a pack (ASCII), and decimals are texts.
        return canonical_ascii_keys(self.to_json(lang)) + b"\n"
