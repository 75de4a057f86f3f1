"""What makes the card installable: the service worker, the manifest, the page without a network."""

from __future__ import annotations

from flask import Response, render_template, url_for

from suchang.web.holder.frame import blueprint
from suchang.web.languages import gettext
from suchang.web.service_worker import service_worker, shelf, web_manifest


@blueprint.get("/offline")
def offline() -> str:
    """Show what stands in for a page that the phone has not kept."""
    return render_template("holder/offline.html")


@blueprint.get("/sw.js")
def worker() -> Response:
    """Return the service worker that keeps the card without a network."""
    wanted = ["css/site.css", "css/holder.css", "icon.svg"]
    for module in ("js/holder/card.js", "js/holder/family.js", "js/holder/leave.js"):
        wanted += shelf().modules_of(module)
    pages = ("/me", "/me/benefits", "/me/family", "/me/records")
    return service_worker(home="/me", pages=pages, parts=wanted, spare=url_for(".offline"))


@blueprint.get("/app.webmanifest")
def manifest() -> Response:
    """Describe the card as an application that a phone can install."""
    return web_manifest(name=gettext("苏畅卡"), home="/me")
