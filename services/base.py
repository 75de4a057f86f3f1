"""The shape that all benefit domains share: a catalogue, kinds of items, and the protocol on top of both.

A domain's ``service.py`` defines one ``Kind`` for each way of redeeming and lists them in its ``Service``; the
catalogue names the kind of each item, so that a new item is data. Everything here is pure.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any, ClassVar

from marshmallow import Schema, ValidationError, fields, validate

from services.catalogue import CatalogueInvalid, load_catalogue
from services.fields import Details, Fen, Flag, Strict
from suchang.domain.errors import FieldProblem, Invalid, NotFound
from suchang.domain.redemption import (
    BenefitDomain,
    BenefitItem,
    Charge,
    DetailField,
    DetailKind,
    Disclosure,
    Entitlement,
    Holder,
    Period,
    RedemptionRequest,
    Refusal,
    RefusalReason,
    ReversalRequest,
    Usage,
    arithmetic,
    period_at,
    rules,
)
from suchang.domain.redemption.rules import Beneficiary
from suchang.domain.vocabulary import Assurance, Text

Loaded = Mapping[str, Any]
"""Details or terms as their schema read them."""

_DOCUMENT_SEEN = "identity_document_seen"
_DOCUMENT_LABEL = Text("已查验身份证件原件", "Identity document seen")


@dataclass(frozen=True, slots=True)
class Use:
    """One use asked for: of an item, by somebody at a moment, with details as the kind's schema read them."""

    item: BenefitItem
    who: Beneficiary
    details: Loaded


class Kind:
    """One way of redeeming. As it stands: no details, one unit, the item's calendar period, nothing recorded."""

    details: ClassVar[type[Schema]] = Details
    terms: ClassVar[type[Schema]] = Strict

    def units(self, use: Use) -> int:
        """Return the units that a use takes, in the item's unit."""
        return 1

    def period(self, use: Use) -> Period:
        """Return the period in which a use counts."""
        return period_at(use.item.period, use.who.at)

    def periods(self, item: BenefitItem, who: Beneficiary) -> tuple[Period, ...]:
        """Return the periods in which somebody may look at an entitlement."""
        return (period_at(item.period, who.at),)

    def bar(self, item: BenefitItem, who: Beneficiary, period: Period) -> Refusal | None:
        """Say why the domain keeps somebody from an item in a period, whatever the details."""
        return None

    def objection(self, use: Use) -> Refusal | None:
        """Say why the details don't meet the item's terms."""
        return None

    def record(self, use: Use) -> Mapping[str, str | int | bool]:
        """Return what the ledger keeps of the details: what settlement and disputes need, nothing about the person."""
        return {}


def demand(met: bool, zh: str, en: str) -> Refusal | None:
    """Refuse in these words unless a term of the item is met."""
    return None if met else Refusal(RefusalReason.TERMS_NOT_MET, Text(zh, en))


