"""Health: yearly check-ups, priority registration, consultations that a family shares, recuperation in days."""

from __future__ import annotations

from marshmallow import fields, validate

from services.base import CatalogueService, Kind, Use, demand
from services.fields import Details, Strict, Whole, choice, code_of, day
from suchang.domain.redemption import Refusal
from suchang.domain.vocabulary import Tier


class CheckupDetails(Details):
    """The package of the check-up."""

    package = choice("basic", "full", zh="体检套餐", en="Package", default="basic")


class CheckupTerms(Strict):
    """The tiers that may have the full package."""

    full_package_for = fields.List(code_of(Tier), required=True, validate=validate.Length(1))


class Checkup(Kind):
    """A yearly check-up."""

    details = CheckupDetails
    terms = CheckupTerms

    def objection(self, use: Use) -> Refusal | None:
        """Refuse the full package to tiers that have the basic one."""
        tiers = use.item.terms["full_package_for"]
        allowed = use.details["package"] != "full" or use.who.holder.tier in tiers
        zh, en = f"全项套餐限{'、'.join(tiers)}层次。", f"The full package is for tier {', '.join(tiers)}."
        return demand(allowed, zh, en)

    def record(self, use: Use) -> dict[str, str | int | bool]:
        """Keep the package, which has a price; nothing about health is kept."""
        return {"package": use.details["package"]}


class ConsultationDetails(Details):
    """How the expert is seen."""

    mode = choice("onsite", "remote", zh="会诊方式", en="On site or remote")


class Consultation(Kind):
    """A consultation with an expert."""

    details = ConsultationDetails

    def record(self, use: Use) -> dict[str, str | int | bool]:
        """Keep how the expert was seen."""
        return {"mode": use.details["mode"]}


class StayDetails(Details):
    """The first and last day of a stay."""

    first_day = day(zh="首日", en="First day")
    last_day = day(zh="末日", en="Last day")


class StayTerms(Strict):
    """How long one stay may be."""

    max_stay_days = Whole(least=1, most=366, required=True)


class Stay(Kind):
    """A stay for recuperation, counted in days."""

    details = StayDetails
    terms = StayTerms

    def units(self, use: Use) -> int:
        """Count both the first and the last day."""
        return int((use.details["last_day"] - use.details["first_day"]).days + 1)

    def objection(self, use: Use) -> Refusal | None:
        """Refuse a stay that is too long, ends before it begins, lies behind or reaches into another year's quota."""
        most = use.item.terms["max_stay_days"]
        short = 1 <= self.units(use) <= most
        ahead = use.details["first_day"] >= use.who.day and use.details["last_day"].year == use.who.day.year
        return demand(short, f"一次疗休养须为1至{most}天。", f"One stay takes 1 to {most} days.") or demand(
            ahead, "疗休养须在今日之后、本年之内。", "A stay lies between today and the end of this year."
        )

    def record(self, use: Use) -> dict[str, str | int | bool]:
        """Keep the days of the stay."""
        return {"first_day": use.details["first_day"].isoformat(), "last_day": use.details["last_day"].isoformat()}


class Service(CatalogueService):
    """The health domain."""

    kinds = {"checkup": Checkup(), "consultation": Consultation(), "stay": Stay(), "registration": Kind()}
