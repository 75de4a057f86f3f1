"""Finance: referral for a talent loan up to the ceiling of the tier, and a counter of its own at the bank."""

from __future__ import annotations

from services.base import CatalogueService, Kind, Use, demand
from services.fields import Details, Strict, Whole, choice, count, money, pattern
from suchang.domain.redemption import Refusal


class LoanDetails(Details):
    """The loan that a bank is asked for."""

    application_number = pattern(
        r"[A-Z0-9][A-Z0-9-]{5,39}",
        "Not an application number: 6 to 40 capital letters, digits and hyphens.",
        zh="贷款申请编号",
        en="Number of the loan application",
    )
    amount = money(zh="申请金额", en="Amount asked for")
    months = count(1, 600, zh="期限（月）", en="Term in months")
    purpose = choice("start_up", "research", "working_capital", zh="用途", en="Purpose")


class LoanTerms(Strict):
    """How long a loan may run."""

    max_months = Whole(least=1, most=600, required=True)


class Loan(Kind):
    """A referral for a talent loan; what the tier's ceiling leaves may be granted."""

    details = LoanDetails
    terms = LoanTerms

    def units(self, use: Use) -> int:
        """Charge the amount asked for, in fen."""
        return int(use.details["amount"])

    def objection(self, use: Use) -> Refusal | None:
        """Refuse a term that is too long."""
        most = use.item.terms["max_months"]
        return demand(use.details["months"] <= most, f"期限不超过{most}个月。", f"The term is at most {most} months.")

    def record(self, use: Use) -> dict[str, str | int | bool]:
        """Keep the application, its term and purpose."""
        return {name: use.details[name] for name in ("application_number", "months", "purpose")}


class CounterDetails(Details):
    """What the visit to the bank is about."""

    business = choice("account", "exchange", "card", "other", zh="业务", en="Business")


class Counter(Kind):
    """A visit to the counter for talents."""

    details = CounterDetails

    def record(self, use: Use) -> dict[str, str | int | bool]:
        """Keep the business."""
        return {"business": use.details["business"]}


class Service(CatalogueService):
    """The domain of finance."""

    kinds = {"loan": Loan(), "counter": Counter()}
