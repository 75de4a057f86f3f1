"""Routes of settlement reports, for officers and for partners themselves."""

from __future__ import annotations

from flask import Response, json

from suchang.api.auth import collaborators
from suchang.api.blueprints import for_officers, for_partners
from suchang.api.redemption import answers
from suchang.api.requests import officer, partner, query_text
from suchang.domain.errors import Invalid
from suchang.workflows.redemption import settlement
from suchang.workflows.redemption.settlement import Settlement

officers = for_officers("redemption", "settlement_officers")
partners = for_partners("redemption", "settlement_partners")

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@officers.get("/partners/<partner_id>/settlements/<month>")
@officers.response(200, answers.SettlementAnswer)
def settlement_of_partner(partner_id: str, month: str) -> Response:
    """Return a partner's settlement report of a month as JSON, ``format=csv`` or ``format=xlsx``."""
    return _written(settlement.for_officer(collaborators(), officer(), partner_id, month))


@partners.get("/settlements/<month>")
@partners.response(200, answers.SettlementAnswer)
def own_settlement(month: str) -> Response:
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
