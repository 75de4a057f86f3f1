"""Load and check the catalogue of one benefit domain: ``catalogue.yaml`` to ``BenefitDomain``.

Shape is checked by ``schema.py``, sense by ``_sense`` here; every problem carries file and line. Money is written in
CNY as text and held in fen. A tier that a quota does not name has none.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from marshmallow import ValidationError

from services.schema import CatalogueSchema
from services.strict_yaml import Document, Problem, read
from suchang.domain.errors import Invalid
from suchang.domain.redemption import (
    AgeLimit,
    BenefitDomain,
    BenefitItem,
    DatedQuota,
    Group,
    PeriodKind,
    QuotaOf,
    Scope,
    Source,
    Unit,
)
from suchang.domain.redemption.arithmetic import DEFAULT_REVERSAL_WINDOW
from suchang.domain.vocabulary import Relation, Text

DOCUMENTS = {
    "ten_actions": Text(
        "江苏省人力资源社会保障部门推进新时代人才工作十大专项行动",
        "Ten actions for talent work of Jiangsu's HRSS departments",
    ),
    "plan_14_5": Text("江苏省“十四五”专业技术人才发展规划", "Jiangsu's fourteenth five-year plan for professionals"),
}


class CatalogueInvalid(Invalid):
    """A catalogue can't be used; ``problems`` says where and why."""

    slug = "catalogue_invalid"

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("; ".join(map(str, self.problems)))


def load_catalogue(path: Path) -> tuple[BenefitDomain, Document]:
    """Read one catalogue; raises CatalogueInvalid with every problem found. The document gives lines to others."""
    try:
        raw = path.read_bytes()
        document = read(raw.decode("utf-8"), short_path(path))
    except OSError as error:
        raise CatalogueInvalid([Problem(short_path(path), 1, f"can't be read: {error.strerror}")]) from error
    except UnicodeDecodeError as error:
        raise CatalogueInvalid([Problem(short_path(path), 1, "is not UTF-8")]) from error
    if not document.problems:
        try:
            shaped = CatalogueSchema().load(document.data if isinstance(document.data, dict) else {})
        except ValidationError as error:
            document.errors(error.messages)
        else:
            version = f"sha256:{hashlib.sha256(raw).hexdigest()}"
            domain = _domain(shaped, version)
            _sense(domain, path, document)
            if not document.problems:
                return domain, document
    raise CatalogueInvalid(document.problems)


def short_path(path: Path) -> str:
    """Write a path relative to where the program runs, if it lies below."""
    here = Path.cwd()
    return str(path.relative_to(here) if path.is_relative_to(here) else path)


def _domain(shaped: Mapping[str, Any], version: str) -> BenefitDomain:
    slug = shaped["domain"]
    groups = {
        code: Group(f"{slug}.{code}", group["scope"], group["period"], group["name"])
        for code, group in shaped["groups"].items()
    }
    items = {f"{slug}.{code}": _item(f"{slug}.{code}", item, groups) for code, item in shaped["items"].items()}
    return BenefitDomain(slug, shaped["bit"], shaped["name"], shaped["description"], items, version)


def _item(code: str, shaped: Mapping[str, Any], groups: Mapping[str, Group]) -> BenefitItem:
    limits = shaped["for"]
    offline = shaped["offline"]
    return BenefitItem(
        code=code,
        kind=shaped["kind"],
        name=shaped["name"],
        description=shaped["description"],
        unit=shaped["unit"],
        period=shaped["period"],
        quotas=tuple(DatedQuota(quota["from"], quota["tiers"]) for quota in shaped["quota"]),
        quota_of=shaped["quota_of"],
        for_holder="holder" in limits,
        ages={
            relation: AgeLimit(limits[relation].get("least"), limits[relation].get("under"))
            for relation in Relation
            if relation in limits
        },
        assurances=frozenset(shaped["assurance"]),
        discloses=frozenset(shaped["discloses"]),
        sources={name: _source(source) for name, source in shaped["sources"].items()},
        document_check=shaped["document_check"],
        group=groups.get(shaped["exclusive"]),
        offline_max=None if offline is None else offline["max"],
        max_status_age=shaped["max_status_age"],
        reserve_ttl=shaped["reserve"],
        reversal_window=shaped["reversal"] or DEFAULT_REVERSAL_WINDOW,
        partial=shaped["partial"],
        opens=shaped["opens"],
        closes=shaped["closes"],
        terms=shaped["terms"],
    )


