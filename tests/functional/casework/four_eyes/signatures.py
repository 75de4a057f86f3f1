"""Attacks on who reviews and who decides: people, accounts, conflicts, reasons, the guard itself."""

from __future__ import annotations

from tests.functional.casework.four_eyes.case import Attack, Case


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


ATTACKS: list[Attack] = [
    applicant_reviews, applicant_decides, applicant_changes_identity_first,
    applicant_takes_the_officers_identity_later, applicant_loses_identity, reviewer_decides,
    reviewer_decides_by_second_account, reviewer_decides_in_another_round, reviewer_decides_in_round_zero,
    approver_reviews_afterwards, person_index_is_made_up, person_index_is_borrowed, account_changes_its_person,
    review_is_moved_to_somebody_else, review_is_deleted, second_signature_by_the_first, flag_is_a_lie,
    reason_is_missing, constraint_is_switched_off, conflict_is_ignored, conflict_is_taken_back,
    identity_history_is_cleaned,
]  # fmt: skip
