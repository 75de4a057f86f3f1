"""The only place that turns errors into HTTP statuses and RFC 9457 bodies."""

from __future__ import annotations

import structlog
from flask import Flask, Response, current_app, json, request
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.exceptions import HTTPException

from suchang.api.logs import where
from suchang.domain.errors import (
    Conflict,
    DomainError,
    Forbidden,
    Invalid,
    Malformed,
    NotFound,
    TooMany,
    Unauthenticated,
    Unavailable,
)

log = structlog.get_logger()

STATUS: dict[type[DomainError], int] = {
    Malformed: 400,
    Unauthenticated: 401,
    Forbidden: 403,
    NotFound: 404,
    Conflict: 409,
    Invalid: 422,
    TooMany: 429,
    Unavailable: 503,
}
CODE_STATUS = {"body_too_large": 413, "unsupported_media_type": 415}
TITLES = {
    400: "The request can't be read",
    401: "Sign in first",
    403: "Not allowed",
    404: "Not found",
    405: "Not this way",
    409: "Not in this state",
    413: "Too large",
    415: "Not this type",
    422: "The content is wrong",
    429: "Too many requests",
    500: "A fault of ours",
    503: "Away for now",
}
API_PREFIXES = (
    "/api/",
    "/oauth/",
    "/.well-known/",
    "/status-lists/",
    "/openapi.json",
    "/healthz",
    "/readyz",
    "/metrics",
)


_DATABASE_REFUSALS: dict[str, DomainError] = {
    # The constraints behind the checks, for a door that forgot one or lost a race.
    "SC001": Forbidden("This needs another person: applicant, reviewer and approver differ.", code="four_eyes"),
    "SC002": Conflict("No card can be issued without a review and an approval by two people.", code="not_approved"),
    "SC003": Conflict("This tier needs a public notice that is over, its objections answered.", code="notice_not_over"),
    "SC004": Conflict("Facts of this tier are unchecked; a second approver must say why.", code="facts_unchecked"),
    "23505": Conflict("Somebody else did the same in the meantime; load it again.", code="changed_meanwhile"),
    "55P03": Unavailable("This is being worked on by somebody else; nothing was changed. Try again shortly."),
    "57014": Unavailable("This took too long and was stopped; nothing was changed. Try again shortly."),
}


def status_of(error: DomainError) -> int:
    """Return the HTTP status of an error: by its code where one is named, otherwise by its class."""
    if error.code in CODE_STATUS:
        return CODE_STATUS[error.code]
    return next((STATUS[kind] for kind in type(error).__mro__ if kind in STATUS), 400)


def problem(status: int, code: str, detail: str, **more: object) -> Response:
    """Write a problem body (RFC 9457) with a stable ``code`` and one sentence in ``detail``."""
    body = {"type": "about:blank", "title": TITLES.get(status, "Error"), "status": status, "code": code}
    body |= {"detail": detail} | {key: value for key, value in more.items() if value}
    return Response(json.dumps(body, ensure_ascii=False), status, content_type="application/problem+json")


def wants_problem() -> bool:
    """Tell whether this request came to the JSON API, and not to a page."""
    return request.path.startswith(API_PREFIXES)


def _domain_error(error: DomainError) -> Response:
    status = status_of(error)
    fields = [{"field": one.field, "message": one.message} for one in error.errors]
    response = problem(status, error.code, error.detail, errors=fields)
    if isinstance(error, TooMany):
        response.headers["Retry-After"] = str(error.retry_after)
    if status == 401:
        response.headers["WWW-Authenticate"] = "Bearer"
    return response


def _http_exception(error: HTTPException) -> Response:
    status = error.code or 500
    codes = {404: "not_found", 405: "method_not_allowed", 413: "body_too_large", 429: "rate_limited"}
    response = problem(status, codes.get(status, f"http_{status}"), _plain(error))
    for name in ("Allow", "Retry-After"):
        value = error.get_response().headers.get(name)
        if value:
            response.headers[name] = value
    return response


def _plain(error: HTTPException) -> str:
    sentences = {
        404: "There is nothing at this address.",
        405: "This address does not take this method.",
        413: "The body is too large.",
        429: "That was too often; wait a little and try again.",
    }
    return sentences.get(error.code or 500, str(error.description or "The request can't be answered."))


def register_problems(app: Flask) -> None:
    """Answer errors on API addresses as problems; on pages ask the page handler that ``web`` has left in the app."""

    def page(error: Exception, status: int) -> Response | None:
        handler = current_app.extensions.get("suchang_page_error")
        return handler(error, status) if handler and not wants_problem() else None

    @app.errorhandler(DomainError)
    def domain_error(error: DomainError) -> Response:
        return page(error, status_of(error)) or _domain_error(error)

    @app.errorhandler(HTTPException)
    def http_exception(error: HTTPException) -> Response:
        return page(error, error.code or 500) or _http_exception(error)

    @app.errorhandler(StaleDataError)
    def stale(_error: StaleDataError) -> Response:
        told = Conflict("Somebody else changed this in the meantime; load it again.", code="changed_meanwhile")
        return page(told, 409) or _domain_error(told)

    @app.errorhandler(OperationalError)
    @app.errorhandler(PoolTimeout)
    def away(error: Exception) -> Response:
        log.error("database away", kind=type(error).__name__)
        told = Unavailable("The database is away for the moment; nothing was changed. Try again shortly.")
        return page(told, 503) or _domain_error(told)

    @app.errorhandler(DBAPIError)
    def refused_by_database(error: DBAPIError) -> Response:
        told = _DATABASE_REFUSALS.get(getattr(error.orig, "sqlstate", "") or "")
        if told is None:
            return fault(error)
        return page(told, status_of(told)) or _domain_error(told)

    @app.errorhandler(Exception)
    def fault(error: Exception) -> Response:
        log.error("fault", kind=type(error).__name__, endpoint=request.endpoint, where=where(error))
        answer = page(error, 500)
        return answer or problem(500, "fault", "Something failed on our side; it is noted. Nothing was changed.")
