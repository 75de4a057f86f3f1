"""The last day and the last row: where a case, a leave and a page of the queue end."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from suchang.domain.account.roles import Role
from suchang.persistence.models import Application
from suchang.persistence.unit_of_work import unit_of_work
from suchang.workflows.application.determine import facts_for
from suchang.workflows.casework import queue
from tests.support.world import QUALIFIED, World


@pytest.mark.parametrize(("barred_until", "barred"), [("2026-11-03", True), ("2026-11-02", False)])
def test_the_bar_holds_through_its_last_day_when_there_was_a_fraud(
    world: World, barred_until: str, barred: bool
) -> None:
    """``barred_until`` is the first day on which somebody may apply again; the clock stands at 2 November."""
    application = world.apply(world.person(), QUALIFIED)
    with unit_of_work(world.collaborators.sessions) as session:
        row = session.get_one(Application, application)
        row.case = {**row.case, "barred_until": barred_until}
        session.flush()

        assert facts_for(world.collaborators, session, row)["fraud_bar"] is barred


def test_each_case_is_shown_once_when_several_pages_have_the_same_deadline(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queue, "PAGE", 2)
    cases = {world.apply(world.person(), QUALIFIED) for _ in range(5)}
    reviewer, shown, cursor = world.office(Role.REVIEWER), [], ""
    while cursor is not None:
        page = world.ok("GET", f"/api/v1/applications?cursor={cursor}" if cursor else "/api/v1/applications", reviewer)
        shown += [row["id"] for row in page["items"]]
        cursor = page["next"]

    assert len(shown) == len(set(shown))
    assert cases <= set(shown)


@pytest.mark.parametrize(("days", "status"), [(366, 201), (367, 422)])
def test_a_leave_lasts_a_year_at_most_when_a_deputy_is_named(world: World, days: int, status: int) -> None:
    away, deputy = world.officer(Role.REVIEWER), world.officer(Role.REVIEWER)
    first = date(2026, 11, 2)
    body = {"deputy": deputy, "from_day": first.isoformat(), "until_day": (first + timedelta(days=days)).isoformat()}

    answer = world.call("POST", "/api/v1/deputations", world.sign_in_officer(away), json=body)

    assert answer.status_code == status
