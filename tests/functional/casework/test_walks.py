"""Anybody does anything, on PostgreSQL: whatever was tried, the rows that are left keep the rules of the house."""

from __future__ import annotations

import random
from typing import Any

import pytest
from sqlalchemy import select

from suchang.demo.cast import story_facts
from suchang.domain.account.roles import Role
from suchang.domain.clock import local_date
from suchang.domain.errors import DomainError
from suchang.domain.lifecycle import CardEvent, CardReason, Outcome
from suchang.persistence.models import Application, Officer
from suchang.persistence.unit_of_work import unit_of_work
from suchang.workflows.account.sessions import officer_actor
from suchang.workflows.application import applications
from suchang.workflows.card import cards
from suchang.workflows.casework import decision, deputies, officer_acts
from suchang.workflows.casework import review as reviewing
from suchang.workflows.runtime import due_transitions
from suchang.workflows.runtime.actors import HolderActor, OfficerActor
from tests.support.world import NANJING, QUALIFIED, World

SUZHOU = "320500"
EVERYTHING = (Role.REVIEWER, Role.APPROVER, Role.SUPERVISOR)

HALF_SEEN = """
SELECT c.id FROM card c JOIN application a ON a.id = c.application_id JOIN decision d ON d.id = c.decision_id
WHERE d.outcome <> 'approve' OR d.application_id <> a.id OR d.tier <> c.tier
   OR NOT EXISTS (SELECT 1 FROM review r WHERE r.application_id = a.id AND r.round = d.round
                  AND r.outcome = 'recommend')
   OR EXISTS (SELECT 1 FROM review r, decision o WHERE r.application_id = a.id AND o.application_id = a.id
              AND (r.person_index = o.person_index OR r.person_index || o.person_index IN (
                  SELECT officer_index || deputy_index FROM deputation
                  UNION SELECT deputy_index || officer_index FROM deputation)))
   OR EXISTS (SELECT 1 FROM person_identity i WHERE i.person_id = a.person_id AND (
              EXISTS (SELECT 1 FROM review r WHERE r.application_id = a.id AND r.person_index = i.identity_index)
              OR EXISTS (SELECT 1 FROM decision o WHERE o.application_id = a.id
                         AND o.person_index = i.identity_index)))
   OR (d.against_determination AND (SELECT count(DISTINCT o.person_index) FROM decision o
       WHERE o.application_id = a.id AND o.round = d.round AND o.attempt = d.attempt AND o.outcome = 'approve') < 2)
"""
TWO_CARDS = "SELECT person_id FROM card WHERE state IN ('active', 'suspended') GROUP BY 1 HAVING count(*) > 1"
COME_BACK = """
SELECT r.id FROM review r JOIN review e ON e.application_id = r.application_id AND e.round <> r.round
 AND e.person_index = r.person_index
"""
AUDIT_BROKEN = """
SELECT * FROM (
  SELECT subject_id, data->>'source' AS source, data->>'target' AS target,
         lag(data->>'target') OVER (PARTITION BY subject_id ORDER BY id) AS before,
         last_value(data->>'target') OVER (PARTITION BY subject_id ORDER BY id
                                           ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING) AS last
  FROM audit_event WHERE subject_kind = 'application' AND data ? 'target'
) steps JOIN application a ON a.id = subject_id
WHERE (source IS NOT NULL AND before IS DISTINCT FROM source) OR last <> a.state
"""


class Walk:
    """Some people, some officers, and what they might do next."""

    def __init__(self, world: World, officers: list[OfficerActor], chance: random.Random) -> None:
        self.world, self.collaborators, self.officers, self.chance = world, world.collaborators, officers, chance
        facts = story_facts(local_date(world.clock()))
        self.people: list[tuple[HolderActor, str]] = []
        for number in range(2):
            token = world.person()
            person = HolderActor(world.ok("GET", "/api/v1/me", token)["id"])
            body = {"city": NANJING, "facts": facts if number else QUALIFIED}
            case = world.ok("POST", "/api/v1/me/applications", token, json=body)["id"]
            self.people.append((person, case))
        self.done = 0

    def step(self) -> None:
        holder, case = self.chance.choice(self.people)
        officer = self.chance.choice(self.officers)
        act = self.chance.choice(self.likely(case) * 20 + ACTS)
        try:
            act(self, holder, case, officer)
            self.done += 1
        except DomainError:
            return

    def likely(self, case: str) -> list[Any]:
        state, _ = self.row(case)
        return [NEXT[state]] if state in NEXT else []

    def row(self, case: str) -> tuple[str, str | None]:
        with unit_of_work(self.collaborators.sessions) as session:
            found = session.execute(select(Application.state, Application.claimed_by).where(Application.id == case))
            state, claimed_by = found.one()
            return state, claimed_by


def submit(walk: Walk, holder: HolderActor, case: str, officer: OfficerActor) -> None:
    applications.submit(walk.collaborators, holder, case)


def withdraw(walk: Walk, holder: HolderActor, case: str, officer: OfficerActor) -> None:
    if walk.chance.random() < 0.2:
        applications.withdraw(walk.collaborators, holder, case)


def appeal(walk: Walk, holder: HolderActor, case: str, officer: OfficerActor) -> None:
    applications.appeal(walk.collaborators, holder, case, "算错了")


def claim(walk: Walk, holder: HolderActor, case: str, officer: OfficerActor) -> None:
    reviewing.claim(walk.collaborators, officer, case)


def supplement(walk: Walk, holder: HolderActor, case: str, officer: OfficerActor) -> None:
    reviewing.request_supplement(walk.collaborators, officer, case, documents=["学历"], reason="缺")


