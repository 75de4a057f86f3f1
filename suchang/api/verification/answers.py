"""Answers about verifications."""

from __future__ import annotations

from suchang.api.answers import Answer, TwoLanguages, day, flag, many, moment, one, string, whole


class ShownCard(Answer):
    """A card, as far as the domain discloses it."""

    tier = string(null=True)
    name = string(null=True)
    valid_until = day(null=True)
    relation = string(null=True)
    principal = string(null=True)


class Entitlement(Answer):
    """A right to a benefit item."""

    item = string()
    name = string()
    name_en = string()
    beneficiary = string()
    unit = string()
    remaining = whole(null=True)
    period_ends = day(null=True)
    why = one(TwoLanguages)
    renews = one(TwoLanguages)
    relation = string(always=False)
    birth_year = whole(always=False)


class VerificationAnswer(Answer):
    """The verdict on a presentation."""

    id = string()
    outcome = string()
    reason = string(null=True)
    as_of = moment()
    mode = string()
    assurance = string(null=True)
    card = one(ShownCard, null=True)
    entitlements = many(Entitlement)
    sandbox = flag(always=False)


class DeskChallengeAnswer(Answer):
    """A nonce that the holder's phone must answer."""

    nonce = string()
    audience = string()
    expires_in = whole()
