"""Attacks that end in a card nobody decided, or in one that changes afterwards."""

from __future__ import annotations

from tests.functional.casework.four_eyes.case import Attack, Case


def card_without_decision(case: Case) -> None:
    case.card("dec_nothing")


def card_without_review(case: Case) -> None:
    made = case.decide(case.ana)
    case.decide(case.an, part="second")
    case.card(made)


def card_on_one_signature_against_the_determination(case: Case) -> None:
    case.review(case.rui)
    case.card(case.decide(case.ana, tier="A"), tier="A")


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


ATTACKS: list[Attack] = [
    card_without_decision, card_without_review, card_on_one_signature_against_the_determination,
    card_of_another_tier, two_cards_for_one_decision, ended_card_comes_back, card_is_prolonged, card_changes_hands,
]  # fmt: skip
