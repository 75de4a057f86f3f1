"""``/console/applications/<id>``: evidence, determination and decision of one application on one page."""

from __future__ import annotations

from typing import Any

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from suchang.domain.account.roles import Role
from suchang.domain.errors import DomainError, Forbidden
from suchang.web.auth import collaborators
from suchang.web.console.casework.queue import queue_frame
from suchang.web.console.frame import blueprint, frame, officer
from suchang.web.formats import moment
from suchang.web.languages import gettext
from suchang.web.words import applications as words
from suchang.web.words.problems import explain
from suchang.web.words.proofs import fact_name, stored_proof, value_text
from suchang.workflows.casework import application_view, deputies, officer_acts, phrases

_HANDLING = frozenset({Role.REVIEWER, Role.APPROVER, Role.SUPERVISOR})


def application_page(application: dict[str, Any], wrong: str = "", form: Any = None, kept: str = "") -> str:
    """Return the page, with what stands in the way and what was written."""
    pack = collaborators().engine.pack
    found = application["determination"]
    proof = stored_proof(pack, found) if found else None
    versions = {one["result"]["version"] for one in application["determinations"]}
    return render_template(
        "console/casework/application.html",
        application=application,
        proof=proof,
        moved=len(versions) > 1,
        steps=words.steps(application),
        tiers=[tier.id for tier in pack.tiers],
        rules=[(rule.id, rule.name) for rule in (*proof.near, *proof.met)] if proof else [],
        fact_name=lambda name: fact_name(pack, name),
        say_value=lambda name, value: value_text(pack, name, value),
        mine_now=application["claimed_by"] == officer().officer_id,
        further=words.further_steps(application, officer().roles),
        colleagues=_colleagues(application),
        phrases=phrases.usable(collaborators(), officer()) if _HANDLING & officer().roles else [],
        comments=officer_acts.comments(collaborators(), officer(), application["id"]),
        objections=_objections(application),
        wrong=wrong,
        kept=kept,
        form=form or {},
        **frame(),
        **queue_frame(),
    )


def _colleagues(application: dict[str, Any]) -> list[tuple[str, str]]:
    """List to whom a case in review can be handed: reviewers of its city or of the province."""
    if application["state"] != "in_review" or not officer().roles & {Role.REVIEWER, Role.SUPERVISOR}:
        return []
    return [
        (one["id"], one["name"])
        for one in deputies.colleagues(collaborators(), officer())
        if Role.REVIEWER in one["roles"]
        and one["city"] in (None, application["city"])
        and one["id"] != application["claimed_by"]
    ]


def _objections(application: dict[str, Any]) -> list[dict[str, Any]]:
    """Read objections only where there are any and a supervisor looks: each look is audited."""
    wanted = application["state"] == "objected" and Role.SUPERVISOR in officer().roles
    return officer_acts.objections(collaborators(), officer(), application["id"]) if wanted else []


@blueprint.get("/applications/<application_id>")
def application(application_id: str) -> str:
    """Show one application: evidence, determination, decision."""
    return application_page(application_view.show(collaborators(), officer(), application_id))


@blueprint.get("/cases/<application_id>")
def application_moved(application_id: str) -> BaseResponse:
    """Lead an address of before to where the page is now."""
    kept: dict[str, Any] = request.args.to_dict()
    return redirect(url_for(".application", application_id=application_id, **kept), 308)


def back(application_id: str) -> BaseResponse:
    kept: dict[str, Any] = request.args.to_dict()
    return redirect(url_for(".application", application_id=application_id, **kept))


def again(application_id: str, error: DomainError) -> tuple[str, int]:
    """Show the case again with what stands in the way; what was written stays."""
    if isinstance(error, Forbidden) and error.code == "csrf":
        raise error
    said, kept = explain(error), ""
    if error.code == "changed_meanwhile" and (
        last := application_view.last_change(collaborators(), officer(), application_id)
    ):
        said = gettext(
            "%(who)s 在 %(at)s 已办理“%(act)s”。下面是最新情况，您写的内容还在，没有覆盖任何东西。",
            who=last["name"] or gettext("系统"), at=moment(last["at"]), act=words.event_name(last["action"]),
        )  # fmt: skip
        kept = request.form.get("reason", "").strip()[:2000]
    return application_page(
        application_view.show(collaborators(), officer(), application_id), said, request.form, kept
    ), 409
