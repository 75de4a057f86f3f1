"""Request bodies of partners' onboarding, clients and webhooks."""

from __future__ import annotations

from marshmallow import fields, validate

from suchang.api.parsing import Body, StrictBoolean, integer, text


class SiteBody(Body):
    """A site."""

    name = text(max_length=120)
    city = text(max_length=6)


class PartnerBody(Body):
    """A new partner."""

    name = text(max_length=120)
    uscc = text(max_length=18)
    domains = fields.List(text(max_length=40), required=True, validate=validate.Length(1, 20))
    sites = fields.List(fields.Nested(SiteBody), load_default=list, validate=validate.Length(max=500))


class PartnerStateBody(Body):
    """Suspend or restore."""

    state = fields.String(required=True, validate=validate.OneOf(["active", "suspended"]))


class ClientBody(Body):
    """A new client of a partner."""

    name = text(max_length=120)
    scopes = fields.List(text(max_length=60), required=True, validate=validate.Length(1, 40))
    site = text(max_length=40, required=False, load_default=None, allow_none=True)
    jwks = fields.Dict(keys=fields.String(), values=fields.Raw(), load_default=None, allow_none=True)


class RotationBody(Body):
    """Whether the old secret ends at once."""

    at_once = StrictBoolean(load_default=False)


class ClientKeysBody(Body):
    """A set of public keys (RFC 7517)."""

    jwks = fields.Dict(keys=fields.String(), values=fields.Raw(), required=True)


class NetworksBody(Body):
    """Networks as CIDR."""

    networks = fields.List(text(max_length=50), required=True, validate=validate.Length(max=50))


class RateBody(Body):
    """How often a partner may call; null for the usual rate."""

    requests_per_minute = integer(validate=validate.Range(1, 10_000_000), required=True, allow_none=True)


class WebhookBody(Body):
    """Where a partner wants to be told."""

    url = text(max_length=500)


class OperatorBody(Body):
    """A new desk operator."""

    site = text(max_length=40)
    username = text(max_length=64)
    name = text(max_length=60)
    password = text(max_length=256)
    scopes = fields.List(text(max_length=60), required=True, validate=validate.Length(1, 40))
