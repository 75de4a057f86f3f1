"""The settlement report of a partner and a month: what was used, what was taken back, what conflicted.

Lines are booked in the local month in which they were written, so that a closed month never changes: a reversal of last
month's use appears in the month of the reversal. Net is the sum of the booked lines, line by line that of the ledger.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from openpyxl import Workbook
from sqlalchemy import select
from sqlalchemy.orm import Session

from suchang.domain.account.roles import Role
from suchang.domain.clock import SHANGHAI, rfc3339
from suchang.domain.errors import Invalid, NotFound
from suchang.domain.redemption import PeriodKind, Unit, period_at
from suchang.persistence.models import Partner, Redemption, RedemptionConflict
from suchang.persistence.unit_of_work import unit_of_work
from suchang.workflows.partner.tokens import ensure_active
from suchang.workflows.redemption.redeem import money
from suchang.workflows.runtime.actors import OfficerActor, PartnerActor
from suchang.workflows.runtime.collaborators import Collaborators

BOOKED = ("redeem", "confirm", "reverse")
HEAD = ("line", "kind", "use", "at", "item", "beneficiary", "tier", "period", "unit", "units", "amount", "site")
CONFLICT_HEAD = ("conflict", "at", "presented_at", "verification", "item", "beneficiary", "reason", "site")
TOTAL_HEAD = ("item", "unit", "uses", "used", "reversals", "reversed", "net", "net_amount", "conflicts")
_MONTH = re.compile(r"20[0-9]{2}-(0[1-9]|1[0-2])\Z")


@dataclass(frozen=True, slots=True)
class Settlement:
    """One partner's month: rows ready to be written, in the order of their heads."""

    partner: str
    month: str
    totals: Sequence[Sequence[Any]]
    lines: Sequence[Sequence[Any]]
    conflicts: Sequence[Sequence[Any]]

    def to_json(self) -> dict[str, Any]:
        """Return totals and conflicts as objects; the lines are in the CSV and the workbook."""
        return {
            "partner": self.partner,
            "month": self.month,
            "totals": [dict(zip(TOTAL_HEAD, row, strict=True)) for row in self.totals],
            "lines": len(self.lines),
            "conflicts": [dict(zip(CONFLICT_HEAD, row, strict=True)) for row in self.conflicts],
        }

    def to_csv(self) -> str:
        """Return the booked lines as CSV (RFC 4180), with a byte order mark, without which Excel misreads Chinese."""
        out = io.StringIO()
        writer = csv.writer(out)
        writer.writerow(HEAD)
        writer.writerows(self.lines)
        return "\ufeff" + out.getvalue()

    def to_xlsx(self) -> bytes:
        """Return totals, lines and conflicts as a workbook of three sheets."""
        book = Workbook(write_only=True)
        for title, head, rows in (
            ("totals 合计", TOTAL_HEAD, self.totals),
            ("lines 明细", HEAD, self.lines),
            ("conflicts 冲突", CONFLICT_HEAD, self.conflicts),
        ):
            sheet = book.create_sheet(title)
            sheet.append(head)
            for row in rows:
                sheet.append(row)
        out = io.BytesIO()
        book.save(out)
        return out.getvalue()


def of_partner(collaborators: Collaborators, actor: PartnerActor, month: str) -> Settlement:
    """Return a partner its own report of a month such as ``2026-11``; raises Invalid for another text."""
    starts, ends = _bounds(month)
    with unit_of_work(collaborators.sessions) as session:
        ensure_active(session, actor)
        return _report(session, actor.partner_id, month, starts, ends)


def for_officer(collaborators: Collaborators, officer: OfficerActor, partner_id: str, month: str) -> Settlement:
    """Return an officer the report of a partner."""
    officer.need(Role.PARTNER_ADMIN, Role.AUDITOR, Role.ADMINISTRATOR)
    starts, ends = _bounds(month)
    with unit_of_work(collaborators.sessions) as session:
        if session.get(Partner, partner_id) is None:
            raise NotFound("There is no such partner.")
        return _report(session, partner_id, month, starts, ends)


def _bounds(month: str) -> tuple[datetime, datetime]:
    if not _MONTH.match(month):
        raise Invalid("A month is written as 2026-11.", code="bad_month")
    first = datetime(int(month[:4]), int(month[5:]), 1, tzinfo=SHANGHAI).astimezone(UTC)
    period = period_at(PeriodKind.MONTH, first)
    if period.starts is None or period.ends is None:
        raise RuntimeError("a calendar month has both boundaries")
    return period.starts, period.ends


def _report(session: Session, partner_id: str, month: str, starts: datetime, ends: datetime) -> Settlement:
    booked = session.execute(
        select(Redemption)
        .where(
            Redemption.partner_id == partner_id,
            Redemption.created_at >= starts,
            Redemption.created_at < ends,
            Redemption.kind.in_(BOOKED),
        )
        .order_by(Redemption.created_at, Redemption.id)
    ).scalars()
    overdrawn = session.execute(
        select(RedemptionConflict)
        .where(
            RedemptionConflict.partner_id == partner_id,
            RedemptionConflict.created_at >= starts,
            RedemptionConflict.created_at < ends,
        )
        .order_by(RedemptionConflict.created_at, RedemptionConflict.id)
    ).scalars()
    lines, conflicts = booked.all(), overdrawn.all()
    return Settlement(
        partner_id,
        month,
        list(_totals(lines, conflicts)),
        [_line(line) for line in lines],
        [_conflict(one) for one in conflicts],
    )


def _totals(lines: Sequence[Redemption], conflicts: Sequence[RedemptionConflict]) -> Iterator[tuple[Any, ...]]:
    for item in sorted({line.item for line in lines} | {one.item for one in conflicts}):
        mine = [line for line in lines if line.item == item]
        taken = [line.units for line in mine if line.units > 0]
        back = [-line.units for line in mine if line.units < 0]
        net = sum(taken) - sum(back)
        unit = mine[0].unit if mine else ""
        amount = money(net) if unit == Unit.CNY else None
        against = sum(one.item == item for one in conflicts)
        yield (item, unit, len(taken), sum(taken), len(back), sum(back), net, amount, against)


def _line(line: Redemption) -> tuple[Any, ...]:
    who = "holder" if line.beneficiary == "holder" else "dependant"
    amount = money(line.units) if line.unit == Unit.CNY else None
    use, at = line.origin_id or line.id, rfc3339(line.created_at)
    return (
        *(line.id, line.kind, use, at, line.item, who, line.tier, line.period_key),
        *(line.unit, line.units, amount, line.site_id),
    )


def _conflict(one: RedemptionConflict) -> tuple[Any, ...]:
    who = "holder" if one.beneficiary == "holder" else "dependant"
    at, presented = rfc3339(one.created_at), rfc3339(one.moment)
    return (one.id, at, presented, one.verification_id, one.item, who, one.reason, one.site_id)
