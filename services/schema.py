"""The shape of a catalogue.yaml."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import Any

from marshmallow import ValidationError, fields, post_load, pre_load, validate, validates_schema

from services.fields import Duration, Fen, Flag, Strict, Whole, code_of
from suchang.domain.redemption import Disclosure, PeriodKind, QuotaOf, Scope, Unit
from suchang.domain.vocabulary import Assurance, Relation, Text, Tier

_CODE = validate.Regexp(re.compile(r"[a-z][a-z0-9_]{1,39}\Z"), error="Not a code: lower-case letters, digits and _.")
_SENTENCE = validate.And(
    validate.Length(1, 300), validate.Regexp(re.compile(r"\S(.*\S)?\Z"), error="Blank, or blanks at an end.")
)
_EVER = date(2000, 1, 1)


class IsoDay(fields.Date):
    """A day: YAML already reads 2026-01-01 as one."""

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> date:
        if type(value) is date:
            return value
        raise ValidationError("Not a day such as 2026-01-01.")


class TextSchema(Strict):
    """A text in both languages."""

    zh = fields.String(required=True, validate=_SENTENCE)
    en = fields.String(required=True, validate=_SENTENCE)

    @post_load
    def make(self, data: dict[str, str], **_: Any) -> Text:
        """Make the value."""
        return Text(**data)


class SourceSchema(Strict):
    """A document with its section, or an assumption with a remark."""

    document = fields.String(validate=validate.OneOf(["ten_actions", "plan_14_5"]))
    section = fields.String(validate=_SENTENCE)
    assumption = fields.String(validate=_SENTENCE)

    @validates_schema
    def one_of_both(self, data: Mapping[str, str], **_: Any) -> None:
        """Refuse a half citation and a cited assumption."""
        if set(data) not in ({"document", "section"}, {"assumption"}):
            raise ValidationError("Give document and section, or assumption alone.")


class GroupSchema(Strict):
    """An exclusive choice."""

    name = fields.Nested(TextSchema, required=True)
    scope = code_of(Scope, required=True)
    period = code_of(PeriodKind, required=True)


class AgeSchema(Strict):
    """Completed years: least <= age < under."""

    least = Whole(most=150)
    under = Whole(least=1, most=150)


class ForSchema(Strict):
    """Who may use an item."""

    holder = fields.Nested(Strict)
    spouse = fields.Nested(AgeSchema)
    child = fields.Nested(AgeSchema)
    parent = fields.Nested(AgeSchema)

    @validates_schema
    def somebody(self, data: Mapping[str, object], **_: Any) -> None:
        """Refuse an item for nobody."""
        if not data:
            raise ValidationError("Name at least one of holder, spouse, child and parent.")

    @post_load
    def by_relation(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        """Key the dependants by relation, a StrEnum that equals its text."""
        return {Relation(key) if key != "holder" else key: value for key, value in data.items()}


class OfflineSchema(Strict):
    """How many units a desk may grant offline."""

    max = Whole(least=1, most=100, required=True)


class ItemSchema(Strict):
    """One benefit item."""

    kind = fields.String(validate=_CODE, load_default="plain")
    name = fields.Nested(TextSchema, required=True)
    description = fields.Nested(TextSchema, required=True)
    unit = code_of(Unit, required=True)
    period = code_of(PeriodKind, required=True)
    quota = fields.Raw(required=True)
    quota_of = code_of(QuotaOf, required=True)
    for_ = fields.Nested(ForSchema, required=True, data_key="for", attribute="for")
    assurance = fields.List(code_of(Assurance), required=True, validate=validate.Length(1))
    document_check = Flag(load_default=False)
    discloses = fields.List(code_of(Disclosure), required=True)
    exclusive = fields.String(load_default=None)
    offline = fields.Nested(OfflineSchema, required=True, allow_none=True)
    max_status_age = Duration(load_default=None)
    reserve = Duration(load_default=None)
    reversal = Duration(load_default=None)
    in_part = Flag(load_default=False, data_key="partial", attribute="partial")
    opens = IsoDay(load_default=None)
    closes = IsoDay(load_default=None)
    terms = fields.Dict(fields.String(), load_default=dict)
    sources = fields.Dict(fields.String(), fields.Nested(SourceSchema), required=True)

    @pre_load
    def read_never(self, data: Any, **_: Any) -> Any:
        """Read ``offline: never`` as none."""
        if isinstance(data, dict) and data.get("offline") == "never":
            return {**data, "offline": None}
        if isinstance(data, dict) and "offline" in data and data["offline"] is None:
            return {**data, "offline": "empty"}
        return data

    @post_load
    def read_quota(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        """Read the quota in the item's unit: tiers, or a list of ``from`` and ``tiers``."""
        raw = data["quota"]
        dated = raw if isinstance(raw, list) else [{"from": _EVER, "tiers": raw}]
        quotas = []
        for each in dated:
            if not isinstance(each, dict) or set(each) != {"from", "tiers"} or type(each["from"]) is not date:
                raise ValidationError("A dated quota has from (a day) and tiers.", "quota")
            quotas.append({"from": each["from"], "tiers": _tiers(each["tiers"], data["unit"])})
        return {**data, "quota": quotas}


class CatalogueSchema(Strict):
    """One catalogue.yaml."""

    domain = fields.String(required=True, validate=_CODE)
    bit = Whole(most=31, required=True)
    name = fields.Nested(TextSchema, required=True)
    description = fields.Nested(TextSchema, required=True)
    groups = fields.Dict(fields.String(validate=_CODE), fields.Nested(GroupSchema), load_default=dict)
    items = fields.Dict(
        fields.String(validate=_CODE), fields.Nested(ItemSchema), required=True, validate=validate.Length(1)
    )


def _tiers(raw: object, unit: Unit) -> dict[Tier, int | None]:
    if not isinstance(raw, dict) or not raw or not set(raw) <= set(Tier):
        raise ValidationError("Name the tiers, from A to E, each with its quota.", "quota")
    amount = Fen() if unit is Unit.CNY else Whole(least=1)
    try:
        return {
            tier: None if raw[tier] == "unlimited" else amount.deserialize(raw[tier]) for tier in Tier if tier in raw
        }
    except ValidationError as error:
        raise ValidationError(f"{error.messages[0]}", "quota") from error
