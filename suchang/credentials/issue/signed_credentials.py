"""Signing credentials, one or many."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from suchang.credentials import json_objects
from suchang.credentials.issue.signer import Signer
from suchang.credentials.token.claims import Claims, read_claims
from suchang.credentials.token.codec import Part, Token
from suchang.credentials.token.encoding import b64url
from suchang.credentials.verify.reasons import Refusal
from suchang.domain.errors import Invalid

CREDENTIAL_TYP = "dc+sd-jwt"


class CredentialInvalid(Invalid):
    """The claims are not of the profile; nothing was signed."""

    slug = "credential_invalid"


def issue(claims: Claims, signer: Signer) -> Token:
    """Sign one credential; CredentialInvalid if a verifier would call it malformed."""
    return next(issue_many([claims], signer))


def issue_many(batch: Iterable[Claims], signer: Signer) -> Iterator[Token]:
    """Sign credentials one after another, each when it is asked for, so that a batch can commit and be cut anywhere.

    CredentialInvalid at the first claims that a verifier would call malformed.
    """
    header = json_objects.write({"alg": signer.alg, "typ": CREDENTIAL_TYP, "kid": signer.kid})
    start = b64url(header) + b"."
    for claims in batch:
        body = claims.payload()
        try:
            read_claims(body).check_profile()
        except Refusal as refusal:
            raise CredentialInvalid(f"These claims are not of the credential profile ({refusal.reason}).") from None
        payload = json_objects.write(body)
        yield Token(Part(header, payload, signer.sign(start + b64url(payload))))
