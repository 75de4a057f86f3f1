"""The answer of a verification, as a value."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from typing import NamedTuple

from suchang.credentials.token.claims import Claims
from suchang.credentials.verify.reasons import Outcome, Reason, Step
from suchang.domain.vocabulary import Assurance


class CheckResult(StrEnum):
    """How one of the ten checks ended."""

    PASSED = "passed"
    FAILED = "failed"
    UNSURE = "unsure"
    NOT_REACHED = "not_reached"
    NOT_ASKED = "not_asked"


class ReplayKey(NamedTuple):
    """What may be accepted once: the credential and the nonce of its proof, or the ``jti`` of an online code."""

    sub: str
    nonce: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """Accepted, refused with one reason, or unknown with one reason, and the moment that it speaks for.

    ``claims`` is there as soon as the issuer's signature is good (check 5), so that a refusal can be logged by ``sub``,
    and ``replay_key`` as soon as the holder's proof is; show nobody ``claims`` unless the outcome is accepted.
    ``proof_at`` is when the holder's phone made the proof, or the issuer the online code. ``step`` is the check that
    decided.
    """

    outcome: Outcome
    reason: Reason | None
    step: Step | None
    as_of: datetime
    claims: Claims | None = None
    replay_key: ReplayKey | None = None
    proof_at: datetime | None = None
    skipped: frozenset[Step] = field(default_factory=frozenset)

    @property
    def accepted(self) -> bool:
        """Tell whether the presentation was accepted."""
        return self.outcome is Outcome.ACCEPTED

    @property
    def assurance(self) -> Assurance | None:
        """Tell what kind of credential was shown, if its signature was good."""
        return None if self.claims is None else self.claims.assurance

    def checks(self) -> list[tuple[Step, CheckResult]]:
        """List the ten checks in order with how each ended."""
        result = []
        refused = self.outcome is Outcome.REFUSED
        reached = True
        for step in Step:
            state = CheckResult.PASSED if reached else CheckResult.NOT_REACHED
            if step in self.skipped:
                state = CheckResult.NOT_ASKED
            if step is self.step:
                state = CheckResult.FAILED if refused else CheckResult.UNSURE
                reached = not refused
            result.append((step, state))
        return result


def moment(seconds: int) -> datetime:
    """Return whole seconds since 1970 as an aware moment."""
    return datetime.fromtimestamp(seconds, UTC)
