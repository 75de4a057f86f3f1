"""Request bodies of phones and codes."""

from __future__ import annotations

from marshmallow import fields, validate

from suchang.api.parsing import Body, text


class CredentialBody(Body):
    """Which kind of code is wanted."""

    assurance = fields.String(required=True, validate=validate.OneOf(["device", "online", "print"]))
    device = text(max_length=40, required=False)
    renew = fields.Boolean(load_default=False)


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
