"""A small Python client for partners: verify, redeem, work offline, settle.

    from suchang.client import OfflineQueue, PartnerApi

    with PartnerApi("https://card.example", client_id="cli_…", secret="…") as api:
        seen = api.verify(text_of_the_code, "medical")
        if seen.accepted:
            answer = api.redeem(seen.id, "medical.annual_checkup")

It needs httpx alone (and PyJWT with cryptography for signed assertions) and nothing else of this program.
"""

from __future__ import annotations

from suchang.client.api import Answer, PartnerApi, Verdict
from suchang.client.errors import ApiError, NotReachable
from suchang.client.offline import OfflineQueue, Report
from suchang.client.tokens import KeySigner

__all__ = ["Answer", "ApiError", "KeySigner", "NotReachable", "OfflineQueue", "PartnerApi", "Report", "Verdict"]
