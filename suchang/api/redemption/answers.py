"""Answers about benefits, entitlements, the ledger and settlement."""

from __future__ import annotations

from marshmallow import fields

from suchang.api.answers import Answer, TwoLanguages, flag, many, mapping, moment, one, string, whole
from suchang.api.verification.answers import Entitlement


class DetailField(Answer):
    """A detail that an item asks for."""

    name = string()
    kind = string()
    label = one(TwoLanguages)
    required = flag()
    choices = many(fields.String)


class BenefitItem(Answer):
    """A benefit item."""

    item = string()
    name = one(TwoLanguages)
    description = one(TwoLanguages)
    unit = string()
    period = string()
    quota = mapping()
    details = many(DetailField)
    assumption = flag()


class BenefitDomain(Answer):
    """A benefit domain."""

    domain = string()
    bit = whole()
    name = one(TwoLanguages)
    description = one(TwoLanguages)
    items = many(BenefitItem)


class BenefitsAnswer(Answer):
    """The benefit domains."""

    items = many(BenefitDomain)


class OwnEntitlement(Entitlement):
    """A right of the holder or the family."""

    domain = string()
    available = flag()
    quota = whole(null=True)
    used = whole()
    stage = string(null=True)
    why_not = one(TwoLanguages, null=True)


class OwnEntitlementsAnswer(Answer):
    """Rights of the holder and the family."""

    items = many(OwnEntitlement)


class RedemptionAnswer(Answer):
    """A line of the ledger."""

    id = string()
    kind = string()
    item = string()
    beneficiary = string()
    unit = string()
    units = whole()
    asked = whole(null=True)
    period = string()
    verification = string(null=True)
    origin = string(null=True)
    provisional = flag()
    details = mapping()
    expires_at = moment(null=True)
    at = moment()
    amount = string(always=False)
    sandbox = flag(always=False)


class RedemptionsAnswer(Answer):
    """A page of the ledger, newest first."""

    items = many(RedemptionAnswer)
    next = string(null=True)


class SettlementTotal(Answer):
    """An item's total."""

    item = string()
    unit = string()
    uses = whole()
    used = whole()
    reversals = whole()
    reversed = whole()
    net = whole()
    net_amount = string(null=True)
    conflicts = whole()


class SettlementConflict(Answer):
    """An offline use that did not fit."""

    conflict = string()
    at = moment()
    presented_at = moment()
    verification = string()
    item = string()
    beneficiary = string()
    reason = string()
    site = string(null=True)


class SettlementAnswer(Answer):
    """A partner's month."""

    partner = string()
    month = string()
    totals = many(SettlementTotal)
    lines = whole()
    conflicts = many(SettlementConflict)
