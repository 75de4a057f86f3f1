"""Attacks by deputies, and on the record of who stood in for whom."""

from __future__ import annotations

from tests.functional.casework.four_eyes.case import Attack, Case


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


ATTACKS: list[Attack] = [
    deputy_decides_what_the_reviewer_reviewed, reviewer_decides_what_the_deputy_reviewed,
    deputy_is_named_between_review_and_decision, deputation_is_ended_before_the_decision, deputation_is_deleted,
    deputation_is_shortened, deputation_names_other_people, deputation_is_entered_for_made_up_people,
    deputation_comes_back_to_life, application_is_made_younger_than_the_deputation, deputy_of_the_applicant_decides,
    deputy_of_somebody_in_conflict_reviews, deputy_signs_second_for_the_first, deputy_of_an_earlier_round_decides,
    nobody_made_the_deputy,
]  # fmt: skip
