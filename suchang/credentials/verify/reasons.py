"""What a verification can answer."""

from __future__ import annotations

from enum import StrEnum


class Outcome(StrEnum):
    """The three answers of a verification."""

    ACCEPTED = "accepted"
    REFUSED = "refused"
    UNKNOWN = "unknown"


class Reason(StrEnum):
    """Why a presentation was refused, or why nothing certain can be said of it."""

    MALFORMED = "malformed"
    UNSUPPORTED_FORMAT = "unsupported_format"
    UNKNOWN_ISSUER = "unknown_issuer"
    UNKNOWN_KEY = "unknown_key"
    BAD_SIGNATURE = "bad_signature"
    EXPIRED = "expired"
    NOT_YET_VALID = "not_yet_valid"
    HOLDER_PROOF_MISSING = "holder_proof_missing"
    HOLDER_PROOF_INVALID = "holder_proof_invalid"
    STALE_PRESENTATION = "stale_presentation"
    REPLAYED = "replayed"
    REVOKED = "revoked"
    SUSPENDED = "suspended"
    OUT_OF_SCOPE = "out_of_scope"
    NOT_ENTITLED = "not_entitled"
    STATUS_UNKNOWN = "status_unknown"
    ONLINE_REQUIRED = "online_required"
    CLOCK_UNSURE = "clock_unsure"

    @property
    def outcome(self) -> Outcome:
        """Tell whether this reason refuses or leaves unknown."""
        return Outcome.UNKNOWN if self in _UNKNOWN else Outcome.REFUSED


_UNKNOWN = frozenset({Reason.STATUS_UNKNOWN, Reason.ONLINE_REQUIRED, Reason.CLOCK_UNSURE})


class Step(StrEnum):
    """The ten checks by name; their order is that of the definition."""

    SIZE = "size"
    UNPACK = "unpack"
    SHAPE = "shape"
    HEADERS = "headers"
    SIGNATURE = "signature"
    VALIDITY = "validity"
    HOLDER_PROOF = "holder_proof"
    STATUS = "status"
    PURPOSE = "purpose"
    REPLAY = "replay"

    @property
    def number(self) -> int:
        """Return the number of this check, 1 to 10."""
        return list(Step).index(self) + 1


class Refusal(Exception):
    """Leave a check early; never seen outside this package, the verifier turns it into a verdict."""

    def __init__(self, step: Step, reason: Reason) -> None:
        super().__init__(reason)
        self.step = step
        self.reason = reason
