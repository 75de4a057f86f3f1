"""Exit, entry and residence: a channel for permits, and endorsement letters that lapse."""

from __future__ import annotations

from datetime import date, timedelta

from services.base import CatalogueService, Kind, Use, demand
from services.fields import Details, Strict, Whole, choice, day
from suchang.domain.redemption import Refusal


class PermitDetails(Details):
    """What is applied for."""

    matter = choice("visa", "work_residence", "family_residence", "permanent_residence", zh="事项", en="Matter")


class Permit(Kind):
    """The channel for residence permits."""

    details = PermitDetails

    def record(self, use: Use) -> dict[str, str | int | bool]:
        """Keep the matter."""
        return {"matter": use.details["matter"]}


class LetterDetails(Details):
    """What a letter is for and how long the passport is good."""

    purpose = choice("visa", "permanent_residence", "invitation", zh="用途", en="Purpose")
    passport_valid_until = day(zh="护照有效期至", en="Passport valid until")


class LetterTerms(Strict):
    """How long a letter is good."""

    valid_days = Whole(least=1, most=366, required=True)


class Letter(Kind):
    """An endorsement letter."""

    details = LetterDetails
    terms = LetterTerms

    def objection(self, use: Use) -> Refusal | None:
        """Refuse a letter that would outlive the passport."""
        covered = use.details["passport_valid_until"] >= _last_day(use)
        return demand(covered, "护照有效期须覆盖推荐函有效期。", "The passport ends before the letter would.")

    def record(self, use: Use) -> dict[str, str | int | bool]:
        """Keep the purpose and the letter's last day, not the passport."""
        return {"purpose": use.details["purpose"], "letter_valid_until": _last_day(use).isoformat()}


def _last_day(use: Use) -> date:
    """Return the last day of a letter; the day it is written counts as the first."""
    valid = int(use.item.terms["valid_days"])
    return use.who.day + timedelta(days=valid - 1)


class Service(CatalogueService):
    """The domain of exit, entry and residence."""

    kinds = {"permit": Permit(), "letter": Letter()}
