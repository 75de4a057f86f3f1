"""One contract for all benefit domains, those of tomorrow included."""

from __future__ import annotations

import ast
import importlib
import inspect
import typing
from datetime import timedelta
from pathlib import Path

import pytest

import services
from services.base import Kind
from suchang.domain.errors import Invalid, NotFound
from suchang.domain.redemption import (
    HOLDER,
    BenefitItem,
    BenefitService,
    DetailKind,
    PeriodKind,
    RedemptionRequest,
    Refusal,
    ReversalRequest,
    Unit,
    Usage,
    domain_bits,
)
from suchang.domain.vocabulary import Assurance, Relation, Tier
from tests.unit.services.people import AT, SERVICES, holder

ITEMS = [(service, item) for service in SERVICES.values() for item in service.domain.items.values()]
every_service = pytest.mark.parametrize("service", SERVICES.values(), ids=list(SERVICES))
every_item = pytest.mark.parametrize(("service", "item"), ITEMS, ids=[item.code for _, item in ITEMS])

PUBLISHED_BITS = {
    "housing": 0,
    "schooling": 1,
    "medical": 2,
    "exit_entry": 3,
    "social_insurance": 4,
    "culture_sport": 5,
    "transport": 6,
    "finance": 7,
    "business_registration": 8,
}
"""Credentials in people's pockets carry these; a change here breaks them."""


def test_bits_stay_as_published_when_catalogues_change() -> None:
    assert {slug: service.domain.bit for slug, service in SERVICES.items()} == PUBLISHED_BITS


@every_service
def test_texts_are_in_both_languages_when_shown(service: BenefitService) -> None:
    domain = service.domain
    texts = [domain.name, domain.description]
    for item in domain.items.values():
        texts += [item.name, item.description, *(field.label for field in service.details(item.code))]
        texts += [item.group.name] if item.group else []

    for text in texts:
        assert any("\u4e00" <= character <= "\u9fff" for character in text.zh), text
        assert text.en.isascii() or "“" in text.en, text


@every_item
def test_an_entitlement_explains_itself_when_nothing_is_used(service: BenefitService, item: BenefitItem) -> None:
    for tier in Tier:
        for found in service.entitlements(holder(tier), Usage(), AT):
            assert found.why.zh
            assert found.why.en
            assert found.renews.zh
            assert found.renews.en
            assert found.available == (found.refusal is None)
            if found.available:
                assert f"{tier}层次" in found.why.zh
                assert "假定" in found.why.zh or "《" in found.why.zh


@every_item
def test_the_tier_decides_when_a_card_is_looked_at(service: BenefitService, item: BenefitItem) -> None:
    tiers = item.tiers_on(AT.date())
    for tier in Tier:
        who = HOLDER if item.for_holder else "dep_child"
        found = service.check(item.code, who, holder(tier), Usage(), AT)
        if tier not in tiers:
            assert all(each.refusal and each.refusal.reason.code == "item_not_allowed" for each in found)
            assert all(each.remaining == 0 for each in found)
        else:
            assert all(each.quota == tiers[tier] for each in found)


@every_item
def test_nothing_is_given_when_the_card_is_not_active(service: BenefitService, item: BenefitItem) -> None:
    suspended = holder(active=False)

    assert not any(each.available for each in service.entitlements(suspended, Usage(), AT))
    who = HOLDER if item.for_holder else "dep_child"
    answer = service.redeem(RedemptionRequest(item.code, suspended, AT, Assurance.DEVICE, {}, who))
    assert isinstance(answer, Refusal)
    assert answer.reason == "card_not_active"


@every_item
def test_details_are_refused_by_field_when_wrong(service: BenefitService, item: BenefitItem) -> None:
    who = HOLDER if item.for_holder else "dep_teen"
    tier = next(iter(item.tiers_on(AT.date())))
    wrong = {"unheard_of": 1, "identity_document_seen": "yes"}
    with pytest.raises(Invalid) as caught:
        service.redeem(RedemptionRequest(item.code, holder(tier), AT, Assurance.DEVICE, wrong, who))

    fields = {problem.field for problem in caught.value.errors}
    required = {f.name for f in service.details(item.code) if f.required and f.kind is not DetailKind.CONFIRMATION}
    assert fields == {"details.unheard_of", "details.identity_document_seen"} | {f"details.{name}" for name in required}


