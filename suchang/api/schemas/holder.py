"""Request bodies of applicants and holders, for themselves and their dependants."""

from __future__ import annotations

from marshmallow import fields, validate

from suchang.api.parsing import Body, StrictBoolean, text
from suchang.api.schemas.common import IdentityBody, ReplacementBody, facts
from suchang.domain.vocabulary import Relation


class PrecheckBody(Body):
    """Facts to determine by."""

    facts = facts(required=True)


class MeBody(Body):
    """Who somebody is."""

    name = text(max_length=60)
    identity = fields.Nested(IdentityBody, required=True)
    city = text(max_length=6, required=False)
    language = fields.String(validate=validate.OneOf(["zh", "en"]))


class EmailBody(Body):
    """An address for messages; null forgets it."""

    email = text(max_length=254, allow_none=True)


class ApplicationBody(Body):
    """A new application."""

    city = text(max_length=6)
    employer = text(max_length=18, required=False, allow_none=True, load_default=None)
    facts = facts(required=False)


class EvidenceBody(Body):
    """A piece of evidence: a title and the facts that it proves."""

    title = text(max_length=120)
    facts = facts(required=True)


class DeviceKeyBody(Body):
    """A P-256 public key."""

    kty = fields.String(required=True, validate=validate.Equal("EC"))
    crv = fields.String(required=True, validate=validate.Equal("P-256"))
    x = text(max_length=64)
    y = text(max_length=64)


class DeviceBody(Body):
    """A phone: its name, its public key, and the signed challenge."""

    name = text(max_length=60)
    jwk = fields.Nested(DeviceKeyBody, required=True)
    proof = text(max_length=2048)


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