def review(walk: Walk, holder: HolderActor, case: str, officer: OfficerActor) -> None:
    outcome = walk.chance.choice([Outcome.APPROVE, Outcome.APPROVE, Outcome.REJECT])
    _, claimed = walk.row(case)
    owner = next((one for one in walk.officers if one.officer_id == claimed), officer)
    by = walk.chance.choice([owner, owner, officer])
    reviewing.review(walk.collaborators, by, case, outcome=outcome, reason="r", rule="JS-C-01")


def decide(walk: Walk, holder: HolderActor, case: str, officer: OfficerActor) -> None:
    outcome = walk.chance.choice([Outcome.APPROVE, Outcome.APPROVE, Outcome.REJECT])
    tier = walk.chance.choice(["C", "C", "A"]) if outcome is Outcome.APPROVE else None
    decision.decide(walk.collaborators, officer, case, outcome=outcome, reason="r", rule="JS-C-01", tier=tier)


def confirm(walk: Walk, holder: HolderActor, case: str, officer: OfficerActor) -> None:
    for outcome, tier in ((Outcome.APPROVE, "A"), (Outcome.APPROVE, "C"), (Outcome.REJECT, None)):
        try:
            decision.decide(walk.collaborators, officer, case, outcome=outcome, reason="r", rule="x", tier=tier)
        except DomainError as error:
            if error.code != "differs_from_proposal":
                raise
        else:
            return


def other_step(walk: Walk, holder: HolderActor, case: str, officer: OfficerActor) -> None:
    name = walk.chance.choice(sorted(officer_acts.STEPS))
    assignee = walk.chance.choice(walk.officers).officer_id
    officer_acts.step(walk.collaborators, officer, case, name, reason="r", assignee=assignee)


def reopen(walk: Walk, holder: HolderActor, case: str, officer: OfficerActor) -> None:
    name = walk.chance.choice(["propose-reopen", "confirm-reopen"])
    officer_acts.step(walk.collaborators, officer, case, name, reason="r")


def touch_card(walk: Walk, holder: HolderActor, case: str, officer: OfficerActor) -> None:
    card = applications.show(walk.collaborators, holder, case)["card"]
    event = walk.chance.choice([CardEvent.SUSPEND, CardEvent.RESTORE, CardEvent.RESTORE, CardEvent.REVOKE])
    reason = walk.chance.choice([CardReason.LOST, CardReason.FRAUD, CardReason.HOLDER_REQUEST])
    cards.change(walk.collaborators, officer, card or "crd_none", event, because=reason, reason="r")


def time_passes(walk: Walk, holder: HolderActor, case: str, officer: OfficerActor) -> None:
    walk.world.clock.move(days=walk.chance.choice([1, 2, 20]))
    due_transitions.run_all(walk.collaborators)


def keep_out(walk: Walk, holder: HolderActor, case: str, officer: OfficerActor) -> None:
    if walk.chance.random() < 0.1:
        officer_acts.declare_conflict(walk.collaborators, officer, case, reason="r")


ACTS = [submit, withdraw, appeal, claim, supplement, review, decide, other_step, touch_card, time_passes, keep_out]
NEXT = {
    "draft": submit, "submitted": claim, "appealed": claim, "in_review": review, "supplement_requested": submit,
    "recommended": decide, "second_decision": confirm, "rejected": appeal, "issued": reopen,
}  # fmt: skip


def made_officers(world: World) -> list[OfficerActor]:
    ids = [world.officer(*EVERYTHING) for _ in range(5)]
    ids += [world.officer(*EVERYTHING, person=450), world.officer(*EVERYTHING, person=450)]
    ids += [world.officer(*EVERYTHING, city=SUZHOU)]
    with unit_of_work(world.collaborators.sessions) as session:
        officers = [officer_actor(session.get_one(Officer, one)) for one in ids]
    today = local_date(world.clock())
    deputies.enter(
        world.collaborators,
        officers[0],
        deputy_id=ids[1],
        from_day=today,
        until_day=today + deputies.LONGEST,
        reason="产假",
    )
    # The deputy works under two hats: for themselves and for the one on leave, who now and then works all the same.
    return [deputies.acting_for(world.collaborators, officers[1], ids[0]), *officers]


@pytest.mark.parametrize(
    ("walks", "steps"),
    [
        pytest.param(6, 40, id="short"),
        pytest.param(500, 50, id="long", marks=[pytest.mark.slow, pytest.mark.timeout(7200)]),
    ],
)
def test_house_rules_hold_when_anybody_does_anything_on_the_database(world: World, database, walks, steps) -> None:
    officers, start, done = made_officers(world), world.clock.now, 0
    for number in range(walks):
        world.clock.now = start
        walk = Walk(world, officers, random.Random(f"20261102 {number}"))
        for _ in range(steps):
            walk.step()
        done += walk.done
    with database.connect("owner") as owner:
        for query in (HALF_SEEN, TWO_CARDS, COME_BACK, AUDIT_BROKEN):
            assert owner.execute(query).fetchall() == [], query
        issued = owner.execute("SELECT count(*) FROM card").fetchone()
        suzhou = owner.execute(
            "SELECT count(*) FROM audit_event WHERE actor_id = %s", [officers[-1].officer_id]
        ).fetchone()
        hats = owner.execute("SELECT count(*) FROM review WHERE on_behalf_of IS NOT NULL").fetchone()
    assert hats > (0,), "the deputy must have done something for the one on leave"
    assert done > walks * 4, "the walks must get somewhere"
    assert issued[0] >= walks // 5
    assert suzhou == (0,), "an officer of another city did something"
