"""Culture and sport: free visits; companions count on the family's quota."""

from __future__ import annotations

from services.base import CatalogueService, Kind, Use, demand
from services.fields import Details, Strict, Whole, count
from suchang.domain.redemption import Refusal


class VisitDetails(Details):
    """How many people come along."""

    companions = count(0, 99, zh="同行人数", en="Companions")


class VisitTerms(Strict):
    """How many may come along."""

    max_companions = Whole(most=99, required=True)


class Visit(Kind):
    """A visit with companions."""

    details = VisitDetails
    terms = VisitTerms

    def units(self, use: Use) -> int:
        """Count the visitor and every companion."""
        return 1 + int(use.details["companions"])

    def objection(self, use: Use) -> Refusal | None:
        """Refuse too many companions."""
        most = use.item.terms["max_companions"]
        return demand(use.details["companions"] <= most, f"同行不超过{most}人。", f"At most {most} companions.")

    def record(self, use: Use) -> dict[str, str | int | bool]:
        """Keep the number of companions."""
        return {"companions": use.details["companions"]}


class Service(CatalogueService):
    """The domain of culture and sport."""

    kinds = {"visit": Visit()}
