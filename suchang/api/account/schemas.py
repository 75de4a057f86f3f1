"""Request bodies of the ways to sign in, and of what is done to them."""

from __future__ import annotations

from marshmallow import fields, validate

from suchang.api.parsing import Body, StrictBoolean, text
from suchang.api.schemas import IdentityBody

_BASE64URL = validate.Regexp(r"[A-Za-z0-9_-]*\Z", error="This is not base64url without padding.")


class CodeRequestBody(Body):
    """A phone that wants a one-time code."""

    phone = text(max_length=24)


class CodeSignInBody(Body):
    """A phone and the code that it got."""

    phone = text(max_length=24)
    code = text(max_length=12)


class OfficerSignInBody(Body):
    """An officer's user name, password and TOTP."""

    username = text(max_length=64)
    password = text(max_length=1024)
    totp = text(max_length=8)


class DeskSignInBody(Body):
    """A desk operator's user name and password."""

    username = text(max_length=64)
    password = text(max_length=1024)


class ResetBody(Body):
    """Why somebody needs a new second factor."""

    reason = text(max_length=500)


def base64url(*, max_length: int, required: bool = True) -> fields.String:
    """Make a field for bytes as WebAuthn's JSON writes them."""
    return fields.String(required=required, validate=[validate.Length(max=max_length), _BASE64URL])


class AttestationBody(Body):
    """What an authenticator answered to a registration (WebAuthn, AuthenticatorAttestationResponseJSON)."""

    clientDataJSON = base64url(max_length=8_000)  # noqa: N815 - the standard's name
    attestationObject = base64url(max_length=40_000)  # noqa: N815
    transports = fields.List(text(max_length=20), load_default=list, validate=validate.Length(max=10))


class AssertionBody(Body):
    """What an authenticator answered to a sign-in (WebAuthn, AuthenticatorAssertionResponseJSON)."""

    clientDataJSON = base64url(max_length=8_000)  # noqa: N815
    authenticatorData = base64url(max_length=8_000)  # noqa: N815
    signature = base64url(max_length=4_000)
    userHandle = base64url(max_length=200)  # noqa: N815


class NewKeyBody(Body):
    """A new public-key credential."""

    id = base64url(max_length=2_000)
    rawId = base64url(max_length=2_000)  # noqa: N815
    type = fields.String(required=True, validate=validate.Equal("public-key"))
    response = fields.Nested(AttestationBody, required=True)


class KeyAnswerBody(NewKeyBody):
    """A public-key credential that signed a challenge."""

    response = fields.Nested(AssertionBody, required=True)


class PasskeyBody(Body):
    """A passkey to add: what its owner calls it, and what the browser answered."""

    name = text(max_length=40)
    credential = fields.Nested(NewKeyBody, required=True)


class PasskeySignInBody(Body):
    """A sign-in by passkey."""

    credential = fields.Nested(KeyAnswerBody, required=True)


class EndSessionsBody(Body):
    """Which of one's own sessions end: all others, or all."""

    which = fields.String(required=True, validate=validate.OneOf(["others", "all"]))


class OidcLinkBody(Body):
    """The subject of an account as the sign-in service gives it."""

    subject = text(max_length=255)


class RecoveryBody(Body):
    """Another phone number for the holder of an identity document, seen together with the person."""

    identity = fields.Nested(IdentityBody, required=True)
    phone = text(max_length=24)
    reason = text(max_length=500)
    document_seen = StrictBoolean(required=True)
