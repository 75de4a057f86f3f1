"""Request bodies of cards and dependants."""

from __future__ import annotations

from marshmallow import fields, validate

from suchang.api.parsing import Body, StrictBoolean, text
from suchang.api.schemas import IdentityBody, facts
from suchang.domain.lifecycle import CardReason
from suchang.domain.lifecycle.cards import REISSUES
from suchang.domain.vocabulary import Relation


class ReplacementBody(Body):
    """Why a card is replaced: lost or damaged."""

    because = fields.String(required=True, validate=validate.OneOf(sorted(one.value for one in REISSUES)))
    reason = text(max_length=2000)


class OwnReplacementBody(ReplacementBody):
    """Why one's own card is replaced, with the number of the identity document once more."""

    identity_number = text(max_length=40)


class DependantBody(Body):
    """A spouse, child or parent, with what proves it."""

    relation = fields.Enum(Relation, by_value=True, required=True)
    name = text(max_length=60)
    identity = fields.Nested(IdentityBody, required=True)
    born = fields.Date(load_default=None, allow_none=True)
    evidence = facts(required=True)
    guardian_consent = StrictBoolean(load_default=False)


class ConsentBody(Body):
    """Whether the guardian consents."""

    given = StrictBoolean(required=True)


class CardChangeBody(Body):
    """Why a card is suspended or revoked: a code and a sentence."""

    because = fields.Enum(CardReason, by_value=True, required=True)
    reason = text(max_length=2000)


class DependantDecisionBody(Body):
    """An officer's word on a declared dependant."""

    outcome = fields.String(required=True, validate=validate.OneOf(["confirm", "refuse"]))
    reason = text(max_length=2000)
