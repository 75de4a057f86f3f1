"""Social insurance: a window for transfers over the province's border, and guidance on topping up."""

from __future__ import annotations

from services.base import CatalogueService, Kind, Use, demand
from services.fields import Details, choice, pattern
from suchang.domain.redemption import Refusal

_SCHEMES = ("pension", "medical", "unemployment", "injury", "maternity")
_JIANGSU = "32"


class TransferDetails(Details):
    """A scheme, and the region at the other end (GB/T 2260)."""

    scheme = choice(*_SCHEMES, zh="险种", en="Scheme")
    direction = choice("in", "out", zh="转入或转出", en="In or out")
    region = pattern(r"[1-9][0-9]{5}", "Not a region: six digits of GB/T 2260.", zh="对方地区代码", en="Other region")


class Transfer(Kind):
    """A transfer of contributions."""

    details = TransferDetails

    def objection(self, use: Use) -> Refusal | None:
        """Refuse a transfer within the province, which needs none."""
        outside = not use.details["region"].startswith(_JIANGSU)
        return demand(outside, "省内流动无须办理转移。", "Within Jiangsu nothing has to be transferred.")

    def record(self, use: Use) -> dict[str, str | int | bool]:
        """Keep scheme, direction and region."""
        return dict(use.details)


class GuidanceDetails(Details):
    """The scheme that is asked about."""

    scheme = choice(*_SCHEMES, zh="险种", en="Scheme")


class Guidance(Kind):
    """Guidance on topping up contributions."""

    details = GuidanceDetails

    def record(self, use: Use) -> dict[str, str | int | bool]:
        """Keep the scheme."""
        return {"scheme": use.details["scheme"]}


class Service(CatalogueService):
    """The domain of social insurance."""

    kinds = {"transfer": Transfer(), "guidance": Guidance()}
