"""``/me/family``: the dependants, their codes on this phone and on paper, the guardian's consent."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from suchang.domain.errors import DomainError, NotFound
from suchang.domain.vocabulary import Relation
from suchang.web.auth import collaborators
from suchang.web.holder import words
from suchang.web.holder.credential.paper_code import paper_code
from suchang.web.holder.frame import blueprint, held_card, me
from suchang.web.languages import gettext
from suchang.web.words.problems import explain
from suchang.workflows.card import dependants
from suchang.workflows.card.dependants import Declaration
from suchang.workflows.credential import credentials


def _page(wrong: str = "", form: Any = None) -> str:
    card, family = held_card(), dependants.mine(collaborators(), me())
    return render_template(
        "holder/card/family.html",
        card=card,
        family=family,
        ready=[one for one in family if one["obstacle"] is None],
        obstacles=words.obstacles(),
        relations=[(one.value, words.relation_name(one)) for one in Relation],
        document_types=words.document_types(),
        words=words.family_words(),
        wrong=wrong,
        form=form or {},
    )


@blueprint.get("/family")
def family() -> str:
    """Show the dependants, and the code of each who may have one."""
    return _page()


@blueprint.post("/family")
def declare() -> str | BaseResponse | tuple[str, int]:
    """Take a declaration down; an officer confirms it."""
    form = request.form
    relation = form.get("relation", "")
    if relation not in set(Relation):
        return _page(gettext("请选择与您的关系。"), form), 422
    said = Declaration(
        relation=Relation(relation),
        name=form.get("name", "").strip()[:60],
        identity_type=form.get("document_type", "")[:40],
        identity_number=form.get("number", "").strip()[:40],
        evidence={"document": form.get("evidence", "").strip()[:200]},
        born=_day(form.get("born", "")),
        guardian_consent=form.get("consent") == "yes",
    )
    if not said.name or not said.evidence["document"]:
        return _page(gettext("请把姓名和关系证明填全。"), form), 422
    try:
        dependants.declare(collaborators(), me(), said)
    except DomainError as error:
        return _page(explain(error), form), 409
    return redirect(url_for(".family"))


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


@blueprint.post("/family/<dependant_id>/consent")
def consent(dependant_id: str) -> BaseResponse | tuple[str, int]:
    """Give or take back the guardian's consent."""
    try:
        dependants.consent(collaborators(), me(), dependant_id, given=request.form.get("given") == "yes")
    except DomainError as error:
        return _page(explain(error)), 409
    return redirect(url_for(".family"))


@blueprint.post("/family/<dependant_id>/remove")
def remove(dependant_id: str) -> BaseResponse:
    """Remove a dependant, whose codes end at once."""
    dependants.remove(collaborators(), me(), dependant_id)
    return redirect(url_for(".family"))


@blueprint.route("/family/<dependant_id>/print", methods=["GET", "POST"])
def print_family(dependant_id: str) -> str | BaseResponse | tuple[str, int]:
    """Show a dependant's printed card; a new print voids the old one."""
    card = held_card()
    who = next((one for one in dependants.mine(collaborators(), me()) if one["id"] == dependant_id), None)
    if card is None or who is None:
        raise NotFound("There is no such dependant.")
    try:
        printed = credentials.printed_code(
            collaborators(), me(), dependant_id=dependant_id, renew=request.method == "POST"
        )
    except DomainError as error:
        return _page(explain(error)), 409
    code = paper_code(printed["presentation"], gettext("打印的出示码"))
    return render_template("holder/credential/print.html", card=card, who=who, code=code, expires=printed["expires_at"])
