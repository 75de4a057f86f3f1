"""``/console``: the queue, one case a page, cards, partners."""

from __future__ import annotations

from typing import Any, cast

from flask import Blueprint, Response, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from suchang.domain.account.roles import Role
from suchang.domain.errors import DomainError, Forbidden, NotFound
from suchang.domain.lifecycle import Outcome
from suchang.web import case_words as words
from suchang.web.auth import collaborators, end_session, signed_in, start_session, this_browser, way_back
from suchang.web.console.menu import menu
from suchang.web.downloads import as_download
from suchang.web.formats import moment
from suchang.web.languages import gettext
from suchang.web.problem_words import explain
from suchang.web.proofs import fact_name, stored_proof, value_text
from suchang.workflows.account import sign_in
from suchang.workflows.application import evidence_files
from suchang.workflows.casework import application_view, decision, deputies, officer_acts, phrases, saved_views
from suchang.workflows.casework import queue as case_queue
from suchang.workflows.casework import review as reviewing
from suchang.workflows.runtime.actors import OfficerActor

blueprint = Blueprint("console_pages", __name__, url_prefix="/console", template_folder="templates")
_OPENED = (
    "enter",
    "enter_password",
    "enter_oidc",
    "oidc_callback",
    "oidc_code",
    "oidc_prove",
    "signed_out",
    "leave_oidc",
)
_OPEN = frozenset({f"console_pages.{name}" for name in _OPENED})
blueprint.before_request(signed_in("officer", "console_pages.enter", open_endpoints=_OPEN))
HAT = "sc_stand_in"
"""The cookie that says for whom a deputy acts; who may is asked of the database with every request."""

_HANDLING = frozenset({Role.REVIEWER, Role.APPROVER, Role.SUPERVISOR})
_TABS = ("", "submitted", "in_review", "supplement_requested", "recommended", "second_decision", "issued", "rejected")


@blueprint.before_request
def put_on_the_hat() -> BaseResponse | None:
    """Let a deputy act for the officer on leave whom they chose; when that is over, say so before anything is done."""
    absent = request.cookies.get(HAT)
    if not absent or not isinstance(g.actor, OfficerActor):
        return None
    try:
        g.actor = deputies.acting_for(collaborators(), g.actor, absent[:64])
    except Forbidden:
        response = redirect(url_for(".deputy_list", over="1"))
        response.delete_cookie(HAT)
        return response
    return None


@blueprint.app_context_processor
def names() -> dict[str, Any]:
    """Give templates the names of states, events and reasons."""
    return {"state_name": words.state_name, "state_kind": words.state_kind, "event_name": words.event_name}


def officer() -> OfficerActor:
    """Return the signed-in officer."""
    return cast(OfficerActor, g.actor)


def frame() -> dict[str, Any]:
    """Return what every page of the console shows of its officer."""
    who = officer()
    return {
        "officer": who,
        "roles": words.role_names(who.roles),
        "due": words.due,
        "Role": Role,
        "menu": menu(who.roles, request.path),
        "stand_ins": deputies.chances(collaborators(), who) if who.acts_for is None else [],
    }


def _queue() -> dict[str, Any]:
    """Read the queue as the address asks for it, with the filters that keep standing beside a case."""
    state = request.args.get("state", "")
    state = state if state in _TABS else ""
    search, mine = request.args.get("q", "")[:40], request.args.get("mine") == "1"
    cursor = request.args.get("cursor") or None
    more = {name: _one_of(name, known) for name, known in words.filters().items()}
    found = case_queue.queue(
        collaborators(), officer(), state=state or None, search=search or None, mine=mine, cursor=cursor, **more
    )
    keep = {"state": state or None, "q": search or None, "mine": "1" if mine else None, **more}
    return {
        "queue": found, "state": state, "search": search, "mine": mine, "keep": keep, "tabs": _TABS, "more": more,
        "filters": words.filters(), "views": [_link(one) for one in saved_views.mine(collaborators(), officer())],
    }  # fmt: skip


def _one_of(name: str, known: list[tuple[str, str]]) -> str | None:
    """Read a filter from the address; what the queue doesn't know counts as no filter."""
    given = request.args.get(name)
    return given if given in {key for key, _ in known} else None


def _link(view: dict[str, Any]) -> dict[str, Any]:
    """Make a link of a view; it is the present one when the address says the same."""
    wanted = {**view["filters"], **({"mine": "1"} if "mine" in view["filters"] else {})}
    here = {key: value for key, value in request.args.items() if value and key in saved_views.FILTERS}
    return {"id": view["id"], "name": view["name"], "query": wanted, "here": here == wanted}


