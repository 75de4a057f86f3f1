"""``/notices``: public notices and objections to them."""

from __future__ import annotations

from flask import render_template, request

from suchang.domain.errors import DomainError
from suchang.web.auth import collaborators
from suchang.web.portal.frame import blueprint
from suchang.web.words.problems import explain
from suchang.workflows.casework import notices


@blueprint.get("/notices")
def notice_list() -> str:
    """Show the public notices that run today."""
    return render_template("portal/casework/notices.html", notices=notices.published(collaborators()))


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
        return render_template(
            "portal/casework/notices.html", notices=notices.published(collaborators()), wrong=explain(error)
        )
    return render_template("portal/casework/notices.html", notices=notices.published(collaborators()), done=True)
