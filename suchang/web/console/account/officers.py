"""Officers' accounts in the console: proposed, confirmed by another, closed, unlocked, signed out, recovered."""

from __future__ import annotations

from collections.abc import Callable

from flask import Response, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from suchang.domain.account.roles import CITIES, OFFICER_ROLES, ROLE_NAMES, Role
from suchang.domain.errors import DomainError, Forbidden
from suchang.web.auth import collaborators
from suchang.web.console.frame import blueprint, frame, officer
from suchang.web.languages import gettext, in_language
from suchang.web.words.problems import explain
from suchang.workflows.account import officer_accounts, officer_proposals, second_factors
from suchang.workflows.account.invitations import Invitation
from suchang.workflows.account.officer_proposals import WantedOfficer
from suchang.workflows.account.sign_on import oidc_sign_in

Answer = BaseResponse | tuple[str, int]


def _roles() -> list[tuple[str, str]]:
    return [(role.value, in_language(*names)) for role, names in ROLE_NAMES.items() if role in OFFICER_ROLES]


def role_name(role: str) -> str:
    """Name a role in the reader's language."""
    return in_language(*ROLE_NAMES[Role(role)])


@blueprint.get("/users")
def user_list() -> str:
    """List accounts, or find some; a supervisor sees what waits for a second officer."""
    return _page()


def _page(wrong: str = "", shown: Invitation | None = None) -> str:
    search = request.args.get("q", "").strip()[:40]
    by_name = {text: code for code, text in _roles()}
    administers = Role.ADMINISTRATOR in officer().roles
    resets = officer_accounts.open_resets(collaborators(), officer())
    return render_template(
        "console/account/officers.html",
        users=officer_accounts.accounts(collaborators(), officer(), search=by_name.get(search, search) or None)
        if administers
        else None,
        resets=resets,
        proposals=officer_proposals.waiting(collaborators(), officer()) if administers else [],
        done=request.args.get("done", ""),
        search=search,
        role_name=role_name,
        wrong=wrong,
        shown=shown,
        provider=collaborators().settings.oidc,
        **frame(),
    )


@blueprint.get("/users/new")
def user_new() -> str:
    """Ask for what a new account is."""
    officer().need(Role.ADMINISTRATOR)
    return _new_page()


def _new_page(wrong: str = "") -> str:
    cities = [(code, in_language(*names)) for code, names in CITIES.items()]
    return render_template(
        "console/account/officer_new.html", offices=_roles(), cities=cities, form=request.form, wrong=wrong, **frame()
    )


@blueprint.post("/users/new")
def user_register() -> Answer:
    """Propose an account, which another administrator confirms."""
    form = request.form
    wanted = WantedOfficer(
        form.get("username", "").strip()[:64], form.get("name", "").strip()[:60],
        form.get("number", "").strip()[:40], [Role(one) for one in form.getlist("roles") if one in set(Role)],
        form.get("city", "")[:6] or None,
    )  # fmt: skip
    if not wanted.username or not wanted.name:
        return _new_page(gettext("请填写用户名和姓名。")), 422
    try:
        officer_proposals.propose(collaborators(), officer(), wanted)
    except DomainError as error:
        return _new_page(_said(error)), 409
    return redirect(url_for("console_pages.user_list", done="proposed"))


@blueprint.post("/users/proposals/<proposal_id>")
def user_confirm(proposal_id: str) -> Answer | Response:
    """Confirm a colleague's proposal; the invitation's link is shown once."""
    return _invited(lambda: officer_proposals.confirm(collaborators(), officer(), proposal_id))


def _invited(act: Callable[[], Invitation]) -> Answer | Response:
    """Show an invitation on the very page that answers; no cache keeps it."""
    try:
        made = act()
    except DomainError as error:
        return _page(_said(error)), 409
    answer = make_response(_page(shown=made))
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _said(error: DomainError) -> str:
    """Explain an error on its page; who has no business here gets no page."""
    if isinstance(error, Forbidden) and error.code not in ("own_account", "four_eyes"):
        raise error
    return explain(error)


def _act(act: Callable[[], object]) -> Answer:
    try:
        act()
    except DomainError as error:
        return _page(_said(error)), 409
    return redirect(url_for("console_pages.user_list", q=request.args.get("q") or None))


@blueprint.post("/users/<officer_id>/state")
def user_state(officer_id: str) -> Answer:
    """Close an account, or open it again."""
    active, reason = request.form.get("state") == "active", request.form.get("reason", "").strip()[:500]
    if not reason:
        return _page(gettext("请写明停用或启用的原因。")), 422
    return _act(
        lambda: officer_accounts.set_state(collaborators(), officer(), officer_id, active=active, reason=reason)
    )


@blueprint.post("/users/<officer_id>/unlock")
def user_unlock(officer_id: str) -> Answer:
    """Open the lock of an account."""
    return _act(lambda: officer_accounts.unlock(collaborators(), officer(), officer_id))


@blueprint.post("/users/<officer_id>/sign-out")
def user_sign_out(officer_id: str) -> Answer:
    """End every session of an account."""
    return _act(lambda: officer_accounts.sign_out_everywhere(collaborators(), officer(), officer_id))


@blueprint.post("/users/<officer_id>/oidc-link")
def user_link(officer_id: str) -> Answer:
    """Link an account to a subject of the sign-in service; an empty field takes the link away."""
    subject = request.form.get("subject", "").strip()[:255] or None
    return _act(lambda: oidc_sign_in.link(collaborators(), officer(), officer_id, subject))


@blueprint.post("/users/<officer_id>/totp")
def user_totp(officer_id: str) -> Answer:
    """Propose a new second factor; another officer confirms it."""
    reason = request.form.get("reason", "").strip()[:500]
    if not reason:
        return _page(gettext("请写明重置动态口令的原因。")), 422
    return _act(lambda: second_factors.propose(collaborators(), officer(), officer_id, reason=reason))


@blueprint.post("/users/resets/<proposal_id>")
def user_totp_confirm(proposal_id: str) -> Answer | Response:
    """Confirm a colleague's proposal; the link by which the owner sets new secrets is shown once."""
    return _invited(lambda: second_factors.confirm(collaborators(), officer(), proposal_id))