@blueprint.get("")
def queue() -> str:
    """Show the queue, most urgent first."""
    return render_template("console/queue.html", **frame(), **_queue())


def _case_page(case: dict[str, Any], wrong: str = "", form: Any = None, kept: str = "") -> str:
    pack = collaborators().engine.pack
    found = case["determination"]
    proof = stored_proof(pack, found) if found else None
    versions = {one["result"]["version"] for one in case["determinations"]}
    return render_template(
        "console/case.html",
        case=case,
        proof=proof,
        moved=len(versions) > 1,
        steps=words.steps(case),
        tiers=[tier.id for tier in pack.tiers],
        rules=[(rule.id, rule.name) for rule in (*proof.near, *proof.met)] if proof else [],
        fact_name=lambda name: fact_name(pack, name),
        say_value=lambda name, value: value_text(pack, name, value),
        mine_now=case["claimed_by"] == officer().officer_id,
        further=words.further_steps(case, officer().roles),
        colleagues=_colleagues(case),
        phrases=phrases.usable(collaborators(), officer()) if _HANDLING & officer().roles else [],
        comments=officer_acts.comments(collaborators(), officer(), case["id"]),
        objections=_objections(case),
        wrong=wrong,
        kept=kept,
        form=form or {},
        **frame(),
        **_queue(),
    )


def _colleagues(case: dict[str, Any]) -> list[tuple[str, str]]:
    """List to whom a case in review can be handed: reviewers of its city or of the province."""
    if case["state"] != "in_review" or not officer().roles & {Role.REVIEWER, Role.SUPERVISOR}:
        return []
    return [
        (one["id"], one["name"])
        for one in deputies.colleagues(collaborators(), officer())
        if Role.REVIEWER in one["roles"] and one["city"] in (None, case["city"]) and one["id"] != case["claimed_by"]
    ]


def _objections(case: dict[str, Any]) -> list[dict[str, Any]]:
    """Read objections only where there are any and a supervisor looks: each look is audited."""
    wanted = case["state"] == "objected" and Role.SUPERVISOR in officer().roles
    return officer_acts.objections(collaborators(), officer(), case["id"]) if wanted else []


@blueprint.get("/cases/<case_id>")
def case(case_id: str) -> str:
    """Show one case: evidence, determination, decision."""
    return _case_page(application_view.show(collaborators(), officer(), case_id))


@blueprint.post("/cases/<case_id>/claim")
def claim(case_id: str) -> BaseResponse | tuple[str, int]:
    """Take a case."""
    try:
        reviewing.claim(collaborators(), officer(), case_id, version=_version())
    except DomainError as error:
        return _again(case_id, error)
    return _back(case_id)


def _version() -> int | None:
    text = request.form.get("version", "")
    return int(text) if text.isdigit() else None


def _back(case_id: str) -> BaseResponse:
    kept: dict[str, Any] = request.args.to_dict()
    return redirect(url_for(".case", case_id=case_id, **kept))


def _again(case_id: str, error: DomainError) -> tuple[str, int]:
    """Show the case again with what stands in the way; what was written stays."""
    if isinstance(error, Forbidden) and error.code == "csrf":
        raise error
    said, kept = explain(error), ""
    if error.code == "changed_meanwhile" and (
        last := application_view.last_change(collaborators(), officer(), case_id)
    ):
        said = gettext(
            "%(who)s 在 %(at)s 已办理“%(act)s”。下面是最新情况，您写的内容还在，没有覆盖任何东西。",
            who=last["name"] or gettext("系统"), at=moment(last["at"]), act=words.event_name(last["action"]),
        )  # fmt: skip
        kept = request.form.get("reason", "").strip()[:2000]
    return _case_page(application_view.show(collaborators(), officer(), case_id), said, request.form, kept), 409


@blueprint.post("/cases/<case_id>/review")
def review(case_id: str) -> BaseResponse | tuple[str, int]:
    """Recommend, ask for documents, or recommend refusal."""
    act, reason = request.form.get("act", ""), request.form.get("reason", "").strip()[:2000]
    try:
        if act == "supplement":
            wanted = [line.strip()[:120] for line in request.form.get("documents", "").splitlines() if line.strip()]
            reviewing.request_supplement(
                collaborators(), officer(), case_id, documents=wanted[:30], reason=reason, version=_version()
            )
        else:
            outcome = Outcome.APPROVE if act == "approve" else Outcome.REJECT
            reviewing.review(
                collaborators(), officer(), case_id, outcome=outcome, reason=reason, version=_version(),
                tier=_tier() if outcome is Outcome.APPROVE else None, rule=request.form.get("rule", "")[:40],
            )  # fmt: skip
    except DomainError as error:
        return _again(case_id, error)
    return _back(case_id)


