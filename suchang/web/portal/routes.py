"""The public pages."""

from __future__ import annotations

from collections import Counter

from flask import Blueprint, render_template, request

from suchang.domain.account.roles import CITIES
from suchang.domain.clock import local_date
from suchang.domain.errors import DomainError
from suchang.web.auth import collaborators, for_anyone
from suchang.web.domains import all_domains
from suchang.web.languages import in_language, is_english
from suchang.web.portal import jiangsu_map
from suchang.web.portal.places import find
from suchang.web.portal.profiles import GROUPS, MERITS, PLACES, PROFILES, precheck_facts, profile
from suchang.web.problem_words import explain
from suchang.web.proofs import proof_of
from suchang.workflows.application import determine
from suchang.workflows.casework import notices
from suchang.workflows.policy.directory import policies

blueprint = Blueprint("portal", __name__, template_folder="templates")
blueprint.before_request(for_anyone())


def city_name(code: str | None) -> str:
    """Return a city's name without its rank, in the language of the page; the province for no city."""
    if code is None or code not in CITIES:
        return in_language("江苏省", "Jiangsu Province")
    zh, en = CITIES[code]
    return in_language(zh.removesuffix("市"), en)


@blueprint.get("/")
def home() -> str:
    """Show what the card is."""
    return render_template("portal/home.html", domains=all_domains(), map=jiangsu_map, limits=collaborators().limits)


@blueprint.get("/places")
def places() -> str:
    """Show the service points: a map of the cities and a list, filtered by city, domain and text."""
    city, domain, text = (request.args.get(name, "")[:60] for name in ("city", "domain", "q"))
    city = city if city in CITIES else ""
    domain = domain if domain in collaborators().services else ""
    everywhere = find(domain=domain, text=text)
    points = [point for point in everywhere if not city or point.city == city]
    return render_template(
        "portal/places.html",
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


@blueprint.get("/policies")
def policy_directory() -> str:
    """Show the policies in plain words."""
    text = request.args.get("q", "")[:60]
    return render_template("portal/policies.html", entries=policies(text=text), text=text)


@blueprint.get("/precheck")
def precheck() -> str:
    """Ask three questions and say at once which clause decides; nothing is stored."""
    key, place = request.args.get("who", "")[:40], request.args.get("place", "")[:40]
    merits = [one for one in request.args.getlist("merit") if one in MERITS]
    proof = None
    if profile(key) and place in PLACES:
        facts = precheck_facts(key, place, merits, local_date(collaborators().clock()))
        found = determine.precheck(collaborators(), facts)
        proof = proof_of(collaborators().engine.pack, found.to_json("en" if is_english() else "zh"), translated=True)
    return render_template(
        "portal/precheck.html",
        profiles=PROFILES,
        groups=GROUPS,
        places=PLACES,
        merits=MERITS,
        who=key,
        place=place,
        chosen=merits,
        proof=proof,
        asked="who" in request.args,
    )


@blueprint.get("/notices")
def notice_list() -> str:
    """Show the public notices that run today."""
    return render_template("portal/notices.html", notices=notices.published(collaborators()))


@blueprint.post("/notices/<application_id>/objections")
def object_to(application_id: str) -> str:
    """Take down what somebody says against a notice."""
    form = request.form
    try:
        notices.object_to(
            collaborators(),
            application_id,
            text=form.get("text", "").strip()[:2000],
            name=form.get("name", "").strip()[:60],
            contact=form.get("contact", "").strip()[:60],
        )
    except DomainError as error:
        return render_template("portal/notices.html", notices=notices.published(collaborators()), wrong=explain(error))
    return render_template("portal/notices.html", notices=notices.published(collaborators()), done=True)
