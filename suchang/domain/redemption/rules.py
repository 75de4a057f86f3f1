"""The rules that every benefit item shares: who may use it, how it must be shown, on whose counter it is counted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from suchang.domain.clock import local_date
from suchang.domain.errors import NotFound
from suchang.domain.redemption import texts
from suchang.domain.redemption.arithmetic import remaining
from suchang.domain.redemption.codes import QuotaOf, RefusalReason, Scope
from suchang.domain.redemption.items import HOLDER, BenefitDomain, BenefitItem, Group
from suchang.domain.redemption.periods import Period, completed_years, period_at
from suchang.domain.redemption.service import ClaimKey, CounterKey, Dependant, Entitlement, Holder, Refusal, Usage
from suchang.domain.vocabulary import Assurance, Tier

GUARDIAN_CONSENT_UNDER = 14
"""Completed years; Personal Information Protection Law, article 31."""

_SCOPES = {
    Scope.PERSON: ("本人", "This person"),
    Scope.CHILD: ("该子女", "This child"),
    Scope.HOUSEHOLD: ("家庭", "The household"),
}


@dataclass(frozen=True, slots=True)
class Beneficiary:
    """Who is to have an item at a moment: the holder (dependant None) or one of the holder's dependants.

    ``day`` is the local day of the moment.
    """

    holder: Holder
    dependant: Dependant | None
    at: datetime
    day: date = field(init=False)

    def __post_init__(self) -> None:
        """Find the day once: every rule asks for it."""
        object.__setattr__(self, "day", local_date(self.at))

    @property
    def name(self) -> str:
        """Return ``holder`` or the dependant's id."""
        return HOLDER if self.dependant is None else self.dependant.id

    @property
    def subject(self) -> str:
        """Return the blind index of the person."""
        return self.holder.subject if self.dependant is None else self.dependant.subject


def beneficiary_of(holder: Holder, beneficiary: str, at: datetime) -> Beneficiary:
    """Find whom a request names; NotFound for anybody who isn't this holder's dependant."""
    if beneficiary == HOLDER:
        return Beneficiary(holder, None, at)
    found = holder.dependant(beneficiary)
    if found is None:
        raise NotFound("There is no such beneficiary on this card.")
    return Beneficiary(holder, found, at)


def standing(item: BenefitItem, who: Beneficiary) -> Refusal | None:
    """Say why somebody may not use an item on this local day, whatever was used before; None if they may."""
    return _standing(item, who, item.tiers_on(who.day))


def _standing(item: BenefitItem, who: Beneficiary, tiers: Mapping[Tier, int | None]) -> Refusal | None:
    if not who.holder.active:
        return refuse(RefusalReason.CARD_NOT_ACTIVE)
    if item.opens is not None and who.day < item.opens:
        return Refusal(RefusalReason.NOT_OPEN_YET, texts.not_open_yet(item.opens))
    if item.closes is not None and who.day >= item.closes:
        return Refusal(RefusalReason.CLOSED, texts.closed(item.closes))
    if who.holder.tier not in tiers:
        return Refusal(RefusalReason.TIER_NOT_ENTITLED, texts.tier_not_entitled(who.holder.tier, tiers))
    if who.dependant is not None:
        return _dependant_standing(item, who.dependant, who.day)
    return None if item.for_holder else Refusal(RefusalReason.RELATION_NOT_ALLOWED, texts.relation_not_allowed(item))


def _dependant_standing(item: BenefitItem, dependant: Dependant, day: date) -> Refusal | None:
    limit = item.ages.get(dependant.relation)
    if limit is None:
        return Refusal(RefusalReason.RELATION_NOT_ALLOWED, texts.relation_not_allowed(item))
    if limit.least is not None and limit.too_young(dependant.born, day):
        return Refusal(RefusalReason.TOO_YOUNG, texts.too_young(limit.least))
    if limit.under is not None and limit.too_old(dependant.born, day):
        return Refusal(RefusalReason.TOO_OLD, texts.too_old(limit.under))
    if completed_years(dependant.born, day) < GUARDIAN_CONSENT_UNDER and not dependant.guardian_consent:
        return refuse(RefusalReason.CONSENT_MISSING)
    return None


