"""Routes of verification, for partners."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from flask import g, request

from suchang.api.auth import collaborators
from suchang.api.blueprints import for_partners
from suchang.api.requests import answered, partner, retry_same_act
from suchang.api.schemas import NothingBody
from suchang.api.verification import answers, schemas
from suchang.workflows.verification import challenges, sandbox
from suchang.workflows.verification import verify as verifying

partners = for_partners("verification", "verification_partners")


def announced(view: Callable[..., Any]) -> Callable[..., Any]:
    """Let the verifications of several threads go to the database together: see ``group_commit.Coming``."""

    @wraps(view)
    def wrapper(*args: Any, **kwargs: Any) -> Any:
        # Read before, so that nobody waits for a slow sender.
        request.get_data()
        with collaborators().verifications.coming() as g.coming:
            return view(*args, **kwargs)

    return wrapper


@partners.post("/verifications")
@announced
@partners.arguments(schemas.VerificationBody)
@partners.response(200, answers.VerificationAnswer)
def verify(body: dict[str, Any]) -> Any:
    """Verify a presentation for a purpose; the verdict is the answer, also when it is a refusal."""
    if sandbox.is_sandbox(partner()):
        g.coming.withdraw()
        shown = {"presentation": body["presentation"], "purpose": body["purpose"]}
        return answered(sandbox.verify(collaborators(), partner(), **shown))
    return answered(verifying.verify(collaborators(), partner(), **body, coming=g.coming, retry=retry_same_act(body)))


@partners.post("/verifications/challenges")
@partners.arguments(NothingBody)
@partners.response(201, answers.DeskChallengeAnswer)
def issue_challenge(_body: dict[str, Any]) -> dict[str, Any]:
    """Get a nonce that the holder's phone must answer within a minute; for high-value redemptions."""
    return challenges.issue(collaborators(), partner())