def _tier() -> str | None:
    tier = request.form.get("tier", "")
    return tier if tier in {one.id for one in collaborators().engine.pack.tiers} else None


@blueprint.post("/cases/<case_id>/decision")
def decide(case_id: str) -> BaseResponse | tuple[str, int]:
    """Approve or reject; an approval issues the card."""
    outcome = Outcome.APPROVE if request.form.get("act") == "approve" else Outcome.REJECT
    try:
        decision.decide(
            collaborators(), officer(), case_id, outcome=outcome, reason=request.form.get("reason", "").strip()[:2000],
            tier=_tier() if outcome is Outcome.APPROVE else None, rule=request.form.get("rule", "")[:40],
            version=_version(),
        )  # fmt: skip
    except DomainError as error:
        return _again(case_id, error)
    return _back(case_id)


@blueprint.post("/cases/<case_id>/evidence/<evidence_id>/file")
def evidence_file(case_id: str, evidence_id: str) -> BaseResponse | tuple[str, int]:
    """Hand out a file of evidence; why the officer looks is written down."""
    reason = request.form.get("reason", "").strip()[:500]
    try:
        return as_download(evidence_files.see(collaborators(), officer(), case_id, evidence_id, reason=reason))
    except DomainError as error:
        return _again(case_id, error)


@blueprint.post("/cases/<case_id>/evidence/<evidence_id>/check")
def evidence_check(case_id: str, evidence_id: str) -> BaseResponse | tuple[str, int]:
    """Note where a piece of evidence was checked."""
    source = request.form.get("source", "").strip()[:200]
    try:
        evidence_files.check(collaborators(), officer(), case_id, evidence_id, source=source)
    except DomainError as error:
        return _again(case_id, error)
    return _back(case_id)


@blueprint.post("/cases/<case_id>/steps/<name>")
def step(case_id: str, name: str) -> BaseResponse | tuple[str, int]:
    """Take one of the further steps of a case."""
    reason = request.form.get("reason", "").strip()[:2000]
    if name not in officer_acts.STEPS:
        raise NotFound("There is no such step.")
    try:
        assignee = request.form.get("assignee", "")[:64] or None
        officer_acts.step(
            collaborators(), officer(), case_id, name, reason=reason, assignee=assignee, version=_version()
        )
    except DomainError as error:
        return _again(case_id, error)
    return _back(case_id)


@blueprint.post("/cases/<case_id>/comments")
def comment(case_id: str) -> BaseResponse | tuple[str, int]:
    """Write a comment for colleagues, or declare a conflict of interest."""
    text = request.form.get("text", "").strip()[:2000]
    try:
        if text and request.form.get("conflict") == "1":
            officer_acts.declare_conflict(collaborators(), officer(), case_id, reason=text)
        elif text:
            officer_acts.comment(collaborators(), officer(), case_id, text=text)
    except DomainError as error:
        return _again(case_id, error)
    return _back(case_id)


def enter_page(wrong: str = "", value: str = "") -> str:
    """Show the sign-in of officers, with what went wrong."""
    return render_template(
        "sign_in_password.html", action=url_for(".enter"), next=way_back("/console"), room=gettext("审批"), wrong=wrong,
        hint=gettext("经办人员登录：密码和动态口令"), value=value, totp=True, demo=collaborators().settings.demo,
        oidc=collaborators().settings.oidc,
    )  # fmt: skip


@blueprint.get("/sign-in")
def enter() -> str:
    """Ask for name, password and the second factor."""
    return enter_page()


@blueprint.post("/sign-in")
def enter_password() -> str | BaseResponse:
    """Sign an officer in."""
    name = request.form.get("username", "")[:64]
    password, totp = request.form.get("password", "")[:256], request.form.get("totp", "").strip()[:8]
    signed = sign_in.sign_in_officer(collaborators(), name, password, totp, this_browser("officer"))
    if signed is None:
        return enter_page(gettext("用户名、密码或动态口令不对；连续输错会锁定 15 分钟。"), name)
    return start_session(cast(Response, redirect(way_back("/console"))), "officer", signed.token)


@blueprint.post("/sign-out")
def leave() -> Response:
    """Sign out of this browser; who came by the provider is shown the way out of that too."""
    response, method = end_session(cast(Response, redirect(url_for(".enter"))), "officer")
    if method.startswith("oidc"):
        response.headers["Location"] = url_for(".signed_out")
    return response