def presentation(
    item: BenefitItem, assurance: Assurance, *, document_seen: bool, deferred: bool, reserve: bool
) -> Refusal | None:
    """Say why an item may not be redeemed on this presentation; a print always needs a look at the document."""
    if assurance not in item.assurances:
        return refuse(RefusalReason.ASSURANCE_TOO_LOW)
    if (item.document_check or assurance is Assurance.PRINT) and not document_seen:
        return refuse(RefusalReason.DOCUMENT_NOT_SEEN)
    if deferred and item.offline_max is None:
        return refuse(RefusalReason.ONLINE_REQUIRED)
    if reserve and (item.reserve_ttl is None or deferred):
        return refuse(RefusalReason.RESERVATION_NOT_OFFERED)
    return None


def counter_keys(item: BenefitItem, who: Beneficiary, period: Period) -> tuple[CounterKey, ...]:
    """Return the counter that a use lies on, then those of the household that share its quota.

    Counters are of persons, never of cards or of dependants' rows.
    """
    own = who.subject if item.quota_of is QuotaOf.EACH else who.holder.subject
    others = who.holder.household if item.quota_of is QuotaOf.HOUSEHOLD else ()
    return tuple(CounterKey(subject, item.code, period.key) for subject in (own, *others))


def claim_keys(group: Group, who: Beneficiary, period: Period) -> tuple[ClaimKey, ...]:
    """Return what an exclusive choice is unique on, then those of the household that bind it too.

    A group by school stage takes the stage of the item's period.
    """
    own, others = (who.holder.subject, who.holder.household) if group.scope is Scope.HOUSEHOLD else (who.subject, ())
    within = period if group.period is period.kind else period_at(group.period, who.at)
    return tuple(ClaimKey(group.code, subject, within.key) for subject in (own, *others))


def entitlement(
    domain: BenefitDomain,
    item: BenefitItem,
    who: Beneficiary,
    period: Period,
    usage: Usage,
    *,
    objection: Refusal | None = None,
) -> Entitlement:
    """Explain one right in one period; ``objection`` is the domain's own and comes after the shared rules."""
    tier, tiers = who.holder.tier, item.tiers_on(who.day)
    quota = tiers.get(tier, 0)
    used = sum(usage.used.get(key, 0) for key in counter_keys(item, who, period)) if usage.used else 0
    left = remaining(quota, used)
    refusal = _standing(item, who, tiers) or objection or _excluded(domain, item, who, period, usage)
    if refusal is None and left == 0:
        refusal = replace(refuse(RefusalReason.QUOTA_EXHAUSTED), renews_at=period.ends)
    return Entitlement(
        item=item.code,
        name=item.name,
        beneficiary=who.name,
        unit=item.unit,
        period=period,
        quota=quota,
        used=used,
        remaining=left,
        why=texts.why(item, tier, quota) if refusal is None else refusal.text,
        renews=texts.renews(period),
        refusal=refusal,
    )


def excluded(domain: BenefitDomain, group: Group, chosen: str) -> Refusal:
    """Refuse because another item of the group was chosen."""
    other = domain.items.get(chosen)
    text = texts.excluded_by(other.name if other is not None else group.name, *_SCOPES[group.scope])
    return Refusal(RefusalReason.EXCLUDED_BY, text, excluded_by=chosen)


def refuse(reason: RefusalReason) -> Refusal:
    """Refuse for a reason that needs no particulars."""
    return Refusal(reason, texts.reason_text(reason))


def _excluded(
    domain: BenefitDomain, item: BenefitItem, who: Beneficiary, period: Period, usage: Usage
) -> Refusal | None:
    if item.group is None or not usage.chosen:
        return None
    chosen = [usage.chosen[key] for key in claim_keys(item.group, who, period) if key in usage.chosen]
    others = [one for one in chosen if one != item.code]
    return excluded(domain, item.group, others[0]) if others else None
