"""What every public page shares: its blueprint and the names of cities."""

from __future__ import annotations

from flask import Blueprint

from suchang.domain.account.roles import CITIES
from suchang.web.auth import for_anyone
from suchang.web.languages import in_language

blueprint = Blueprint("portal", __name__, template_folder="templates")
blueprint.before_request(for_anyone())


def city_name(code: str | None) -> str:
    """Return a city's name without its rank, in the language of the page; the province for no city."""
    if code is None or code not in CITIES:
        return in_language("江苏省", "Jiangsu Province")
    zh, en = CITIES[code]
    return in_language(zh.removesuffix("市"), en)