def _source(shaped: Mapping[str, str]) -> Source:
    if "assumption" in shaped:
        return Source(assumption=shaped["assumption"])
    return Source(DOCUMENTS[shaped["document"]].zh, shaped["section"])


def _sense(domain: BenefitDomain, path: Path, document: Document) -> None:
    if domain.slug != path.parent.name:
        document.problem(("domain",), f"domain: {domain.slug} lies in the folder {path.parent.name}")
    data: Any = document.data
    for short, raw in data["items"].items():
        item = domain.items[f"{domain.slug}.{short}"]
        for key, message in [*_contradictions(item, raw, data.get("groups", {})), *_unsourced(raw)]:
            document.problem(("items", short, key), f"{short}: {message}")
    for code in data.get("groups", {}):
        members = [raw for raw in data["items"].values() if raw.get("exclusive") == code]
        if len(members) < 2:
            document.problem(("groups", code), f"{code}: an exclusive group needs two items or more")


def _contradictions(item: BenefitItem, raw: Mapping[str, Any], groups: Mapping[str, Any]) -> Iterable[tuple[str, str]]:
    if item.quota_of is QuotaOf.HOLDER and item.ages:
        yield "quota_of", "holder is the quota of items for the holder alone"
    if item.quota_of in {QuotaOf.EACH, QuotaOf.SHARED} and not item.ages:
        yield "quota_of", f"{item.quota_of} needs dependants; write holder"
    limited = any(quota is not None for dated in item.quotas for quota in dated.tiers.values())
    if item.period is PeriodKind.UNLIMITED and limited:
        yield "quota", "an unlimited period has only unlimited quotas"
    if item.unit is Unit.CNY and item.offline_max is not None:
        yield "offline", "money is never granted offline"
    if item.partial and item.unit is not Unit.CNY:
        yield "partial", "only amounts are granted in part"
    if item.opens and item.closes and item.opens >= item.closes:
        yield "closes", "closes on or before the day it opens"
    starts = [dated.starts for dated in item.quotas]
    if starts != sorted(set(starts)):
        yield "quota", "dated quotas go from the earliest to the latest, each day once"
    for relation, limit in item.ages.items():
        if limit.least is not None and limit.under is not None and limit.least >= limit.under:
            yield "for", f"nobody is a {relation} of {limit.least} or more and under {limit.under}"
    if "exclusive" in raw and raw["exclusive"] not in groups:
        yield "exclusive", f"there is no group {raw['exclusive']}"
    if item.group is not None:
        if item.group.scope is Scope.CHILD and (item.for_holder or set(item.ages) != {Relation.CHILD}):
            yield "exclusive", "a choice for each child is for items for children alone"
        if item.group.period is PeriodKind.SCHOOL_STAGE and item.period is not PeriodKind.SCHOOL_STAGE:
            yield "exclusive", "a choice for each school stage is for items by school stage"


def _unsourced(raw: Mapping[str, Any]) -> Iterable[tuple[str, str]]:
    limits = {"item", "quota", *raw.get("terms", {})}
    limits |= {key for key in ("reserve", "reversal", "max_status_age", "opens", "closes") if key in raw}
    if raw["offline"] != "never":
        limits.add("offline")
    if any(limit for limit in raw["for"].values()):
        limits.add("for")
    for missing in sorted(limits - set(raw["sources"])):
        yield "sources", f"{missing} needs a source: a document and section, or an assumption"
    for idle in sorted(set(raw["sources"]) - limits):
        yield "sources", f"{idle} is no limit of this item"
