"""Housing: one mode a household, of a subsidy to buy, a subsidy to rent and a talent apartment."""

from __future__ import annotations

from services.base import CatalogueService, Kind, Use, demand
from services.fields import Details, Strict, Whole, day, money, pattern
from suchang.domain.redemption import Refusal

_CONTRACT = r"[A-Z0-9][A-Z0-9-]{5,39}"
_CONTRACT_HINT = "Not a contract number: 6 to 40 capital letters, digits and hyphens."


class PurchaseDetails(Details):
    """A contract of purchase and the subsidy asked for."""

    contract_number = pattern(_CONTRACT, _CONTRACT_HINT, zh="购房合同编号", en="Number of the purchase contract")
    price = money(zh="合同总价", en="Price by the contract")
    amount = money(zh="申请补贴", en="Subsidy asked for")


class PurchaseTerms(Strict):
    """How much of the price a subsidy may cover."""

    max_percent_of_price = Whole(least=1, most=100, required=True)


class Purchase(Kind):
    """A subsidy to buy a home."""

    details = PurchaseDetails
    terms = PurchaseTerms

    def units(self, use: Use) -> int:
        """Charge the amount asked for, in fen."""
        return int(use.details["amount"])

    def objection(self, use: Use) -> Refusal | None:
        """Refuse a subsidy above its share of the price."""
        percent = use.item.terms["max_percent_of_price"]
        within = use.details["amount"] * 100 <= use.details["price"] * percent
        return demand(within, f"补贴不超过合同总价的{percent}%。", f"At most {percent} % of the price is subsidised.")

    def record(self, use: Use) -> dict[str, str | int | bool]:
        """Keep the contract and its price."""
        return {"contract_number": use.details["contract_number"], "price_fen": use.details["price"]}


class RentDetails(Details):
    """A tenancy and the month's subsidy asked for."""

    contract_number = pattern(_CONTRACT, _CONTRACT_HINT, zh="租赁合同编号", en="Number of the tenancy contract")
    monthly_rent = money(zh="月租金", en="Rent a month")
    amount = money(zh="申请补贴", en="Subsidy asked for")


class Rent(Kind):
    """A month's subsidy to rent a home."""

    details = RentDetails

    def units(self, use: Use) -> int:
        """Charge the amount asked for, in fen."""
        return int(use.details["amount"])

    def objection(self, use: Use) -> Refusal | None:
        """Refuse a subsidy above the rent."""
        within = use.details["amount"] <= use.details["monthly_rent"]
        return demand(within, "补贴不超过月租金。", "The subsidy is at most the month's rent.")

    def record(self, use: Use) -> dict[str, str | int | bool]:
        """Keep the contract and its rent."""
        return {"contract_number": use.details["contract_number"], "monthly_rent_fen": use.details["monthly_rent"]}


class LeaseDetails(Details):
    """A lease of a talent apartment."""

    contract_number = pattern(_CONTRACT, _CONTRACT_HINT, zh="租约编号", en="Number of the lease")
    lease_from = day(zh="起租日", en="First day of the lease")
    lease_until = day(zh="到期日", en="Last day of the lease")


class LeaseTerms(Strict):
    """How long a lease may run."""

    max_lease_days = Whole(least=1, most=10_000, required=True)


class Lease(Kind):
    """A talent apartment, one lease."""

    details = LeaseDetails
    terms = LeaseTerms

    def objection(self, use: Use) -> Refusal | None:
        """Refuse a lease that ends before it begins or runs too long."""
        most = use.item.terms["max_lease_days"]
        days = (use.details["lease_until"] - use.details["lease_from"]).days + 1
        return demand(1 <= days <= most, f"租期须为1至{most}天。", f"A lease runs for 1 to {most} days.")

    def record(self, use: Use) -> dict[str, str | int | bool]:
        """Keep the lease and its last day."""
        return {
            "contract_number": use.details["contract_number"],
            "lease_until": use.details["lease_until"].isoformat(),
        }


class Service(CatalogueService):
    """The housing domain."""

    kinds = {"purchase": Purchase(), "rent": Rent(), "lease": Lease()}
