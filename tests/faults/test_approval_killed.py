"""SIGKILL at every statement of an approval: either nothing happened, or all of it."""

from __future__ import annotations

import os
import signal

import pytest
from sqlalchemy import event

from suchang.app import db
from suchang.demo.cast import story_facts
from suchang.domain.account.roles import Role
from suchang.domain.clock import local_date
from suchang.domain.lifecycle import Outcome
from suchang.persistence.models import Officer
from suchang.workflows.account.sessions import officer_actor
from suchang.workflows.casework import decision
from tests.support.world import World

MOST = 200
"""More statements than an approval has; the loop ends when one run is left alive."""


def approve_and_die(world: World, approver: Officer, application: str, tier: str, at: int) -> None:
    """Approve in a child that kills itself before its ``at``-th statement; the commit counts as one."""
    engine = db.engine
    engine.dispose(close=False)  # the parent's connections stay the parent's
    seen = 0

    def count(*_: object) -> None:
        nonlocal seen
        seen += 1
        if seen == at:
            os.kill(os.getpid(), signal.SIGKILL)

    event.listen(engine, "before_cursor_execute", count)
    event.listen(engine, "commit", count)
    decision.decide(
        world.collaborators, officer_actor(approver), application, outcome=Outcome.APPROVE, reason="符合条件", tier=tier
    )


def what_stands(database, application: str) -> tuple[str, int, int, int]:
    with database.connect("owner") as owner:
        return owner.execute(  # type: ignore[return-value]
            "SELECT state, (SELECT count(*) FROM decision WHERE application_id = a.id),"
            " (SELECT count(*) FROM card WHERE application_id = a.id),"
            " (SELECT count(*) FROM audit_event WHERE subject_id = a.id"
            "  AND action IN ('application_approve', 'application_issue'))"
            " FROM application a WHERE id = %s",
            [application],
        ).fetchone()


@pytest.mark.faults
def test_nothing_is_half_approved_when_killed_at_any_statement(world: World, clean_database) -> None:
    application = world.apply(world.person(), story_facts(local_date(world.clock())))
    reviewer, approver_id = world.office(Role.REVIEWER), world.officer(Role.APPROVER)
    world.recommend(reviewer, application)
    tier = world.ok("GET", f"/api/v1/applications/{application}", reviewer)["determination"]["result"]["tier"]
    assert tier, "the story needs somebody who qualifies"
    with world.app.app_context():
        with world.collaborators.sessions() as session:
            approver = session.get_one(Officer, approver_id)
            session.expunge(approver)
        db.engine.dispose()
        kills = 0
        for at in range(1, MOST):
            child = os.fork()
            if child == 0:
                try:
                    approve_and_die(world, approver, application, tier, at)
                    os._exit(0)
                finally:  # whatever was raised, a child never goes on as a second test run
                    os._exit(1)
            _, status = os.waitpid(child, 0)
            stands = what_stands(clean_database, application)
            if os.WIFSIGNALED(status):
                kills += 1
                assert stands == ("recommended", 0, 0, 0), f"half approved when killed at statement {at}"
            else:
                assert os.waitstatus_to_exitcode(status) == 0
                break
    assert kills > 10
    assert stands == ("issued", 1, 1, 2)
