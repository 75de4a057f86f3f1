"""A month's settlement of a partner as a spreadsheet."""

from __future__ import annotations

from flask import Response, request

from suchang.web.auth import collaborators
from suchang.web.console.frame import blueprint, officer
from suchang.workflows.redemption import settlement

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@blueprint.get("/partners/<partner_id>/settlement")
def partner_settlement(partner_id: str) -> Response:
    """Return the settlement report of a month to keep: CSV, or a workbook."""
    report = settlement.for_officer(collaborators(), officer(), partner_id, request.args.get("month", "")[:7])
    as_csv = request.args.get("format") == "csv"
    data, kind = (report.to_csv(), "text/csv; charset=utf-8") if as_csv else (report.to_xlsx(), XLSX)
    answer = Response(data, content_type=kind)
    name = f"settlement-{report.month}.{'csv' if as_csv else 'xlsx'}"
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    answer.headers["Cache-Control"] = "no-store"
    return answer
