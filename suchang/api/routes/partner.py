"""Routes for partners: tokens, verifications, redemptions."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from flask import Response, g, json, request

from suchang.api import auth, schemas
from suchang.api.auth import collaborators
from suchang.api.parsing import Blueprint
from suchang.api.requests import answered, created, partner, query_text, retry
from suchang.domain.errors import DomainError, Invalid, Malformed, Unauthenticated
from suchang.workflows.partner import tokens
from suchang.workflows.redemption import confirm_release_reverse
from suchang.workflows.redemption import redeem as redemptions
from suchang.workflows.verification import challenges, sandbox
from suchang.workflows.verification import verify as verifying

oauth = Blueprint("oauth", __name__, url_prefix="/oauth", description="Access tokens for partners")
oauth.before_request(auth.anyone())

blueprint = Blueprint("partner", __name__, url_prefix="/api/v1", description="For partners")
blueprint.before_request(auth.partner())

MAX_FORM = 16 * 1024


def _oauth_error(error: DomainError) -> Response:
    """Answer as RFC 6749 section 5.2 tells."""
    status = 401 if isinstance(error, Unauthenticated) else 400
    body = {"error": error.code, "error_description": error.detail, "code": error.code, "status": status}
    response = Response(json.dumps(body), status, content_type="application/problem+json")
    response.headers["Cache-Control"] = "no-store"
    if status == 401:
        response.headers["WWW-Authenticate"] = 'Basic realm="suchang"'
    return response


@oauth.post("/token")
def token() -> Response:
    """Grant an access token (client credentials) by HTTP Basic or private_key_jwt."""
    try:
        answer = _grant()
    except (Unauthenticated, Invalid, Malformed) as error:
        return _oauth_error(error)
    response = Response(json.dumps(answer), 200, content_type="application/json")
    response.headers["Cache-Control"] = "no-store"
    return response


def _grant() -> dict[str, Any]:
    if (request.content_length or 0) > MAX_FORM or request.mimetype != "application/x-www-form-urlencoded":
        raise Malformed("Send a small application/x-www-form-urlencoded body.", code="invalid_request")
    form = request.form
    if any(len(values) > 1 for values in form.to_dict(flat=False).values()):
        raise Malformed("A parameter was sent twice.", code="invalid_request")
    if form.get("grant_type") != "client_credentials":
        raise Invalid("The grant type must be client_credentials.", code="unsupported_grant_type")
    given = request.authorization
    basic = None
    if given is not None and given.type == "basic":
        basic = (given.username or "", given.password or "")
    assertion = None
    if "client_assertion" in form:
        assertion = (form.get("client_assertion_type"), form["client_assertion"])
    return tokens.grant_token(
        collaborators(),
        basic=basic,
        assertion=assertion,
        scope=form.get("scope"),
        token_endpoint=f"{collaborators().issuer}/oauth/token",
        address=request.remote_addr,
    )


def announced(view: Callable[..., Any]) -> Callable[..., Any]:
    """Let the verifications of several threads go to the database together: see ``group_commit.Coming``."""

    @wraps(view)
    def wrapper(*args: Any, **kwargs: Any) -> Any:
        # Read before, so that nobody waits for a slow sender.
        request.get_data()
        with collaborators().verifications.coming() as g.coming:
            return view(*args, **kwargs)

    return wrapper


@blueprint.post("/verifications")
@announced
@blueprint.arguments(schemas.partner.VerificationBody)
def verify(body: dict[str, Any]) -> Any:
    """Verify a presentation for a purpose; the verdict is the answer, also when it is a refusal."""
    if sandbox.is_sandbox(partner()):
        g.coming.withdraw()
        shown = {"presentation": body["presentation"], "purpose": body["purpose"]}
        return answered(sandbox.verify(collaborators(), partner(), **shown))
    return answered(verifying.verify(collaborators(), partner(), **body, coming=g.coming, retry=retry()))


@blueprint.post("/verifications/challenges")
@blueprint.arguments(schemas.common.NothingBody)
@blueprint.response(201)
def challenge(_body: dict[str, Any]) -> dict[str, Any]:
    """Get a nonce that the holder's phone must answer within a minute; for high-value redemptions."""
    return challenges.issue(collaborators(), partner())


@blueprint.post("/redemptions")
@blueprint.arguments(schemas.partner.RedemptionBody)
def redeem(body: dict[str, Any]) -> Any:
    """Redeem or reserve an item on a verification of the last ten minutes."""
    if sandbox.is_sandbox(partner()):
        asked = {name: body[name] for name in ("item", "beneficiary", "details", "reserve")}
        return created(sandbox.redeem(collaborators(), partner(), verification_id=body["verification"], **asked))
    return created(
        redemptions.redeem(
            collaborators(),
            partner(),
            verification_id=body["verification"],
            item=body["item"],
            beneficiary=body["beneficiary"],
            details=body["details"],
            reserve=body["reserve"],
            retry=retry(),
        )
    )


@blueprint.post("/redemptions/<redemption_id>/confirmation")
@blueprint.arguments(schemas.partner.ConfirmationBody)
def confirm(body: dict[str, Any], redemption_id: str) -> Any:
    """Confirm a reservation, wholly or in part."""
    return created(
        confirm_release_reverse.confirm(collaborators(), partner(), redemption_id, units=body["units"], retry=retry())
    )


@blueprint.post("/redemptions/<redemption_id>/release")
@blueprint.arguments(schemas.partner.ReleaseBody)
def release(body: dict[str, Any], redemption_id: str) -> Any:
    """Return a reservation back."""
    return created(
        confirm_release_reverse.release(collaborators(), partner(), redemption_id, reason=body["reason"], retry=retry())
    )


@blueprint.post("/redemptions/<redemption_id>/reversal")
@blueprint.arguments(schemas.partner.ReversalBody)
def reverse(body: dict[str, Any], redemption_id: str) -> Any:
    """Take a redemption back."""
    return created(
        confirm_release_reverse.reverse(
            collaborators(), partner(), redemption_id, reason=body["reason"], units=body["units"], retry=retry()
        )
    )


@blueprint.get("/redemptions")
@blueprint.response(200)
def list_redemptions() -> dict[str, Any]:
    """List your own lines of the ledger, newest first."""
    return redemptions.list_own(collaborators(), partner(), cursor=query_text("cursor"))
