"""The public pages."""

from __future__ import annotations

from collections import Counter

from flask import Blueprint, render_template, request

from suchang.domain.roles import CITIES
from suchang.web.domains import all_domains, domain_words
from suchang.web.languages import in_language
from suchang.web.portal import jiangsu_map
from suchang.workflows.directory import policies, service_points

blueprint = Blueprint("portal", __name__, template_folder="templates")


def city_name(code: str | None) -> str:
    """Give a city's name without its rank, in the language of the page; the province for no city."""
    if code is None or code not in CITIES:
        return in_language("江苏省", "Jiangsu Province")
    zh, en = CITIES[code]
    return in_language(zh.removesuffix("市"), en)


@blueprint.get("/")
def home() -> str:
    """Show what the card is."""
    return render_template("portal/home.html", domains=all_domains(), map=jiangsu_map)


@blueprint.get("/places")
def places() -> str:
    """Show the service points: a map of the cities and a list, filtered by city, domain and text."""
    city, domain, text = (request.args.get(name, "")[:60] for name in ("city", "domain", "q"))
    city = city if city in CITIES else ""
    counts = Counter(point.city for point in service_points(domain=domain or None, text=text))
    points = service_points(city=city or None, domain=domain or None, text=text)
    return render_template(
        "portal/places.html",
        map=jiangsu_map,
        city=city,
        domain=domain,
        text=text,
        counts=counts,
        points=points,
        groups=[(code, [point for point in points if point.city == code]) for code in CITIES],
        domains=all_domains(),
        cities=CITIES,
        domain_words=domain_words,
    )


@blueprint.get("/policies")
def policy_directory() -> str:
    """Show the policies in plain words."""
    text = request.args.get("q", "")[:60]
    return render_template("portal/policies.html", entries=policies(text=text), text=text)
