"""Routes of a partner's life: its clients, for officers; its settlement report, for officers and itself."""

from __future__ import annotations

from typing import Any

from flask import Response, json

from suchang.api import auth, schemas
from suchang.api.auth import collaborators
from suchang.api.parsing import Blueprint
from suchang.api.requests import officer, partner, query_text
from suchang.domain.errors import Invalid
from suchang.workflows.partner import clients, partners, rates
from suchang.workflows.redemption import settlement
from suchang.workflows.redemption.settlement import Settlement

office = Blueprint("partner_life", __name__, url_prefix="/api/v1", description="Partners' clients and settlement")
office.before_request(auth.officer())

own = Blueprint("own_settlement", __name__, url_prefix="/api/v1", description="A partner's own settlement")
own.before_request(auth.partner())

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@office.post("/partners/<partner_id>/clients/<client_id>/secret")
@office.arguments(schemas.partner.RotationBody)
def rotate(body: dict[str, Any], partner_id: str, client_id: str) -> Response:
    """Rotate a client's secret; the new one is shown once, the old one works for a day more."""
    made = clients.rotate_secret(collaborators(), officer(), partner_id, client_id, at_once=body["at_once"])
    shown = json.dumps({"client_id": made.client_id, "client_secret": made.secret})
    return Response(shown, 201, content_type="application/json", headers={"Cache-Control": "no-store"})


@office.put("/partners/<partner_id>/clients/<client_id>/keys")
@office.arguments(schemas.partner.ClientKeysBody)
@office.response(200)
def keys(body: dict[str, Any], partner_id: str, client_id: str) -> dict[str, Any]:
    """Replace the public keys of a client that signs assertions."""
    clients.replace_keys(collaborators(), officer(), partner_id, client_id, body["jwks"])
    return {"client_id": client_id}


@office.put("/partners/<partner_id>/clients/<client_id>/networks")
@office.arguments(schemas.partner.NetworksBody)
@office.response(200)
def networks(body: dict[str, Any], partner_id: str, client_id: str) -> dict[str, Any]:
    """Say from which networks a client may obtain tokens."""
    clients.set_networks(collaborators(), officer(), partner_id, client_id, body["networks"])
    return {"client_id": client_id, "networks": body["networks"]}


@office.put("/partners/<partner_id>/clients/<client_id>/state")
@office.arguments(schemas.partner.PartnerStateBody)
@office.response(200)
def state(body: dict[str, Any], partner_id: str, client_id: str) -> dict[str, Any]:
    """Suspend or restore one client."""
    clients.set_state(collaborators(), officer(), partner_id, client_id, body["state"])
    return {"client_id": client_id, "state": body["state"]}


@office.put("/partners/<partner_id>/rate")
@office.arguments(schemas.partner.RateBody)
@office.response(200)
def rate(body: dict[str, Any], partner_id: str) -> dict[str, Any]:
    """Agree with a partner how often it may call; null for the usual rate."""
    return partners.set_partner_rate(collaborators(), officer(), partner_id, body["requests_per_minute"])


@own.get("/rate")
@own.response(200)
def own_rate() -> dict[str, Any]:
    """Show how often you may call, and what is left of it about now."""
    return rates.mine(collaborators(), partner())


@office.get("/partners/<partner_id>/settlements/<month>")
def settle(partner_id: str, month: str) -> Response:
    """Return a partner's settlement report of a month as JSON, ``format=csv`` or ``format=xlsx``."""
    return _written(settlement.for_officer(collaborators(), officer(), partner_id, month))


@own.get("/settlements/<month>")
def settle_own(month: str) -> Response:
    """Return your settlement report of a month as JSON, ``format=csv`` or ``format=xlsx``."""
    return _written(settlement.of_partner(collaborators(), partner(), month))


def _written(report: Settlement) -> Response:
    form = query_text("format") or "json"
    if form == "json":
        return Response(json.dumps(report.to_json(), ensure_ascii=False), content_type="application/json")
    if form not in ("csv", "xlsx"):
        raise Invalid("The format is json, csv or xlsx.", code="invalid_fields")
    data, kind = (report.to_csv(), "text/csv; charset=utf-8") if form == "csv" else (report.to_xlsx(), XLSX)
    name = f"settlement-{report.month}.{form}"
    return Response(data, content_type=kind, headers={"Content-Disposition": f'attachment; filename="{name}"'})
