"""What routes read from a request beside its body: the actor, the idempotency key, the answer of a creating call."""

from __future__ import annotations

from typing import Any, cast

import orjson
from flask import Response, g, request

from suchang.api.problems import problem
from suchang.domain.errors import Invalid
from suchang.workflows.runtime.actors import HolderActor, OfficerActor, PartnerActor
from suchang.workflows.runtime.idempotency import Answer, Retry, retry_of


def holder() -> HolderActor:
    """Return the signed-in applicant or holder."""
    return cast(HolderActor, g.actor)


def officer() -> OfficerActor:
    """Return the signed-in officer."""
    return cast(OfficerActor, g.actor)


def partner() -> PartnerActor:
    """Return the partner's program or desk operator."""
    return cast(PartnerActor, g.actor)


def retry() -> Retry | None:
    """Read the Idempotency-Key of a request, bound to actor, route and body."""
    key = request.headers.get("Idempotency-Key")
    if key is None:
        return None
    return retry_of(f"{g.actor.kind}:{g.actor.id}", key, f"{request.method} {request.path}", request.get_data())


def retry_same_act(body: dict[str, Any]) -> Retry | None:
    """Read the Idempotency-Key of an act that may be told late: when it was done is no part of what it is.

    A desk asks online, hears nothing, goes on without a network and tells it later with ``presented_at``: one key.
    """
    key = request.headers.get("Idempotency-Key")
    if key is None:
        return None
    act = {name: value for name, value in body.items() if name != "presented_at"}
    route = f"{request.method} {request.path}"
    return retry_of(f"{g.actor.kind}:{g.actor.id}", key, route, orjson.dumps(act, option=orjson.OPT_SORT_KEYS))


def created(answer: Answer, status: int = 201) -> tuple[dict[str, Any], int] | Response:
    """Answer a creating call: its view, or its refusal as a problem with status 409."""
    if answer.refusal is None:
        return answer.body, status
    more = {key: value for key, value in answer.body.items() if key != "detail"}
    return problem(409, answer.refusal, str(answer.body.get("detail", "This can't be done now.")), **more)


def answered(answer: Answer) -> Response:
    """Answer 200 with a view of texts, numbers and lists: written directly, where every microsecond counts."""
    return Response(orjson.dumps(answer.body), 200, content_type="application/json")


def query_text(name: str, *, max_length: int = 100) -> str | None:
    """Read a query parameter of limited length; an empty one counts as absent."""
    value = request.args.get(name)
    if value is None or value == "":
        return None
    if len(value) > max_length or "\x00" in value:
        raise Invalid(f"The query parameter {name} is too long or holds odd characters.", code="invalid_fields")
    return value


def download(content: bytes, content_type: str, name: str) -> Response:
    """Answer with a file to keep."""
    response = Response(content, 200, content_type=content_type)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
