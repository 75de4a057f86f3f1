"""Signed credentials: keys, codec, presentation, verification, status lists; no framework, no database.

What a partner's own program needs is here by name; docs/verifying.md shows how to use it.
"""

from __future__ import annotations

from suchang.credentials.token.holder_proof import Challenge, partner_audience
from suchang.credentials.verify.key_ring import KeyRing, read_jwks
from suchang.credentials.verify.offline_store import OfflineStore
from suchang.credentials.verify.offline_verifier import OfflineVerifier
from suchang.credentials.verify.purpose import Purpose
from suchang.credentials.verify.reasons import Outcome, Reason
from suchang.credentials.verify.refresh import Fetched, refresh
from suchang.credentials.verify.verdict import Verdict
from suchang.credentials.verify.verdict_texts import sentence
from suchang.credentials.verify.verifier import Verifier

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
