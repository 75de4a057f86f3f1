"""Identifiers: a readable prefix and 130 random bits.

The random part is 26 characters of Crockford's base 32 in lower case (no i, l, o, u), so that an identifier can be read
out over a telephone, and so that guessing one is hopeless.
"""

from __future__ import annotations

import re
import secrets
from typing import NewType

PersonId = NewType("PersonId", str)
DependantId = NewType("DependantId", str)
EmployerId = NewType("EmployerId", str)
OfficerId = NewType("OfficerId", str)
EvidenceId = NewType("EvidenceId", str)
ApplicationId = NewType("ApplicationId", str)
DeterminationId = NewType("DeterminationId", str)
ReviewId = NewType("ReviewId", str)
DecisionId = NewType("DecisionId", str)
CardId = NewType("CardId", str)
CredentialId = NewType("CredentialId", str)
DeviceId = NewType("DeviceId", str)
PartnerId = NewType("PartnerId", str)
ClientId = NewType("ClientId", str)
SiteId = NewType("SiteId", str)
VerificationId = NewType("VerificationId", str)
RedemptionId = NewType("RedemptionId", str)
AuditId = NewType("AuditId", str)

_CROCKFORD = b"0123456789abcdefghjkmnpqrstvwxyz" * 8
"""A character for each byte; eight bytes share one, so that random bytes give characters that are as random."""

_SHAPE = re.compile(r"[a-z]{2,4}_[0-9a-hjkmnp-tv-z]{26}\Z")


def new_id(prefix: str) -> str:
    """Make an identifier such as ``app_3v9…``: the prefix, ``_`` and 130 random bits in 26 characters."""
    return f"{prefix}_{secrets.token_bytes(26).translate(_CROCKFORD).decode()}"


def is_id(text: str, prefix: str) -> bool:
    """Tell whether a text has the shape of an identifier with this prefix; no look-up."""
    return text.startswith(prefix + "_") and _SHAPE.match(text) is not None
