"""The rules that all items share: standing, presentation, counters, exclusive choices, explanation."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from suchang.domain.redemption import (
    AgeLimit,
    ClaimKey,
    CounterKey,
    DatedQuota,
    Dependant,
    Entitlement,
    RefusalReason,
    Usage,
    rules,
)
from suchang.domain.vocabulary import Assurance, Relation, Tier
from tests.unit.services.people import AT, CHILD, HOLDER_A, SERVICES, charged, holder, refused, service_of

CHECKUP = SERVICES["medical"].domain.items["medical.annual_checkup"]
BASIC = {"package": "basic"}
RENT = {"contract_number": "ZL-2026-001", "monthly_rent": "9000.00", "amount": "3000.00"}


def entitled(item: str, usage: Usage, *, beneficiary: str = "holder", at: datetime = AT) -> Entitlement:
    """Return the one entitlement of tier A to an item."""
    (found,) = service_of(item).check(item, beneficiary, holder(), usage, at)
    return found


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"opens": date(2026, 11, 2)}, RefusalReason.NOT_OPEN_YET),
        ({"opens": date(2026, 11, 1)}, None),
        ({"closes": date(2026, 11, 2)}, None),
        ({"closes": date(2026, 11, 1)}, RefusalReason.CLOSED),
        ({"quotas": (DatedQuota(date(2026, 11, 2), {Tier.A: 1}),)}, RefusalReason.TIER_NOT_ENTITLED),
        ({"quotas": (DatedQuota(date(2026, 11, 1), {Tier.A: 1}),)}, None),
        ({"for_holder": False}, RefusalReason.RELATION_NOT_ALLOWED),
    ],
)
def test_an_item_is_offered_only_within_its_days_and_to_its_tiers(
    change: dict[str, object], reason: RefusalReason | None
) -> None:
    item = replace(CHECKUP, **change)  # type: ignore[arg-type]

    refusal = rules.standing(item, rules.beneficiary_of(HOLDER_A, "holder", AT))

    assert (refusal.reason if refusal else None) == reason


def test_the_quota_of_the_moment_counts_when_the_catalogue_has_several() -> None:
    item = replace(
        CHECKUP, quotas=(DatedQuota(date(2026, 1, 1), {Tier.A: 1}), DatedQuota(date(2026, 12, 1), {Tier.A: 3}))
    )

    assert item.tiers_on(date(2025, 12, 31)) == {}
    assert item.tiers_on(date(2026, 11, 30)) == {Tier.A: 1}
    assert item.tiers_on(date(2026, 12, 1)) == {Tier.A: 3}


@pytest.mark.parametrize(
    ("born", "reason"),
    [
        (date(2008, 11, 2), None),
        (date(2008, 11, 1), RefusalReason.TOO_OLD),
        (date(2020, 11, 1), None),
        (date(2020, 11, 2), RefusalReason.TOO_YOUNG),
    ],
)
def test_a_child_ages_out_on_the_birthday_when_the_item_is_used(born: date, reason: RefusalReason | None) -> None:
    item = replace(CHECKUP, ages={Relation.CHILD: AgeLimit(6, 18)})
    child = replace(CHILD, born=born)

    refusal = rules.standing(item, rules.beneficiary_of(replace(HOLDER_A, dependants=(child,)), child.id, AT))

    assert (refusal.reason if refusal else None) == reason


@pytest.mark.parametrize(
    ("born", "consent", "allowed"),
    [
        (date(2012, 11, 2), False, False),
        (date(2012, 11, 2), True, True),
        (date(2012, 11, 1), False, True),
    ],
)
def test_a_guardian_has_to_consent_when_the_child_is_under_fourteen(born: date, consent: bool, allowed: bool) -> None:
    child = Dependant("dep_c", "S-c", Relation.CHILD, born, consent)
    family = holder(dependants=(child,))

    if allowed:
        charged("medical.priority_registration", beneficiary="dep_c", family=family)
    else:
        refusal = refused("medical.priority_registration", beneficiary="dep_c", family=family)
        assert refusal.reason is RefusalReason.CONSENT_MISSING


def test_the_local_day_counts_when_the_utc_day_is_another() -> None:
    child = Dependant("dep_c", "S-c", Relation.CHILD, date(2008, 11, 2))
    family = holder(dependants=(child,))
    before, after = datetime(2026, 11, 1, 15, 59, tzinfo=UTC), datetime(2026, 11, 1, 16, 0, tzinfo=UTC)

    charged("medical.priority_registration", beneficiary="dep_c", family=family, at=before)
    refusal = refused("medical.priority_registration", beneficiary="dep_c", family=family, at=after)
    assert refusal.reason is RefusalReason.TOO_OLD


def test_a_relation_that_the_item_does_not_name_is_refused() -> None:
    refusal = refused("medical.annual_checkup", BASIC, beneficiary="dep_child")

    assert refusal.reason is RefusalReason.RELATION_NOT_ALLOWED
    assert "配偶" in refusal.text.zh
    assert "spouse" in refusal.text.en


def test_a_presentation_is_refused_when_the_item_does_not_accept_its_kind() -> None:
    assert refused("housing.rent_subsidy", RENT, assurance=Assurance.PRINT).reason is RefusalReason.ASSURANCE_TOO_LOW
    assert refused("medical.annual_checkup", BASIC, assurance=Assurance.DOCUMENT).reason == "assurance_too_low"


def test_a_print_needs_a_look_at_the_document_and_a_phone_does_not() -> None:
    refusal = refused("medical.annual_checkup", BASIC, assurance=Assurance.PRINT, seen=False)

    assert refusal.reason is RefusalReason.DOCUMENT_NOT_SEEN
    charged("medical.annual_checkup", BASIC, assurance=Assurance.PRINT, seen=True)
    charged("medical.annual_checkup", BASIC, assurance=Assurance.DEVICE, seen=False)


def test_a_document_is_looked_at_when_the_item_asks_for_it() -> None:
    details = {"number": "MU2812", "travel_date": "2026-11-01"}

    assert refused("transport.airport_fast_lane", details, seen=False).reason is RefusalReason.DOCUMENT_NOT_SEEN
    charged("transport.airport_fast_lane", details, seen=True)


def test_a_deferred_use_is_provisional_within_the_offline_limit_and_refused_beyond() -> None:
    charge = charged("culture_sport.park", {"companions": 3}, deferred=True)

    assert charge.provisional
    assert not charged("culture_sport.park", {"companions": 3}).provisional
    assert refused("culture_sport.park", {"companions": 4}, deferred=True).reason is RefusalReason.ONLINE_REQUIRED
    assert refused("housing.rent_subsidy", RENT, deferred=True).reason is RefusalReason.ONLINE_REQUIRED


def test_a_reservation_has_a_time_to_live_where_the_item_offers_one() -> None:
    charge = charged("medical.annual_checkup", BASIC, reserve=True)

    assert charge.reserve_ttl is not None
    assert charge.reserve_ttl.days == 30
    assert charged("medical.annual_checkup", BASIC).reserve_ttl is None
    assert refused("culture_sport.park", {"companions": 0}, reserve=True).reason == "reservation_not_offered"
    assert refused("medical.annual_checkup", BASIC, reserve=True, deferred=True).reason == "reservation_not_offered"


def test_use_lies_on_the_person_family_or_household_that_the_item_names() -> None:
    year = "2026"
    assert charged("medical.annual_checkup", BASIC).key == CounterKey("S-holder", "medical.annual_checkup", year)
    assert charged("medical.annual_checkup", BASIC, beneficiary="dep_parent").key.subject == "S-parent"
    assert (
        charged("medical.expert_consultation", {"mode": "onsite"}, beneficiary="dep_spouse").key.subject == "S-holder"
    )
    assert charged("medical.recuperation", {"first_day": "2026-11-03", "last_day": "2026-11-04"}).key.subject == (
        "S-holder"
    )
    assert charged("housing.rent_subsidy", RENT).key == CounterKey("S-holder", "housing.rent_subsidy", "2026-11")


def test_spouses_share_a_household_quota_and_choice_whoever_draws() -> None:
    mine = charged("housing.rent_subsidy", RENT)
    theirs = charged("housing.rent_subsidy", RENT, family=holder(subject="S-spouse", household=("S-holder",)))

    assert (mine.key, *mine.linked_keys) == (*theirs.linked_keys, theirs.key)
    assert mine.claim is not None
    assert (mine.claim, *mine.linked_claims) == (*theirs.linked_claims, theirs.claim)
    assert charged("medical.annual_checkup", BASIC).linked_keys == ()
    usage = Usage(used={mine.linked_keys[0]: 900_000})
    assert entitled("housing.rent_subsidy", usage).remaining == 100_000


def test_two_parents_share_a_child_when_both_hold_cards() -> None:
    admission = {"stage": "primary", "school_code": "3201000001"}
    mother = charged("schooling.admission_by_home", admission, beneficiary="dep_child")
    father_card = holder(Tier.B, subject="S-father", dependants=(replace(CHILD, id="dep_same"),))
    father = charged("schooling.admission_by_home", admission, beneficiary="dep_same", family=father_card)

    assert mother.key == father.key
    assert mother.claim == father.claim == ClaimKey("schooling.ground", "S-child", "stage:primary")


def test_a_claim_binds_the_household_for_life_when_a_housing_mode_is_chosen() -> None:
    charge = charged("housing.rent_subsidy", RENT)

    assert charge.claim == ClaimKey("housing.mode", "S-holder", "life")
    assert charge.linked_claims == (ClaimKey("housing.mode", "S-spouse", "life"),)
    assert charge.period.key == "2026-11"
    assert charged("medical.annual_checkup", BASIC).claim is None


@pytest.mark.parametrize("chooser", ["S-holder", "S-spouse"])
def test_an_entitlement_is_excluded_when_another_item_of_the_group_was_chosen(chooser: str) -> None:
    chosen = Usage(chosen={ClaimKey("housing.mode", chooser, "life"): "housing.purchase_subsidy"})

    found = entitled("housing.rent_subsidy", chosen)

    assert found.refusal is not None
    assert found.refusal.reason is RefusalReason.EXCLUDED_BY
    assert found.refusal.excluded_by == "housing.purchase_subsidy"
    assert "购房补贴" in found.why.zh
    assert entitled("housing.purchase_subsidy", chosen).available


def test_a_used_up_entitlement_says_when_it_renews() -> None:
    usage = Usage(used={CounterKey("S-holder", "medical.annual_checkup", "2026"): 1})

    found = entitled("medical.annual_checkup", usage)

    assert (found.quota, found.used, found.remaining) == (1, 1, 0)
    assert found.refusal is not None
    assert found.refusal.reason is RefusalReason.QUOTA_EXHAUSTED
    assert found.refusal.renews_at == datetime(2026, 12, 31, 16, tzinfo=UTC)
    assert "2027-01-01" in found.renews.zh
    assert entitled("medical.annual_checkup", usage, at=datetime(2026, 12, 31, 16, tzinfo=UTC)).available
    assert entitled("medical.annual_checkup", usage, beneficiary="dep_spouse").available


def test_the_codes_of_terms_answer_as_item_not_allowed() -> None:
    assert RefusalReason.TOO_OLD.code == "item_not_allowed"
    assert RefusalReason.EXCLUDED_BY.code == "excluded_by"
    assert {reason.code for reason in RefusalReason} >= {
        "quota_exhausted",
        "already_redeemed",
        "reservation_expired",
        "verification_expired",
        "item_not_allowed",
    }
