"""Nobody decides alone: every pair of roles through the API, and whatever the application's role may say in SQL."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import psycopg
import pytest

from suchang.domain.account.roles import OFFICER_ROLES, Role
from tests.functional.casework.four_eyes import cards as card_attacks
from tests.functional.casework.four_eyes import deputies, replacements, signatures
from tests.functional.casework.four_eyes.case import Case
from tests.functional.casework.four_eyes.replacements import replace_card
from tests.support.world import QUALIFIED, World, identity_number


def cards(database) -> int:
    with database.connect("owner") as owner:
        return int(str(owner.execute("SELECT count(*) FROM card").fetchone()[0]))


def test_no_pair_of_roles_brings_a_card_when_one_person_holds_both(world: World, database) -> None:
    """One human being has an account for each role; every two of them work on a case together."""
    before = cards(database)
    accounts = {role: world.office(role, person=300) for role in sorted(OFFICER_ROLES)}
    gone, application = [], None
    for one, other in itertools.product(accounts, repeat=2):
        # A case that took no step is as good as a new one for the next two.
        application = application or world.apply(world.person(), QUALIFIED)
        review = {"outcome": "approve", "reason": "材料齐全"}
        steps = [
            world.call("POST", f"/api/v1/applications/{application}/{step}", accounts[one], json=body)
            for step, body in (("claim", {}), ("review", review))
        ]
        body = {"outcome": "approve", "tier": "C", "reason": "符合条件"}
        for role in (other, one):
            answer = world.call("POST", f"/api/v1/applications/{application}/decision", accounts[role], json=body)
            if answer.status_code not in (403, 409):
                gone.append((one, role, answer.status_code))
        if any(step.status_code < 300 for step in steps):
            application = None
    assert gone == []
    assert cards(database) == before
    world.holder()
    assert cards(database) == before + 1, "two honest people do get a card through the same doors"


@pytest.mark.parametrize("side", ["review", "decision"])
def test_applicant_is_refused_when_they_are_an_officer_too(world: World, side) -> None:
    serial = 770 + len(side)
    token = world.person(serial=serial)
    # An officer with the applicant's identity document: offsets as in World.officer.
    own = world.office(Role.REVIEWER, Role.APPROVER, person=serial - 500)
    application = world.apply(token, QUALIFIED)
    if side == "review":
        answer = world.call("POST", f"/api/v1/applications/{application}/claim", own, json={})
    else:
        world.recommend(world.office(Role.REVIEWER), application)
        body = {"outcome": "approve", "tier": "C", "reason": "符合条件"}
        answer = world.call("POST", f"/api/v1/applications/{application}/decision", own, json=body)
    assert (answer.status_code, answer.json["code"]) == (403, "party_to_case")
    assert identity_number(serial) == identity_number(500 + serial - 500)


ATTACKS = [*signatures.ATTACKS, *card_attacks.ATTACKS, *deputies.ATTACKS, *replacements.ATTACKS]


@pytest.fixture(scope="module")
def prepared(world: World, database) -> Iterator[Case]:
    made = Case(world, database)
    yield made
    made.app.close()


@pytest.fixture
def case(prepared: Case) -> Iterator[Case]:
    """Return the case inside a transaction that is thrown away."""
    with prepared.app.transaction(force_rollback=True):
        yield prepared


@pytest.mark.parametrize("attack", ATTACKS, ids=lambda one: one.__name__)
def test_database_refuses_when_the_application_role_tries(case: Case, attack) -> None:
    with pytest.raises(psycopg.Error) as refused, case.app.transaction():
        attack(case)
    assert refused.value.sqlstate in {"SC001", "SC002", "42501", "23503", "23505"}, refused.value


def test_database_takes_a_card_when_three_people_did_their_part(case: Case) -> None:
    case.honest_card()
    found = case.app.execute("SELECT count(*) FROM card WHERE application_id = %s", [case.application])
    assert found.fetchone() == (1,)


def test_database_takes_a_replacement_when_nothing_but_the_number_changes(case: Case) -> None:
    case.honest_card()
    replace_card(case)
    case.app.execute("SET CONSTRAINTS ALL IMMEDIATE")
    states = case.app.execute("SELECT state FROM card WHERE person_id = %s ORDER BY 1", [case.person]).fetchall()
    assert states == [("active",), ("replaced",)]


def test_database_takes_a_card_when_the_deputation_was_over_before_the_application(case: Case) -> None:
    case.app.execute(
        "INSERT INTO deputation (id, officer_id, officer_index, deputy_id, deputy_index, from_day, until_day, reason,"
        " entered_by, created_at) VALUES ('dpy_x', %s, %s, %s, %s, '2026-10-01', '2026-11-01', '', %s, now())",
        [case.rui, case.index(case.rui), case.ana, case.index(case.ana), case.rui],
    )
    case.honest_card()