class CatalogueService:
    """A ``BenefitService`` made of a catalogue and kinds."""

    kinds: ClassVar[Mapping[str, Kind]] = {"plain": Kind()}

    def __init__(self, catalogue: Path) -> None:
        """Load and check the catalogue; raises CatalogueInvalid."""
        domain, document = load_catalogue(catalogue)
        items = dict(domain.items)
        for code, item in items.items():
            where = ("items", code.partition(".")[2])
            kind = self.kinds.get(item.kind)
            if kind is None:
                document.problem((*where, "kind"), f"kind: {item.kind} is none of {', '.join(sorted(self.kinds))}")
                continue
            try:
                items[code] = replace(item, terms=kind.terms().load(item.terms))
            except ValidationError as error:
                document.errors(error.messages, (*where, "terms"))
        if document.problems:
            raise CatalogueInvalid(document.problems)
        self._domain = replace(domain, items=items)
        self.document = document

    @property
    def domain(self) -> BenefitDomain:
        """Return the domain with its items."""
        return self._domain

    def entitlements(self, holder: Holder, usage: Usage, at: datetime) -> tuple[Entitlement, ...]:
        """List the rights of the holder and of each dependant whose relation an item names."""
        everyone = [rules.Beneficiary(holder, one, at) for one in (None, *holder.dependants)]
        return tuple(
            right
            for item in self._domain.items.values()
            for who in everyone
            if (item.for_holder if who.dependant is None else who.dependant.relation in item.ages)
            for right in self._rights(item, self.kinds[item.kind], who, usage)
        )

    def check(self, item: str, beneficiary: str, holder: Holder, usage: Usage, at: datetime) -> tuple[Entitlement, ...]:
        """Return the rights of one beneficiary to one item, one for each period that the kind looks at."""
        described, kind = self._find(item)
        return tuple(self._rights(described, kind, rules.beneficiary_of(holder, beneficiary, at), usage))

    def _rights(self, item: BenefitItem, kind: Kind, who: Beneficiary, usage: Usage) -> list[Entitlement]:
        return [
            rules.entitlement(self._domain, item, who, period, usage, objection=kind.bar(item, who, period))
            for period in kind.periods(item, who)
        ]

    def redeem(self, request: RedemptionRequest) -> Charge | Refusal:
        """Say what a request charges, or why it may not be; raises Invalid where the details are wrong."""
        item, kind = self._find(request.item)
        who = rules.beneficiary_of(request.holder, request.beneficiary, request.at)
        refusal = rules.standing(item, who)
        if refusal is not None:
            return refusal
        details, seen = _read(kind.details, request.details)
        refusal = rules.presentation(
            item, request.assurance, document_seen=seen, deferred=request.deferred, reserve=request.reserve
        )
        use = Use(item, who, details)
        period = kind.period(use)
        units = kind.units(use)
        refusal = refusal or kind.bar(item, who, period) or kind.objection(use)
        if refusal is None and request.deferred and item.offline_max is not None and units > item.offline_max:
            refusal = rules.refuse(RefusalReason.ONLINE_REQUIRED)
        if refusal is not None:
            return refusal
        keys = rules.counter_keys(item, who, period)
        claims = () if item.group is None else rules.claim_keys(item.group, who, period)
        return Charge(
            key=keys[0],
            linked_keys=keys[1:],
            unit=item.unit,
            units=units,
            quota=item.tiers_on(who.day)[request.holder.tier],
            period=period,
            version=self._domain.version,
            claim=claims[0] if claims else None,
            linked_claims=claims[1:],
            partial=item.partial,
            provisional=request.deferred,
            reserve_ttl=item.reserve_ttl if request.reserve else None,
            record=kind.record(use),
        )

    def reverse(self, request: ReversalRequest) -> int | Refusal:
        """Say how many units a reversal restores, or why none."""
        item, _ = self._find(request.item)
        units = arithmetic.reverse(
            request.units,
            request.reversed_before,
            request.asked,
            unit=item.unit,
            redeemed_at=request.redeemed_at,
            now=request.at,
            window=item.reversal_window,
            undo=request.undo,
        )
        return rules.refuse(units) if isinstance(units, RefusalReason) else units

    def discloses(self, item: str) -> frozenset[Disclosure]:
        """Say what a partner that asks for this item may be told."""
        return self._find(item)[0].discloses

    def details(self, item: str) -> tuple[DetailField, ...]:
        """Describe the details that a redemption of this item needs."""
        described, kind = self._find(item)
        asked = [_describe(name, field) for name, field in kind.details().fields.items()]
        if described.document_check or Assurance.PRINT in described.assurances:
            asked.append(
                DetailField(_DOCUMENT_SEEN, DetailKind.CONFIRMATION, _DOCUMENT_LABEL, described.document_check)
            )
        return tuple(asked)

    def _find(self, code: str) -> tuple[BenefitItem, Kind]:
        item = self._domain.items.get(code)
        if item is None:
            raise NotFound("There is no such benefit item.")
        return item, self.kinds[item.kind]


def _read(schema: type[Schema], details: Mapping[str, object]) -> tuple[Loaded, bool]:
    seen = details.get(_DOCUMENT_SEEN, False)
    rest = {name: value for name, value in details.items() if name != _DOCUMENT_SEEN}
    problems = [] if isinstance(seen, bool) else [FieldProblem(f"details.{_DOCUMENT_SEEN}", "Not true or false.")]
    try:
        loaded: Loaded = schema().load(rest)
    except ValidationError as error:
        messages = error.messages_dict.items()
        problems += [FieldProblem(f"details.{name}", " ".join(map(str, said))) for name, said in messages]
    if problems:
        raise Invalid("The details of the redemption are not as this item needs them.", errors=problems)
    return loaded, seen is True


def _describe(name: str, field: fields.Field[Any]) -> DetailField:
    label = Text(field.metadata["zh"], field.metadata["en"])
    checks = [check for check in field.validators if isinstance(check, validate.OneOf)]
    if checks:
        return DetailField(name, DetailKind.CHOICE, label, field.required, tuple(checks[0].choices))
    kinds = ((Fen, DetailKind.MONEY), (Flag, DetailKind.CONFIRMATION), (fields.Date, DetailKind.DATE))
    for type_, kind in (*kinds, (fields.Integer, DetailKind.COUNT)):
        if isinstance(field, type_):
            return DetailField(name, kind, label, field.required)
    return DetailField(name, DetailKind.TEXT, label, field.required)
