"""Policy in the console: draft an edit, see its checks and what it would do to the people on record."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from flask import Response, jsonify, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from suchang.domain.account.roles import Role
from suchang.domain.clock import local_date
from suchang.domain.errors import DomainError
from suchang.eligibility import PackInvalid
from suchang.eligibility.authoring.amendment import Threshold
from suchang.web.auth import collaborators
from suchang.web.console.frame import blueprint, frame, officer
from suchang.web.console.policy.flow import flow
from suchang.web.languages import gettext, in_language
from suchang.web.portal import jiangsu_map
from suchang.web.words.problems import explain
from suchang.web.words.proofs import fact_name
from suchang.workflows.policy import drafts

_SIGNS = {"lt": "<", "le": "≤", "gt": ">", "ge": "≥"}
_TURNS = ("gains", "rises", "falls", "loses")


def turn_name(turn: str) -> str:
    """Name what happens to somebody by an edit."""
    names = {"gains": gettext("新得"), "rises": gettext("上升"), "falls": gettext("下降"), "loses": gettext("失去")}
    return names[turn]


def owner_name(owner: str) -> str:
    """Name a rule or a named condition of the pack in force."""
    pack = collaborators().engine.pack
    versions = pack.rules.get(owner) or pack.conditions.get(owner)
    name = in_language(versions[-1].name.zh, versions[-1].name.en) if versions else owner
    return name[:1].upper() + name[1:]


def bound_text(one: Mapping[str, Any], value: str) -> str:
    """Say what a threshold asks for: the fact, the field, the sign and a value."""
    pack = collaborators().engine.pack
    fact = pack.facts.get(one["fact"])
    field = next((each for each in fact.fields if each.name == one["field"]), None) if fact else None
    said = fact_name(pack, one["fact"])
    if one["field"] == "count":
        said += " · " + gettext("项数")
    elif field:
        said += " · " + in_language(field.label.zh, field.label.en)
    if one["is_age"]:
        said = gettext("年龄")
    unit = field.unit if field else fact.unit if fact else None
    if one["bound"] == "within":
        return f"{said} {gettext('在最近 %(period)s 内', period=period_text(value))}"
    return f"{said} {_SIGNS[one['bound']]} {value}" + (f" {in_language(unit.zh, unit.en)}" if unit else "")


def period_text(value: str) -> str:
    """Say a period such as P5Y."""
    names = {"Y": gettext("年"), "M": gettext("个月"), "D": gettext("天")}
    said, number = [], ""
    for character in value.removeprefix("P"):
        if character in names:
            said.append(f"{number} {names[character]}")
            number = ""
        else:
            number += character
    return " ".join(said)


def _choices(found: list[Threshold]) -> dict[str, list[tuple[str, str]]]:
    """Group the thresholds under the names of what asks for them."""
    groups: dict[str, list[tuple[str, str]]] = {}
    for one in found:
        asked = {"fact": one.fact, "field": one.field, "bound": one.bound, "is_age": one.is_age}
        name = owner_name(one.owner) + (f" ({one.owner})" if one.owner in collaborators().engine.pack.rules else "")
        groups.setdefault(name, []).append((one.key, bound_text(asked, one.value)))
    return groups


def _page(wrong: str = "", problems: list[str] | None = None) -> str:
    may_edit = Role.POLICY_EDITOR in officer().roles
    pack = collaborators().engine.pack
    return render_template(
        "console/policy/drafts.html",
        drafts=drafts.listed(collaborators(), officer()),
        choices=_choices(drafts.choices(collaborators(), officer())) if may_edit else {},
        pack=pack,
        start=(local_date(collaborators().clock()) + timedelta(days=31)).replace(day=1).isoformat(),
        owner_name=owner_name,
        bound_text=bound_text,
        form=request.form,
        wrong=wrong,
        problems=problems or [],
        **frame(),
    )


@blueprint.get("/policy")
def policy() -> str:
    """Show the pack in force, the drafts, and the forms for a new one."""
    return _page()


def _day(name: str) -> date:
    try:
        return date.fromisoformat(request.form.get(name, ""))
    except ValueError:
        return local_date(collaborators().clock())


@blueprint.post("/policy/edit")
def edit_policy() -> BaseResponse | tuple[str, int]:
    """Draft one changed threshold and simulate it."""
    key, value = request.form.get("key", "")[:120], request.form.get("value", "").strip().upper()[:20]
    try:
        made = drafts.draft_edit(collaborators(), officer(), key=key, value=value, start=_day("from"))
    except PackInvalid as error:
        return _page(gettext("改成这个值，规则包就不能用了。"), [str(one) for one in error.problems[:20]]), 409
    except DomainError as error:
        return _page(explain(error)), 409
    return redirect(url_for("console_pages.policy_draft", draft_id=made))


@blueprint.post("/policy/upload")
def upload_policy() -> BaseResponse | tuple[str, int]:
    """Take a pack that was edited elsewhere and simulate it."""
    file = request.files.get("file")
    try:
        made = drafts.draft_upload(collaborators(), officer(), file.read() if file else b"", on=_day("on"))
    except PackInvalid as error:
        return _page(gettext("这个规则包还不能用。"), [str(one) for one in error.problems[:20]]), 409
    except DomainError as error:
        return _page(explain(error)), 409
    return redirect(url_for("console_pages.policy_draft", draft_id=made))


@blueprint.get("/policy/<draft_id>")
def policy_draft(draft_id: str) -> str:
    """Show a draft: how far the work is, then checks, numbers, map, flow and clauses."""
    draft = drafts.show(collaborators(), officer(), draft_id)
    report = draft["report"] if draft["state"] == "done" else None
    cities = {one["city"]: one for one in report["by_city"]} if report else {}
    return render_template(
        "console/policy/draft.html",
        draft=draft,
        report=report,
        flow=flow(report["moves"], report["tiers"]) if report and report["changed"] else None,
        cities=cities,
        net=lambda code: _net(cities.get(code)),
        strongest=max((abs(_net(one)) for one in cities.values()), default=0) or 1,
        map=jiangsu_map,
        turns=_TURNS,
        turn_name=turn_name,
        owner_name=owner_name,
        bound_text=bound_text,
        say=lambda words, key: in_language(words[key]["zh"], words[key]["en"]) if key in words else key,
        **frame(),
    )


def _net(city: Mapping[str, int] | None) -> int:
    return city["gains"] + city["rises"] - city["falls"] - city["loses"] if city else 0


@blueprint.get("/policy/<draft_id>/progress")
def policy_progress(draft_id: str) -> Response:
    """Tell a waiting page how far the work is."""
    draft = drafts.show(collaborators(), officer(), draft_id)
    response = jsonify({"state": draft["state"], "progress": draft["progress"]})
    response.headers["Cache-Control"] = "no-store"
    return response


@blueprint.post("/policy/<draft_id>/list")
def policy_list(draft_id: str) -> Response:
    """Hand out the list of those who change."""
    form = "parquet" if request.form.get("form") == "parquet" else "xlsx"
    return _attachment(*drafts.take_list(collaborators(), officer(), draft_id, form))


@blueprint.post("/policy/<draft_id>/pack")
def policy_pack(draft_id: str) -> Response:
    """Hand out the drafted pack as a zip."""
    return _attachment(*drafts.take_pack(collaborators(), officer(), draft_id))


def _attachment(name: str, content: bytes) -> Response:
    response = Response(content, mimetype="application/octet-stream")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["Cache-Control"] = "no-store"
    return response
