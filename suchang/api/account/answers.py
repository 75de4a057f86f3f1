"""Answers about sign-in, sessions, passkeys and second factors."""

from __future__ import annotations

from marshmallow import fields

from suchang.api.answers import Answer, flag, many, mapping, moment, one, string, whole


class CodeSentAnswer(Answer):
    """How long a code counts; in demo mode the code itself."""

    expires_in = whole()
    code = string(always=False)


class SignedInAnswer(Answer):
    """A bearer token."""

    token = string()
    subject = string()
    expires_in = whole()


class OfficerAnswer(Answer):
    """The signed-in officer."""

    id = string()
    name = string()
    roles = many(fields.String)
    city = string(null=True)


class TotpAnswer(Answer):
    """A new second factor, shown once."""

    invitation = string()
    good_until = string()


class SessionItem(Answer):
    """Where somebody is signed in."""

    id = string()
    client = string(null=True)
    method = string()
    signed_in_at = moment()
    last_seen_at = moment()
    here = flag()


class SessionsAnswer(Answer):
    """Where somebody is signed in."""

    items = many(SessionItem)


class EndedAnswer(Answer):
    """How many sessions ended."""

    ended = whole()


class PasskeyAnswer(Answer):
    """A passkey."""

    id = string()
    name = string()
    added_at = moment()
    last_used_at = moment(null=True)
    backed_up = flag()


class PasskeysAnswer(Answer):
    """Passkeys."""

    items = many(PasskeyAnswer)


class PasskeyOptionsAnswer(Answer):
    """Options for ``navigator.credentials``, as WebAuthn's JSON names them."""

    challenge = string()
    timeout = whole()
    allowCredentials = fields.List(fields.Dict(), required=False)  # noqa: N815 - the standard's name
    excludeCredentials = fields.List(fields.Dict(), required=False)  # noqa: N815
    pubKeyCredParams = fields.List(fields.Dict(), required=False)  # noqa: N815
    authenticatorSelection = mapping(always=False)  # noqa: N815
    userVerification = string(always=False)  # noqa: N815
    attestation = string(always=False)
    rpId = string(always=False)  # noqa: N815
    rp = mapping(always=False)
    user = mapping(always=False)
    hints = fields.List(fields.String(), required=False)
    extensions = mapping(always=False)


class RecoveryDocument(Answer):
    """An identity document."""

    type = string()
    number = string()


class Recovery(Answer):
    """A request that waits for a second officer."""

    id = string()
    name = string(null=True)
    city = string(null=True)
    document = one(RecoveryDocument)
    old_phone = string(null=True)
    new_phone = string()
    reason = string()
    asked_by = string()
    asked_at = moment()
    good_until = moment()
    can_confirm = flag()


class RecoveriesAnswer(Answer):
    """Requests that wait for a second officer."""

    items = many(Recovery)
