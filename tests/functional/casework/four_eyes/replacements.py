# ruff: noqa: S608 - queries of a test on its own database
"""Attacks on the card that follows a lost or damaged one."""

from __future__ import annotations

from suchang.domain.ids import new_id
from tests.functional.casework.four_eyes.case import Attack, Case


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


ATTACKS: list[Attack] = [
    ended_card_is_replaced, replacement_has_another_tier, replacement_is_good_for_longer,
    replacement_is_somebody_elses, card_is_replaced_twice, successor_never_comes,
]  # fmt: skip
