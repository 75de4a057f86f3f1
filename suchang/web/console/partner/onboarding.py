"""Partners found, and taken in with their first site."""

from __future__ import annotations

from flask import redirect, render_template, request, url_for

from suchang.domain.account.roles import Role
from suchang.domain.errors import DomainError
from suchang.web.auth import collaborators
from suchang.web.console.frame import blueprint, frame, officer
from suchang.web.console.partner.partner_page import Answer, cities, said
from suchang.web.languages import gettext
from suchang.web.words.domains import all_domains
from suchang.workflows.partner import overview, partners


@blueprint.get("/partners")
def partner_list() -> str:
    """List partners, or find some by name or credit code."""
    search = request.args.get("q", "").strip()[:40]
    found = overview.overview(collaborators(), officer(), search=search or None)
    return render_template("console/partner/partners.html", partners=found, search=search, **frame())


@blueprint.get("/partners/new")
def partner_new() -> str:
    """Ask for what a new partner is."""
    officer().need(Role.PARTNER_ADMIN, Role.ADMINISTRATOR)
    return _new_page()


def _new_page(wrong: str = "") -> str:
    return render_template(
        "console/partner/partner_new.html",
        domains=all_domains(),
        cities=cities(),
        form=request.form,
        wrong=wrong,
        **frame(),
    )


@blueprint.post("/partners/new")
def partner_register() -> Answer:
    """Take a partner in with its first site."""
    form = request.form
    name, site = form.get("name", "").strip()[:120], form.get("site", "").strip()[:120]
    if not name or not site:
        return _new_page(gettext("请填写机构名称和第一个窗口。")), 422
    try:
        made = partners.register_partner(
            collaborators(), officer(), name=name, uscc=form.get("uscc", "")[:40], domains=form.getlist("domains")[:20],
            sites=[(site, form.get("city", "")[:6])],
        )  # fmt: skip
    except DomainError as error:
        return _new_page(said(error)), 409
    return redirect(url_for("console_pages.partner", partner_id=made["id"]))
