"""``/places``: service points on a map and in a list."""

from __future__ import annotations

from collections import Counter

from flask import render_template, request

from suchang.domain.account.roles import CITIES
from suchang.web.auth import collaborators
from suchang.web.portal import jiangsu_map
from suchang.web.portal.frame import blueprint
from suchang.web.portal.help.service_points import find
from suchang.web.words.domains import all_domains


@blueprint.get("/places")
def places() -> str:
    """Show the service points: a map of the cities and a list, filtered by city, domain and text."""
    city, domain, text = (request.args.get(name, "")[:60] for name in ("city", "domain", "q"))
    city = city if city in CITIES else ""
    domain = domain if domain in collaborators().services else ""
    everywhere = find(domain=domain, text=text)
    points = [point for point in everywhere if not city or point.city == city]
    return render_template(
        "portal/help/places.html",
        map=jiangsu_map,
        city=city,
        domain=domain,
        text=text,
        counts=Counter(point.city for point in everywhere),
        points=points,
        groups=[(code, [point for point in points if point.city == code]) for code in CITIES],
        domains=all_domains(),
        cities=CITIES,
        demo=collaborators().settings.demo,
    )
