"""Signed credentials: keys, codec, presentation, verification, status lists; no framework, no database.

What a partner's own program needs is here by name; docs/verifying.md shows how to use it.
"""

from __future__ import annotations

from suchang.credentials.offline import OfflineVerifier
from suchang.credentials.offline_store import OfflineStore
from suchang.credentials.proof import Challenge, partner_audience
from suchang.credentials.purpose import Purpose
from suchang.credentials.reasons import Outcome, Reason
from suchang.credentials.refresh import Fetched, refresh
from suchang.credentials.ring import KeyRing, read_jwks
from suchang.credentials.verdict import Verdict
from suchang.credentials.verifier import Verifier
from suchang.credentials.wording import sentence

__all__ = [
    "Challenge",
    "Fetched",
    "KeyRing",
    "OfflineStore",
    "OfflineVerifier",
    "Outcome",
    "Purpose",
    "Reason",
    "Verdict",
    "Verifier",
    "partner_audience",
    "read_jwks",
    "refresh",
    "sentence",
]
