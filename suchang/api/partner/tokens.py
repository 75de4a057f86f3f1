"""The route of access tokens for partners (RFC 6749)."""

from __future__ import annotations

from typing import Any

from flask import Response, json, request

from suchang.api.auth import collaborators
from suchang.api.blueprints import for_anyone
from suchang.api.partner import answers
from suchang.domain.errors import DomainError, Invalid, Malformed, Unauthenticated
from suchang.workflows.partner import tokens

oauth = for_anyone("partner", "tokens_oauth", at="/oauth")

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
@oauth.response(200, answers.TokenAnswer)
def grant_token() -> Response:
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
