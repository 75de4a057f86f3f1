"""Transport: fast lanes with a ticket of the same day, and a city transport card to be applied for in time."""

from __future__ import annotations

from datetime import date

from services.base import CatalogueService, Kind, Use, demand
from services.fields import Details, Strict, Whole, choice, day, pattern
from suchang.domain.places import CITIES
from suchang.domain.redemption import BenefitItem, Period, Refusal
from suchang.domain.redemption.rules import Beneficiary


class FlightDetails(Details):
    """A ticket for a flight."""

    number = pattern(r"[A-Z0-9]{2}[0-9]{1,4}", "Not a flight number such as MU2812.", zh="航班号", en="Flight")
    travel_date = day(zh="乘机日期", en="Date of the ticket")


class TrainDetails(Details):
    """A ticket for a train."""

    number = pattern(r"[CDGKSTYZ]?[0-9]{1,4}", "Not a train number such as G7.", zh="车次", en="Train")
    travel_date = day(zh="乘车日期", en="Date of the ticket")


class FastLane(Kind):
    """A fast lane, with a ticket for today."""

    def objection(self, use: Use) -> Refusal | None:
        """Refuse a ticket for another day."""
        return demand(use.details["travel_date"] == use.who.day, "须持当日票。", "The ticket has to be for today.")

    def record(self, use: Use) -> dict[str, str | int | bool]:
        """Keep the number of flight or train."""
        return {"number": use.details["number"]}


class Flight(FastLane):
    """The fast lane of an airport."""

    details = FlightDetails


class Train(FastLane):
    """The fast lane of a railway station."""

    details = TrainDetails


class CityCardDetails(Details):
    """The city whose transport card is wanted (GB/T 2260)."""

    city = choice(*CITIES, zh="城市", en="City")


class CityCardTerms(Strict):
    """How soon after the card is issued the transport card has to be asked for."""

    apply_within_months = Whole(least=1, most=120, required=True)


class CityCard(Kind):
    """A city transport card."""

    details = CityCardDetails
    terms = CityCardTerms

    def bar(self, item: BenefitItem, who: Beneficiary, period: Period) -> Refusal | None:
        """Refuse from the day on which the months since the issue are over."""
        months = int(item.terms["apply_within_months"])
        in_time = _months_between(who.holder.issued_on, who.day) < months
        return demand(in_time, f"须在发卡后{months}个月内申请。", f"Ask within {months} months of the card's issue.")

    def record(self, use: Use) -> dict[str, str | int | bool]:
        """Keep the city."""
        return {"city": use.details["city"]}


def _months_between(start: date, end: date) -> int:
    """Count the completed months between two days."""
    return (end.year - start.year) * 12 + end.month - start.month - (end.day < start.day)


class Service(CatalogueService):
    """The domain of transport."""

    kinds = {"flight": Flight(), "train": Train(), "city_card": CityCard()}
