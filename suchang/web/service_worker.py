"""The service worker of a room, written with the list of what it keeps; and the manifest that makes it installable."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from typing import cast

from flask import Response, current_app

from suchang.web.assets import AssetShelf


def shelf() -> AssetShelf:
    """Return the asset shelf of the running application."""
    return cast(AssetShelf, current_app.extensions["asset_shelf"])


def service_worker(*, home: str, pages: Sequence[str], parts: Sequence[str], spare: str) -> Response:
    """Return the worker of the room that begins at ``home``.

    ``pages`` open offline as last seen, ``parts`` are assets by name, ``spare`` is shown in place of the rest.
    """
    kept = [shelf().url(name) for name in dict.fromkeys(parts)] + [spare]
    source = shelf().asset("js/worker.js").body.decode()
    edition = hashlib.sha256((source + "".join(kept)).encode()).hexdigest()[:12]
    values = {"EDITION": edition, "HOME": home, "PAGES": list(pages), "PARTS": kept, "SPARE": spare}
    head = "".join(f"const {name} = {json.dumps(value)};\n" for name, value in values.items())
    response = Response(head + source, content_type="text/javascript; charset=utf-8")
    response.headers.update({"Cache-Control": "no-cache", "Service-Worker-Allowed": home})
    return response


def web_manifest(*, name: str, home: str) -> Response:
    """Describe a room as an application that a phone or a tablet can install."""
    icons = [
        {"src": shelf().url("icon.svg"), "sizes": "any", "type": "image/svg+xml", "purpose": purpose}
        for purpose in ("any", "maskable")
    ]
    body = {
        "name": name,
        "short_name": name,
        "id": home,
        "start_url": home,
        "scope": home,
        "display": "standalone",
        "background_color": "#f6f5ef",
        "theme_color": "#205a4d",
        "icons": icons,
    }
    response = Response(json.dumps(body, ensure_ascii=False), content_type="application/manifest+json")
    response.headers["Cache-Control"] = "no-cache"
    return response
