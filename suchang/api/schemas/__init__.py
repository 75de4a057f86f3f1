"""Request bodies by door: shape only, unknown fields refused, integers strict."""

from suchang.api.schemas import common, holder, officer, outside, partner, service_points, sign_in

__all__ = ["common", "holder", "officer", "outside", "partner", "service_points", "sign_in"]
