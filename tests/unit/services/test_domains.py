"""What each domain charges, records, demands and refuses, item by item."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime

import pytest

from suchang.domain.errors import Invalid
from suchang.domain.redemption import DetailKind, Usage
from suchang.domain.vocabulary import Tier
from tests.unit.services.people import AT, SERVICES, charged, holder, redeem, refused, service_of


def with_check(body: str) -> str:
    """Complete a credit code by the weights that GB 32100-2015 prints."""
    alphabet = "0123456789ABCDEFGHJKLMNPQRTUWXY"
    weights = [1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28]
    total = sum(alphabet.index(character) * weight for character, weight in zip(body, weights, strict=True))
    return body + alphabet[(31 - total % 31) % 31]


GOOD_USCC = with_check("91320000MA1MUBAR2")
PURCHASE = {"contract_number": "HT-2026-0001", "price": "3000000.00", "amount": "1500000.00"}
RENT = {"contract_number": "ZL-2026-0001", "monthly_rent": "5000", "amount": "5000.00"}
LEASE = {"contract_number": "GY-2026-0001", "lease_from": "2026-12-01", "lease_until": "2029-11-30"}
ADMISSION = {"stage": "primary", "school_code": "3201000001"}
TRANSFER = {"stage": "junior_secondary", "from_school_code": "3202000002", "school_code": "3201000001"}
STAY = {"first_day": "2026-11-01", "last_day": "2026-11-07"}
LETTER = {"purpose": "visa", "passport_valid_until": "2027-01-29"}
MOVE = {"scheme": "pension", "direction": "in", "region": "310000"}
LOAN = {"application_number": "DK-2026-01", "amount": "200000.5", "months": 60, "purpose": "start_up"}

CHARGES: list[tuple[str, str, Mapping[str, object], int, int | None, str, Mapping[str, object]]] = [
    # item, beneficiary, details, units, quota of tier B, period key, what the ledger keeps
    ("housing.purchase_subsidy", "holder", PURCHASE, 150_000_000, 170_000_000, "life",
     {"contract_number": "HT-2026-0001", "price_fen": 300_000_000}),
    ("housing.rent_subsidy", "holder", RENT, 500_000, 750_000, "2026-11",
     {"contract_number": "ZL-2026-0001", "monthly_rent_fen": 500_000}),
    ("housing.talent_apartment", "holder", LEASE, 1, 1, "life",
     {"contract_number": "GY-2026-0001", "lease_until": "2029-11-30"}),
    ("schooling.admission_by_home", "dep_child", ADMISSION, 1, 1, "stage:primary",
     {"school_code": "3201000001", "admission_year": 2027}),
    ("schooling.admission_by_workplace", "dep_teen", {**ADMISSION, "stage": "junior_secondary"}, 1, 1,
     "stage:junior_secondary", {"school_code": "3201000001", "admission_year": 2027}),
    ("schooling.transfer", "dep_teen", TRANSFER, 1, 1, "stage:junior_secondary", {"school_code": "3201000001"}),
    ("medical.annual_checkup", "dep_spouse", {"package": "full"}, 1, 1, "2026", {"package": "full"}),
    ("medical.priority_registration", "dep_child", {}, 1, None, "always", {}),
    ("medical.expert_consultation", "dep_parent", {"mode": "remote"}, 1, 6, "2026", {"mode": "remote"}),
    ("medical.recuperation", "holder", STAY, 7, 10, "2026", {"first_day": "2026-11-01", "last_day": "2026-11-07"}),
    ("exit_entry.residence_channel", "dep_spouse", {"matter": "visa"}, 1, None, "always", {"matter": "visa"}),
    ("exit_entry.endorsement_letter", "holder", LETTER, 1, 2, "2026",
     {"purpose": "visa", "letter_valid_until": "2027-01-29"}),
    ("social_insurance.transfer_window", "dep_spouse", MOVE, 1, 6, "2026", MOVE),
    ("social_insurance.topup_guidance", "holder", {"scheme": "medical"}, 1, 2, "2026-11", {"scheme": "medical"}),
    ("culture_sport.museum", "dep_child", {"companions": 3}, 4, 30, "2026", {"companions": 3}),
    ("culture_sport.park", "holder", {"companions": 0}, 1, 50, "2026", {"companions": 0}),
    ("culture_sport.stadium", "holder", {"companions": 1}, 2, 50, "2026", {"companions": 1}),
    ("transport.airport_fast_lane", "dep_spouse", {"number": "MU2812", "travel_date": "2026-11-01"}, 1, 24, "2026",
     {"number": "MU2812"}),
    ("transport.rail_fast_lane", "holder", {"number": "G7", "travel_date": "2026-11-01"}, 1, 48, "2026",
     {"number": "G7"}),
    ("transport.city_transport_card", "holder", {"city": "320500"}, 1, 1, "life", {"city": "320500"}),
    ("finance.talent_loan", "holder", LOAN, 20_000_050, 500_000_000, "life",
     {"application_number": "DK-2026-01", "months": 60, "purpose": "start_up"}),
    ("finance.bank_counter", "dep_spouse", {"business": "card"}, 1, None, "always", {"business": "card"}),
    ("business_registration.one_stop_window", "holder", {"matter": "change", "uscc": GOOD_USCC}, 1, None, "always",
     {"matter": "change", "uscc": GOOD_USCC}),
    ("business_registration.agent_service", "holder", {"city": "321300"}, 1, 2, "2026", {"city": "321300"}),
]  # fmt: skip


@pytest.mark.parametrize("case", CHARGES, ids=[case[0] for case in CHARGES])
def test_a_use_is_charged_when_everything_is_in_order(
    case: tuple[str, str, Mapping[str, object], int, int | None, str, Mapping[str, object]],
) -> None:
    item, beneficiary, details, units, quota, period, record = case
    # Tier A leases no talent apartment and tier B has all items.
    charge = charged(item, details, beneficiary=beneficiary, tier=Tier.B)

    assert (charge.units, charge.quota, charge.key.period_key) == (units, quota, period)
    assert charge.record == record
    assert charge.key.item == item
    assert charge.version == service_of(item).domain.version
    assert charge.partial == service_of(item).domain.items[item].partial


def test_the_basic_package_is_meant_when_none_is_named() -> None:
    assert charged("medical.annual_checkup").record == {"package": "basic"}


def test_every_item_has_a_case_above() -> None:
    assert {case[0] for case in CHARGES} == {code for each in SERVICES.values() for code in each.domain.items}


@pytest.mark.parametrize(
    ("item", "beneficiary", "details"), [case[:3] for case in CHARGES], ids=[c[0] for c in CHARGES]
)
def test_each_detail_is_asked_for_and_checked(item: str, beneficiary: str, details: Mapping[str, object]) -> None:
    described = {field.name: field for field in service_of(item).details(item)}
    described.pop("identity_document_seen", None)
    assert set(described) == set(details)

    for name, field in described.items():
        wrong: dict[DetailKind, list[object]] = {
            DetailKind.TEXT: ["", "?", 7, None, str(details[name]) + "\n"],
            DetailKind.CHOICE: ["unheard_of", "", 7, None],
            DetailKind.DATE: ["2026-02-30", "tomorrow", 20261101, None],
            DetailKind.COUNT: [-1, 1.0, "1", True, 100_000, None],
            DetailKind.MONEY: ["0.00", "-1", "1.234", "1e9", 5, 1.5, "07", "99999999999", None],
        }
        for value in wrong[field.kind]:
            with pytest.raises(Invalid) as caught:
                redeem(item, {**details, name: value}, beneficiary=beneficiary, tier=Tier.B)
            assert [problem.field for problem in caught.value.errors] == [f"details.{name}"]
        for code in field.choices:
            redeem(item, {**details, name: code}, beneficiary=beneficiary, tier=Tier.B)


REFUSED: list[tuple[str, str, Tier, Mapping[str, object], str]] = [
    ("housing.purchase_subsidy", "holder", Tier.A, {**PURCHASE, "amount": "1500000.01"}, "50%"),
    ("housing.rent_subsidy", "holder", Tier.A, {**RENT, "amount": "5000.01"}, "月租金"),
    ("housing.talent_apartment", "holder", Tier.B, {**LEASE, "lease_until": "2026-11-30"}, "1至1096天"),
    ("housing.talent_apartment", "holder", Tier.B, {**LEASE, "lease_until": "2029-12-01"}, "1至1096天"),
    ("schooling.transfer", "dep_teen", Tier.A, {**TRANSFER, "from_school_code": "3201000001"}, "相同"),
    ("schooling.admission_by_home", "dep_teen", Tier.A, ADMISSION, "未满9周岁"),
    ("schooling.admission_by_home", "dep_child", Tier.A, {**ADMISSION, "stage": "junior_secondary"}, "2031年"),
    ("medical.annual_checkup", "holder", Tier.C, {"package": "full"}, "A、B"),
    ("medical.recuperation", "holder", Tier.A, {**STAY, "last_day": "2026-11-08"}, "1至7天"),
    ("medical.recuperation", "holder", Tier.A, {**STAY, "last_day": "2026-10-31"}, "1至7天"),
    ("medical.recuperation", "holder", Tier.A, {"first_day": "2026-10-31", "last_day": "2026-11-02"}, "今日之后"),
    ("medical.recuperation", "holder", Tier.A, {"first_day": "2026-12-30", "last_day": "2027-01-02"}, "本年之内"),
    ("exit_entry.endorsement_letter", "holder", Tier.A, {**LETTER, "passport_valid_until": "2027-01-28"}, "护照"),
    ("social_insurance.transfer_window", "holder", Tier.A, {**MOVE, "region": "320100"}, "省内"),
    ("culture_sport.stadium", "holder", Tier.A, {"companions": 2}, "1人"),
    ("transport.airport_fast_lane", "holder", Tier.A, {"number": "MU2812", "travel_date": "2026-11-02"}, "当日票"),
    ("transport.rail_fast_lane", "holder", Tier.A, {"number": "G7", "travel_date": "2026-10-31"}, "当日票"),
    ("finance.talent_loan", "holder", Tier.A, {**LOAN, "months": 61}, "60个月"),
]


@pytest.mark.parametrize(("item", "beneficiary", "tier", "details", "words"), REFUSED)
def test_a_use_is_refused_in_words_when_a_term_is_not_met(
    item: str, beneficiary: str, tier: Tier, details: Mapping[str, object], words: str
) -> None:
    refusal = refused(item, details, beneficiary=beneficiary, tier=tier)

    assert refusal.reason.code == "item_not_allowed"
    assert words in refusal.text.zh
    assert refusal.text.en.isascii()
    numbers = set(re.findall(r"\d+", refusal.text.zh)) - {"8", "31"}
    assert numbers & set(re.findall(r"\d+", refusal.text.en)) or not numbers


@pytest.mark.parametrize(
    ("item", "details"),
    [
        ("housing.purchase_subsidy", PURCHASE),
        ("housing.talent_apartment", {**LEASE, "lease_until": "2026-12-01"}),
        ("medical.annual_checkup", {"package": "basic"}),
        ("medical.recuperation", {"first_day": "2026-12-31", "last_day": "2026-12-31"}),
        ("transport.airport_fast_lane", {"number": "9C1", "travel_date": "2026-11-01"}),
        ("transport.rail_fast_lane", {"number": "1461", "travel_date": "2026-11-01"}),
    ],
)
def test_a_use_is_charged_when_it_lies_just_within_its_terms(item: str, details: Mapping[str, object]) -> None:
    charged(item, details, tier=Tier.B)


@pytest.mark.parametrize(
    ("today", "primary", "junior"),
    [
        ("2026-08-31", True, False),  # six in May: old enough on the last day of this year's admission
        ("2026-09-01", True, False),
        ("2028-08-31", True, False),
        ("2028-09-01", False, False),  # nine in 2029
        ("2030-09-01", False, True),  # eleven in 2031
        ("2035-09-01", False, False),  # sixteen in 2036
        ("2025-08-31", False, False),  # five
        ("2025-09-01", True, False),
    ],
)
def test_a_stage_opens_and_closes_by_the_age_on_31_august(today: str, primary: bool, junior: bool) -> None:
    at = datetime.fromisoformat(today + "T04:00:00+00:00")
    found = service_of("schooling.x").check("schooling.admission_by_home", "dep_child", holder(), Usage(), at)

    assert [each.period.key for each in found] == ["stage:primary", "stage:junior_secondary"]
    assert [each.available for each in found] == [primary, junior]


def test_a_transfer_is_shown_for_both_stages_when_looked_at() -> None:
    found = service_of("schooling.x").check("schooling.transfer", "dep_teen", holder(), Usage(), AT)

    assert [each.period.key for each in found] == ["stage:primary", "stage:junior_secondary"]
    assert all(each.available for each in found)


def test_admission_is_refused_as_not_for_the_holder_when_asked_for_one() -> None:
    assert refused("schooling.admission_by_home", ADMISSION).reason == "relation_not_allowed"
    (first, _) = service_of("schooling.x").check("schooling.admission_by_home", "holder", holder(), Usage(), AT)
    assert first.refusal is not None
    assert first.refusal.reason == "relation_not_allowed"


@pytest.mark.parametrize(("issued", "allowed"), [("2025-11-02", True), ("2025-11-01", False), ("2024-12-31", False)])
def test_a_city_transport_card_is_asked_for_within_a_year(issued: str, allowed: bool) -> None:
    family = holder(issued_on=date.fromisoformat(issued))
    service = service_of("transport.x")

    (found,) = service.check("transport.city_transport_card", "holder", family, Usage(), AT)

    assert found.available == allowed
    if not allowed:
        refusal = refused("transport.city_transport_card", {"city": "320100"}, family=family)
        assert refusal.reason == "terms_not_met"
        assert "12个月" in refusal.text.zh
        assert "12 months" in refusal.text.en


def test_a_month_is_complete_on_the_same_day_of_the_next_when_counted() -> None:
    at = datetime(2026, 3, 1, tzinfo=UTC)
    assert charged(
        "transport.city_transport_card", {"city": "320100"}, at=at, family=holder(issued_on=date(2025, 3, 2))
    )
    refused("transport.city_transport_card", {"city": "320100"}, at=at, family=holder(issued_on=date(2025, 3, 1)))


def test_a_credit_code_is_refused_when_its_check_character_is_wrong() -> None:
    alphabet = "0123456789ABCDEFGHJKLMNPQRTUWXY"
    for character in set(alphabet) - {GOOD_USCC[-1]}:
        with pytest.raises(Invalid, match="details"):
            redeem("business_registration.one_stop_window", {"matter": "change", "uscc": GOOD_USCC[:17] + character})
    for body in ("91320594MA1MUBAR2", "000000000000000A0", "YYYYYYYYYYYYYYYYY"):
        charged("business_registration.one_stop_window", {"matter": "change", "uscc": with_check(body)})
