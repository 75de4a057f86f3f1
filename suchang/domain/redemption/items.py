"""What a catalogue says: domains, exclusive groups and benefit items."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from suchang.domain.redemption.arithmetic import DEFAULT_REVERSAL_WINDOW
from suchang.domain.redemption.codes import Disclosure, PeriodKind, QuotaOf, Scope, Unit
from suchang.domain.redemption.periods import completed_years
from suchang.domain.vocabulary import Assurance, Relation, Text, Tier

HOLDER = "holder"
"""The beneficiary that is the holder; every other beneficiary is a dependant's id (``dep_…``)."""


@dataclass(frozen=True, slots=True)
class Source:
    """Where a limit comes from: a policy document and section, or an assumption with a remark."""

    document: str | None = None
    section: str | None = None
    assumption: str | None = None

    @property
    def assumed(self) -> bool:
        """Tell whether no document gives this limit."""
        return self.document is None


@dataclass(frozen=True, slots=True)
class AgeLimit:
    """Completed years, half-open: ``least <= age < under`` (None: no limit on that side)."""

    least: int | None = None
    under: int | None = None

    def holds(self, born: date, on: date) -> bool:
        """Tell whether someone born on a day is within the limit on a local day."""
        return not self.too_young(born, on) and not self.too_old(born, on)

    def too_young(self, born: date, on: date) -> bool:
        """Tell whether the lower limit is still ahead."""
        return self.least is not None and completed_years(born, on) < self.least

    def too_old(self, born: date, on: date) -> bool:
        """Tell whether the upper limit is reached."""
        return self.under is not None and completed_years(born, on) >= self.under


@dataclass(frozen=True, slots=True)
class DatedQuota:
    """The quotas of the tiers from a local day on; a tier that is not named has none, None is unlimited."""

    starts: date
    tiers: Mapping[Tier, int | None]


@dataclass(frozen=True, slots=True)
class Group:
    """An exclusive choice: of the items in the group one may be used in a period, by a person, child or household."""

    code: str
    scope: Scope
    period: PeriodKind
    name: Text


@dataclass(frozen=True, slots=True)
class BenefitItem:
    """One thing that a domain offers, as its catalogue describes it.

    ``code`` is ``<domain>.<item>``. ``quotas`` are in order of their first day. ``beneficiaries`` says whether the
    holder may use it; ``ages`` names the relations that may, with their limits. ``assurances`` are those accepted;
    ``document_check`` asks the desk to look at an identity document, which PRINT always needs. ``offline_max`` is the
    number of units that a desk may grant offline (None: never). ``max_status_age`` caps the age of the status list.
    ``reserve_ttl`` is None where nothing can be reserved. ``kind`` names the domain's way of redeeming it, and
    ``terms`` are the settings of that kind, already checked by it. ``sources`` has an entry for every limit.
    """

    code: str
    kind: str
    name: Text
    description: Text
    unit: Unit
    period: PeriodKind
    quotas: tuple[DatedQuota, ...]
    quota_of: QuotaOf
    for_holder: bool
    ages: Mapping[Relation, AgeLimit]
    assurances: frozenset[Assurance]
    discloses: frozenset[Disclosure]
    sources: Mapping[str, Source]
    document_check: bool = False
    group: Group | None = None
    offline_max: int | None = None
    max_status_age: timedelta | None = None
    reserve_ttl: timedelta | None = None
    reversal_window: timedelta = DEFAULT_REVERSAL_WINDOW
    partial: bool = False
    opens: date | None = None
    closes: date | None = None
    terms: Mapping[str, Any] = field(default_factory=dict)

    def tiers_on(self, day: date) -> Mapping[Tier, int | None]:
        """Return the quotas in force on a local day: those with the latest first day not after it, or none."""
        for quota in reversed(self.quotas):
            if quota.starts <= day:
                return quota.tiers
        return {}

    def admits(self, relation: Relation, born: date | None, day: date) -> bool:
        """Tell whether such a dependant may have it on a local day; without a birth date the relation alone counts."""
        limit = self.ages.get(relation)
        return limit is not None and (born is None or limit.holds(born, day))


@dataclass(frozen=True, slots=True)
class BenefitDomain:
    """One of the benefit domains: its place in the credential (``bit``), its items in catalogue order, its version.

    ``bit`` is published in the issuer's metadata and never reused. ``version`` is ``sha256:…`` of the catalogue.
    ``accepts`` are the kinds of credential that at least one item takes, the others are refused at the desk; ``told``
    is what at least one item lets a partner know.
    """

    slug: str
    bit: int
    name: Text
    description: Text
    items: Mapping[str, BenefitItem]
    version: str
    accepts: frozenset[Assurance] = field(init=False)
    told: frozenset[Disclosure] = field(init=False)

    def __post_init__(self) -> None:
        """Gather from the items what every verification asks of them all."""
        items = self.items.values()
        object.__setattr__(self, "accepts", frozenset(one for item in items for one in item.assurances))
        object.__setattr__(self, "told", frozenset(one for item in items for one in item.discloses))

    def serves(self, tier: Tier, relation: Relation | None, day: date, born: date | None = None) -> bool:
        """Tell whether any item is open to such a dependant of a tier on a local day, or to the holder (None).

        A holder shows the own card for the family too, so that every item of the tier counts. Of a dependant whose
        birth date is given the age on that day counts as well.
        """
        return any(
            tier in item.tiers_on(day) and (relation is None or item.admits(relation, born, day))
            for item in self.items.values()
        )


def domain_bits(
    domains: Mapping[str, BenefitDomain], tier: Tier, relation: Relation | None, day: date, born: date | None = None
) -> int:
    """Return the ``dom`` claim of a credential: one bit for every domain that serves this tier, relation and age."""
    return sum(1 << domain.bit for domain in domains.values() if domain.serves(tier, relation, day, born))
