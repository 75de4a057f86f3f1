"""The queue of applications: filtered, searched, the most urgent first."""

from __future__ import annotations

from typing import Any

from flask import redirect, render_template, request
from werkzeug.wrappers import Response as BaseResponse

from suchang.web.auth import collaborators
from suchang.web.console.frame import blueprint, frame, officer
from suchang.web.console.menu import start_page
from suchang.web.words import applications as words
from suchang.workflows.casework import queue as waiting
from suchang.workflows.casework import saved_views

_TABS = ("", "submitted", "in_review", "supplement_requested", "recommended", "second_decision", "issued", "rejected")


def queue_frame() -> dict[str, Any]:
    """Read the queue as the address asks for it, with the filters that keep standing beside a case."""
    state = request.args.get("state", "")
    state = state if state in _TABS else ""
    search, mine = request.args.get("q", "")[:40], request.args.get("mine") == "1"
    cursor = request.args.get("cursor") or None
    more = {name: _one_of(name, known) for name, known in words.filters().items()}
    found = waiting.queue(
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
def queue() -> str | BaseResponse:
    """Show the queue, most urgent first; whoever has no cases begins with their own work."""
    if (start := start_page(officer().roles)) != "/console":
        return redirect(start)
    return render_template("console/casework/queue.html", **frame(), **queue_frame())
