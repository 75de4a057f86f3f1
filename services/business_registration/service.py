"""Business registration: a one-stop window for founders, and an agent who files on their behalf."""

from __future__ import annotations

from marshmallow import ValidationError, validates

from services.base import CatalogueService, Kind, Use
from services.fields import Details, choice, pattern
from suchang.domain.people.organisation import credit_check_character
from suchang.domain.places import CITIES

_CREDIT_CODE = r"[0-9A-HJ-NP-RTUWXY]{18}"


class FilingDetails(Details):
    """What is filed, and for which company (unified social credit code)."""

    matter = choice("change", "annual_report", "deregistration", zh="事项", en="Matter")
    uscc = pattern(_CREDIT_CODE, "Not a unified social credit code.", zh="统一社会信用代码", en="Credit code")

    @validates("uscc")
    def check_character(self, value: str, data_key: str) -> None:
        """Refuse a code whose check character is wrong (GB 32100-2015)."""
        if credit_check_character(value[:17]) != value[17]:
            raise ValidationError("The check character of the credit code is wrong.")


class Filing(Kind):
    """A filing for a company that exists."""

    details = FilingDetails

    def record(self, use: Use) -> dict[str, str | int | bool]:
        """Keep matter and company."""
        return dict(use.details)


class FoundingDetails(Details):
    """Where a company is to be founded (GB/T 2260)."""

    city = choice(*CITIES, zh="设立城市", en="City of the company")


class Founding(Kind):
    """The founding of a company by an agent."""

    details = FoundingDetails

    def record(self, use: Use) -> dict[str, str | int | bool]:
        """Keep the city."""
        return {"city": use.details["city"]}


class Service(CatalogueService):
    """The domain of business registration."""

    kinds = {"filing": Filing(), "founding": Founding()}