@every_item
def test_details_are_described_so_that_a_form_can_ask(service: BenefitService, item: BenefitItem) -> None:
    fields = service.details(item.code)

    assert len({field.name for field in fields}) == len(fields)
    assert all((field.kind is DetailKind.CHOICE) == bool(field.choices) for field in fields)
    asks = [field for field in fields if field.name == "identity_document_seen"]
    assert bool(asks) == (item.document_check or Assurance.PRINT in item.assurances)
    assert all(field.required == item.document_check for field in asks)


@every_item
def test_money_never_leaves_offline_and_counts_never_in_part(service: BenefitService, item: BenefitItem) -> None:
    if item.unit is Unit.CNY:
        assert item.offline_max is None
    else:
        assert not item.partial
    if item.period is PeriodKind.UNLIMITED:
        assert all(quota is None for dated in item.quotas for quota in dated.tiers.values())


@every_item
def test_every_limit_names_a_source_when_it_is_set(service: BenefitService, item: BenefitItem) -> None:
    assert item.sources["item"].document
    for name, source in item.sources.items():
        assert source.assumed == (source.document is None), name
        assert source.assumption or (source.document and source.section), name
    assert set(item.terms) <= set(item.sources)


@every_item
def test_a_reversal_keeps_to_the_item_window_when_asked(service: BenefitService, item: BenefitItem) -> None:
    def reverse(after: timedelta) -> int | Refusal:
        return service.reverse(ReversalRequest(item.code, 5, AT, AT + after))

    assert reverse(item.reversal_window - timedelta(seconds=1)) == 5
    late = reverse(item.reversal_window)
    assert isinstance(late, Refusal)
    assert late.reason == "reversal_window_over"


@every_item
def test_disclosure_is_what_the_catalogue_says(service: BenefitService, item: BenefitItem) -> None:
    assert service.discloses(item.code) == item.discloses
    assert ("relation" in item.discloses) == bool(item.ages)


@every_service
def test_unknown_things_are_not_found_when_asked_for(service: BenefitService) -> None:
    first = next(iter(service.domain.items.values()))
    with pytest.raises(NotFound):
        service.details("medical.unheard_of")
    with pytest.raises(NotFound):
        service.check(first.code, "dep_of_somebody_else", holder(), Usage(), AT)
    with pytest.raises(NotFound):
        service.redeem(RedemptionRequest(first.code, holder(), AT, Assurance.DEVICE, {}, "dep_of_somebody_else"))


def test_a_domain_is_in_the_credential_only_when_it_has_something_for_the_bearer() -> None:
    domains = {slug: service.domain for slug, service in SERVICES.items()}

    def slugs(tier: Tier, relation: Relation | None) -> set[str]:
        bits = domain_bits(domains, tier, relation, AT.date())
        return {slug for slug, domain in domains.items() if bits >> domain.bit & 1}

    assert slugs(Tier.A, None) == set(domains)
    assert slugs(Tier.E, None) == set(domains) - {"schooling", "medical", "exit_entry"}
    assert slugs(Tier.A, Relation.CHILD) == {"schooling", "medical", "exit_entry", "culture_sport"}
    assert slugs(Tier.E, Relation.CHILD) == {"culture_sport"}


@pytest.mark.parametrize("slug", services.available())
def test_a_service_keeps_the_house_style(slug: str) -> None:
    module = importlib.import_module(f"services.{slug}.service")
    tree = ast.parse(Path(str(module.__file__)).read_text(encoding="utf-8"))

    assert ast.get_docstring(tree)
    assert isinstance(tree.body[1], ast.ImportFrom)
    assert tree.body[1].module == "__future__"
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef | ast.FunctionDef):
            assert ast.get_docstring(node), node.name
    for value in vars(module).values():
        if inspect.isclass(value) and value.__module__ == module.__name__:
            for member in vars(value).values():
                if inspect.isfunction(member) and issubclass(value, Kind):
                    typing.get_type_hints(member)
        elif inspect.isfunction(value) and value.__module__ == module.__name__:
            typing.get_type_hints(value)
