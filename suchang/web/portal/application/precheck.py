"""``/precheck``: three questions, and at once the clause that decides."""

from __future__ import annotations

from flask import render_template, request

from suchang.domain.clock import local_date
from suchang.web.auth import collaborators
from suchang.web.languages import is_english
from suchang.web.portal.application.profiles import GROUPS, MERITS, PLACES, PROFILES, precheck_facts, profile
from suchang.web.portal.frame import blueprint
from suchang.web.words.proofs import proof_of
from suchang.workflows.application import determine


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
        "portal/application/precheck.html",
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
