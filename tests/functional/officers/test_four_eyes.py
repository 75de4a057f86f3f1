# ruff: noqa: S608 - queries of a test on its own database
"""Nobody decides alone: every pair of roles through the API, and whatever the application's role may say in SQL."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator

import psycopg
import pytest

from suchang.domain.ids import new_id
from suchang.domain.roles import OFFICER_ROLES, Role
from tests.support.world import QUALIFIED, World, identity_number


def cards(database) -> int:
    with database.connect("owner") as owner:
        return int(str(owner.execute("SELECT count(*) FROM card").fetchone()[0]))


def test_no_pair_of_roles_brings_a_card_when_one_person_holds_both(world: World, database) -> None:
    """One human being has an account for each role; every two of them work on a case together."""
    before = cards(database)
    accounts = {role: world.office(role, person=300) for role in sorted(OFFICER_ROLES)}
    gone = []
    for one, other in itertools.product(accounts, repeat=2):
        application = world.apply(world.person(), QUALIFIED)
        world.call("POST", f"/api/v1/applications/{application}/claim", accounts[one], json={})
        review = {"outcome": "approve", "reason": "材料齐全"}
        world.call("POST", f"/api/v1/applications/{application}/review", accounts[one], json=review)
        body = {"outcome": "approve", "tier": "C", "reason": "符合条件"}
        for role in (other, one):
            answer = world.call("POST", f"/api/v1/applications/{application}/decision", accounts[role], json=body)
            if answer.status_code not in (403, 409):
                gone.append((one, role, answer.status_code))
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


class Case:
    """A submitted case with a determination, two accounts of one person, and others, seen through SQL."""

    def __init__(self, world: World, database) -> None:
        serial = 790
        self.application = world.apply(world.person(serial=serial), QUALIFIED)
        self.applicant = world.officer(Role.REVIEWER, Role.APPROVER, person=serial - 500)
        self.rui, self.rui_again = (world.officer(Role.REVIEWER, Role.APPROVER, person=1) for _ in range(2))
        self.ana, self.an = (world.officer(Role.APPROVER) for _ in range(2))
        self.app = database.connect("app")
        row = self.app.execute(
            "SELECT a.person_id, d.id, d.tier FROM application a JOIN determination d ON d.application_id = a.id"
            " WHERE a.id = %s",
            [self.application],
        ).fetchone()
        self.person, self.determination, self.tier = (str(one) if one is not None else None for one in row)

    def index(self, officer: str) -> bytes:
        return bytes(self.app.execute("SELECT person_index FROM officer WHERE id = %s", [officer]).fetchone()[0])

    def review(self, officer: str, index: bytes | None = None, round_: int = 1, attempt: int = 1) -> None:
        self.app.execute(
            "INSERT INTO review (id, application_id, round, attempt, officer_id, person_index, outcome, reason,"
            " created_at) VALUES (%s, %s, %s, %s, %s, %s, 'recommend', 'r', now())",
            [new_id("rev"), self.application, round_, attempt, officer, index or self.index(officer)],
        )

    def decide(self, officer: str, *, index: bytes | None = None, part: str = "first", round_: int = 1,
               tier: str = "C", against: bool | None = None, determination: str | None = None,
               reason: str = "r") -> str:  # fmt: skip
        made = new_id("dec")
        self.app.execute(
            "INSERT INTO decision (id, application_id, round, attempt, part, officer_id, person_index, outcome, tier,"
            " reason, against_determination, determination_id, created_at)"
            " VALUES (%s, %s, %s, 1, %s, %s, %s, 'approve', %s, %s, %s, %s, now())",
            [made, self.application, round_, part, officer, index or self.index(officer), tier, reason,
             tier != self.tier if against is None else against, determination or self.determination],
        )  # fmt: skip
        return made

    def card(self, decision: str, tier: str = "C", state: str = "active") -> None:
        self.app.execute(
            "INSERT INTO card (id, number, person_id, application_id, decision_id, tier, track, city, state, facts,"
            " valid_from, valid_until, issued_at, version) VALUES (%s, %s, %s, %s, %s, %s, 't', '320100', %s, '{}',"
            " current_date, current_date + 9, now(), 1)",
            [new_id("crd"), new_id("no"), self.person, self.application, decision, tier, state],
        )

    def deputize(self, away: str, deputy: str, days: int = 9) -> None:
        self.app.execute(
            "INSERT INTO deputation (id, officer_id, officer_index, deputy_id, deputy_index, from_day, until_day,"
            " reason, entered_by, created_at)"
            " VALUES (%s, %s, %s, %s, %s, '2026-11-02', DATE '2026-11-02' + %s, '', %s, now())",
            [new_id("dpy"), away, self.index(away), deputy, self.index(deputy), days, away],
        )

    def honest_card(self) -> None:
        self.review(self.rui)
        first = self.decide(self.ana)
        self.decide(self.an, part="second")
        self.card(first)


@pytest.fixture(scope="module")
def prepared(world: World, database) -> Iterator[Case]:
    made = Case(world, database)
    yield made
    made.app.close()


@pytest.fixture
def case(prepared: Case) -> Iterator[Case]:
    """Give the case inside a transaction that is thrown away."""
    with prepared.app.transaction(force_rollback=True):
        yield prepared


def applicant_reviews(case: Case) -> None:
    case.review(case.applicant)


def applicant_decides(case: Case) -> None:
    case.review(case.rui)
    case.decide(case.applicant)


def applicant_changes_identity_first(case: Case) -> None:
    case.app.execute("UPDATE person SET identity_index = 'somebody else' WHERE id = %s", [case.person])
    case.review(case.rui)
    case.decide(case.applicant)


def applicant_takes_the_officers_identity_later(case: Case) -> None:
    case.review(case.rui)
    made = case.decide(case.ana)
    case.decide(case.an, part="second")
    case.app.execute("UPDATE person SET identity_index = %s WHERE id = %s", [case.index(case.ana), case.person])
    case.app.execute("UPDATE person SET identity_index = 'somebody else' WHERE id = %s", [case.person])
    case.card(made)


def applicant_loses_identity(case: Case) -> None:
    case.app.execute("UPDATE person SET identity_index = NULL WHERE id = %s", [case.person])
    case.review(case.rui)


def reviewer_decides(case: Case) -> None:
    case.review(case.rui)
    case.decide(case.rui)


def reviewer_decides_by_second_account(case: Case) -> None:
    case.review(case.rui)
    case.decide(case.rui_again)


def reviewer_decides_in_another_round(case: Case) -> None:
    case.review(case.rui)
    case.decide(case.rui_again, round_=2)


def reviewer_decides_in_round_zero(case: Case) -> None:
    case.review(case.rui)
    case.decide(case.rui, round_=0)


def approver_reviews_afterwards(case: Case) -> None:
    case.decide(case.rui)
    case.review(case.rui_again)


def person_index_is_made_up(case: Case) -> None:
    case.review(case.rui, index=b"somebody")


def person_index_is_borrowed(case: Case) -> None:
    case.review(case.rui)
    case.decide(case.rui, index=case.index(case.ana))


def account_changes_its_person(case: Case) -> None:
    case.app.execute("UPDATE officer SET person_index = 'x' WHERE id = %s", [case.rui])


def review_is_moved_to_somebody_else(case: Case) -> None:
    case.review(case.rui)
    case.app.execute("UPDATE review SET person_index = 'x', officer_id = %s", [case.ana])


def review_is_deleted(case: Case) -> None:
    case.review(case.rui)
    case.app.execute("DELETE FROM review")


def card_without_decision(case: Case) -> None:
    case.card("dec_nothing")


def card_without_review(case: Case) -> None:
    made = case.decide(case.ana)
    case.decide(case.an, part="second")
    case.card(made)


def card_on_one_signature_against_the_determination(case: Case) -> None:
    case.review(case.rui)
    case.card(case.decide(case.ana, tier="A"), tier="A")


def second_signature_by_the_first(case: Case) -> None:
    case.review(case.rui)
    case.decide(case.ana, tier="A")
    case.decide(case.ana, tier="A", part="second")


def flag_is_a_lie(case: Case) -> None:
    case.review(case.rui)
    case.card(case.decide(case.ana, tier="A", against=False), tier="A")


def reason_is_missing(case: Case) -> None:
    case.review(case.rui)
    case.decide(case.ana, tier="A", reason="  ")


def card_of_another_tier(case: Case) -> None:
    case.review(case.rui)
    made = case.decide(case.ana)
    case.decide(case.an, part="second")
    case.card(made, tier="A")


def two_cards_for_one_decision(case: Case) -> None:
    case.honest_card()
    case.app.execute("UPDATE card SET state = 'revoked'")
    case.card(
        str(case.app.execute("SELECT max(decision_id) FROM card WHERE person_id = %s", [case.person]).fetchone()[0])
    )


def ended_card_comes_back(case: Case) -> None:
    case.honest_card()
    case.app.execute("UPDATE card SET state = 'revoked'")
    case.app.execute("UPDATE card SET state = 'active'")


def card_is_prolonged(case: Case) -> None:
    case.honest_card()
    case.app.execute("UPDATE card SET valid_until = valid_until + 1")


def card_changes_hands(case: Case) -> None:
    case.honest_card()
    case.app.execute("UPDATE card SET tier = 'A'")


def replace_card(case: Case, state: str = "replaced", **other: str) -> None:
    """Name a successor for the honest card and insert it, with something changed."""
    made = new_id("crd")
    case.app.execute(f"UPDATE card SET state = '{state}', replaced_by = %s WHERE person_id = %s", [made, case.person])
    columns = "person_id, application_id, decision_id, tier, track, city, facts, valid_from, valid_until, issued_at"
    values = ", ".join(other.get(one, one) for one in columns.split(", "))
    case.app.execute(
        f"INSERT INTO card (id, number, state, version, {columns})"
        f" SELECT %s, %s, 'active', 1, {values} FROM card WHERE replaced_by = %s",
        [made, new_id("no"), made],
    )


def ended_card_is_replaced(case: Case) -> None:
    case.honest_card()
    case.app.execute("UPDATE card SET state = 'revoked'")
    replace_card(case, state="revoked")


def replacement_has_another_tier(case: Case) -> None:
    case.honest_card()
    replace_card(case, tier="'A'")


def replacement_is_good_for_longer(case: Case) -> None:
    case.honest_card()
    replace_card(case, valid_until="valid_until + 1")


def replacement_is_somebody_elses(case: Case) -> None:
    case.honest_card()
    replace_card(case, person_id="(SELECT min(p.id) FROM person p WHERE p.id <> card.person_id)")


def card_is_replaced_twice(case: Case) -> None:
    case.honest_card()
    replace_card(case)
    case.app.execute("UPDATE card SET state = 'revoked' WHERE state = 'active'")
    case.app.execute("UPDATE card SET replaced_by = 'crd_other' WHERE state = 'replaced'")


def successor_never_comes(case: Case) -> None:
    case.honest_card()
    case.app.execute(
        "UPDATE card SET state = 'replaced', replaced_by = 'crd_later' WHERE person_id = %s", [case.person]
    )
    case.app.execute("SET CONSTRAINTS ALL IMMEDIATE")


def constraint_is_switched_off(case: Case) -> None:
    case.app.execute("ALTER TABLE decision DISABLE TRIGGER separation")


def conflict_is_ignored(case: Case) -> None:
    case.app.execute(
        "INSERT INTO conflict_of_interest VALUES (%s, %s, %s, 'cousin', now())",
        [case.application, case.index(case.rui), case.rui],
    )
    case.review(case.rui)


def conflict_is_taken_back(case: Case) -> None:
    case.app.execute("DELETE FROM conflict_of_interest")


def identity_history_is_cleaned(case: Case) -> None:
    case.app.execute("DELETE FROM person_identity")


def deputy_decides_what_the_reviewer_reviewed(case: Case) -> None:
    case.deputize(case.rui, case.ana)
    case.review(case.rui)
    case.decide(case.ana)


def reviewer_decides_what_the_deputy_reviewed(case: Case) -> None:
    case.deputize(case.ana, case.rui)
    case.review(case.rui_again)
    case.decide(case.ana)


def deputy_is_named_between_review_and_decision(case: Case) -> None:
    case.review(case.rui)
    case.deputize(case.rui, case.ana)
    case.decide(case.ana)


def deputation_is_ended_before_the_decision(case: Case) -> None:
    case.deputize(case.rui, case.ana)
    case.review(case.rui)
    case.app.execute("UPDATE deputation SET ended_at = '2020-01-01', ended_by = deputy_id")
    case.decide(case.ana)


def deputation_is_deleted(case: Case) -> None:
    case.deputize(case.rui, case.ana)
    case.app.execute("DELETE FROM deputation")


def deputation_is_shortened(case: Case) -> None:
    case.deputize(case.rui, case.ana)
    case.app.execute("UPDATE deputation SET until_day = from_day")


def deputation_names_other_people(case: Case) -> None:
    case.deputize(case.rui, case.ana)
    case.app.execute("UPDATE deputation SET deputy_index = 'somebody'")


def deputation_is_entered_for_made_up_people(case: Case) -> None:
    case.app.execute(
        "INSERT INTO deputation (id, officer_id, officer_index, deputy_id, deputy_index, from_day, until_day, reason,"
        " entered_by, created_at)"
        " VALUES ('dpy_x', %s, 'somebody', %s, 'else', '2026-11-02', '2026-11-03', '', %s, now())",
        [case.rui, case.ana, case.rui],
    )


def deputation_comes_back_to_life(case: Case) -> None:
    case.deputize(case.rui, case.ana)
    case.app.execute("UPDATE deputation SET ended_at = now(), ended_by = deputy_id")
    case.app.execute("UPDATE deputation SET ended_at = NULL, ended_by = NULL")


def application_is_made_younger_than_the_deputation(case: Case) -> None:
    case.deputize(case.rui, case.ana)
    case.app.execute("UPDATE application SET created_at = '2999-01-01' WHERE id = %s", [case.application])
    case.review(case.rui)
    case.decide(case.ana)


def deputy_of_the_applicant_decides(case: Case) -> None:
    case.deputize(case.applicant, case.ana)
    case.review(case.rui)
    case.decide(case.ana)


def deputy_of_somebody_in_conflict_reviews(case: Case) -> None:
    case.deputize(case.rui, case.ana)
    case.app.execute(
        "INSERT INTO conflict_of_interest VALUES (%s, %s, %s, 'cousin', now())",
        [case.application, case.index(case.rui), case.rui],
    )
    case.review(case.ana)


def deputy_signs_second_for_the_first(case: Case) -> None:
    case.deputize(case.ana, case.an)
    case.review(case.rui)
    case.decide(case.ana, tier="A")
    case.decide(case.an, tier="A", part="second")


def deputy_of_an_earlier_round_decides(case: Case) -> None:
    case.deputize(case.rui, case.ana)
    case.review(case.rui)
    case.decide(case.ana, round_=2)


def nobody_made_the_deputy(case: Case) -> None:
    case.app.execute(
        "INSERT INTO review (id, application_id, round, officer_id, person_index, on_behalf_of, outcome, reason,"
        " created_at) VALUES ('rev_x', %s, 1, %s, %s, %s, 'recommend', 'r', now())",
        [case.application, case.rui, case.index(case.rui), case.ana],
    )


ATTACKS: list[Callable[[Case], None]] = [
    applicant_reviews, applicant_decides, applicant_changes_identity_first,
    applicant_takes_the_officers_identity_later, applicant_loses_identity, reviewer_decides,
    reviewer_decides_by_second_account, reviewer_decides_in_another_round, reviewer_decides_in_round_zero,
    approver_reviews_afterwards, person_index_is_made_up, person_index_is_borrowed, account_changes_its_person,
    review_is_moved_to_somebody_else, review_is_deleted, card_without_decision, card_without_review,
    card_on_one_signature_against_the_determination, second_signature_by_the_first, flag_is_a_lie, reason_is_missing,
    card_of_another_tier, two_cards_for_one_decision, ended_card_comes_back, card_is_prolonged, card_changes_hands,
    constraint_is_switched_off, conflict_is_ignored, conflict_is_taken_back, identity_history_is_cleaned,
    deputy_decides_what_the_reviewer_reviewed, reviewer_decides_what_the_deputy_reviewed,
    deputy_is_named_between_review_and_decision, deputation_is_ended_before_the_decision, deputation_is_deleted,
    deputation_is_shortened, deputation_names_other_people, deputation_is_entered_for_made_up_people,
    deputation_comes_back_to_life, application_is_made_younger_than_the_deputation, deputy_of_the_applicant_decides,
    deputy_of_somebody_in_conflict_reviews, deputy_signs_second_for_the_first, deputy_of_an_earlier_round_decides,
    nobody_made_the_deputy, ended_card_is_replaced, replacement_has_another_tier, replacement_is_good_for_longer,
    replacement_is_somebody_elses, card_is_replaced_twice, successor_never_comes,
]  # fmt: skip


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
