"""Answers about credentials, devices and published keys."""

from __future__ import annotations

from suchang.api.answers import Answer, many, mapping, moment, string, whole


class ChallengeAnswer(Answer):
    """What a phone signs to register its key."""

    nonce = string()
    audience = string()


class DeviceAnswer(Answer):
    """A registered phone."""

    id = string()
    name = string()
    added_at = moment()


class CredentialAnswer(Answer):
    """A credential: an SD-JWT for a phone, or the text of a code."""

    assurance = string()
    expires_at = moment()
    sub = string(always=False)
    sd_jwt = string(always=False)
    presentation = string(always=False)


class PublicKey(Answer):
    """A public key, RFC 7517."""

    kty = string()
    crv = string()
    x = string()
    y = string()
    kid = string()
    alg = string(always=False)
    use = string(always=False)
    nbf = whole(always=False)
    exp = whole(always=False)


class KeySetAnswer(Answer):
    """The issuer's public keys, RFC 7517."""

    keys = many(PublicKey)
    issuer = string(always=False)
    iat = whole(always=False)
    domains = mapping(always=False)


class IssuerAnswer(Answer):
    """The issuer's metadata."""

    issuer = string()
    jwks_uri = string()
    benefit_domains = mapping()
