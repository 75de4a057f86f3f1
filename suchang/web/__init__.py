"""The pages: portal, holder, desk and console.

:func:`register_pages` is what the composition root calls. Pages are rendered here from templates; what they show
comes from the workflows. Nothing needs a build: see :mod:`suchang.web.assets`.
"""

from __future__ import annotations

from pathlib import Path

from flask import Flask, request, url_for

from suchang.resources import resource
from suchang.web.assets import AssetShelf, asset_blueprint
from suchang.web.compression import compress_pages
from suchang.web.console import blueprint as console
from suchang.web.design import blueprint as design
from suchang.web.desk import blueprint as desk
from suchang.web.employer import blueprint as employer
from suchang.web.errors import handle_errors
from suchang.web.formats import add_filters
from suchang.web.holder import apply_blueprint
from suchang.web.holder import blueprint as holder
from suchang.web.languages import html_language, in_language, is_english, speak
from suchang.web.lattice import lattice_path, lattice_svg
from suchang.web.portal import blueprint as portal
from suchang.web.portal.frame import city_name
from suchang.web.reference import blueprint as reference
from suchang.web.security_headers import protect
from suchang.web.session_pages import blueprint as session_pages
from suchang.web.words.domains import domain_words, item_name

VENDOR = {
    "zxing-wasm/reader": "zxing-wasm/dist/es/reader/index.js",
    "zxing-wasm/reader.wasm": "zxing-wasm/dist/reader/zxing_reader.wasm",
}
"""The npm files that pages load, by the name under which modules import them."""


def other_language_link() -> str:
    """Return the address of this page in the other language."""
    if request.endpoint is None:
        return "/?lang=" + ("zh" if is_english() else "en")
    values = {**(request.view_args or {}), **request.args.to_dict(), "lang": "zh" if is_english() else "en"}
    return url_for(request.endpoint, **values)


def prepare(app: Flask, *, npm: Path | None = None) -> AssetShelf:
    """Return a Flask application what every page needs: words, assets, filters, headers and error pages."""
    shelf = AssetShelf(npm=npm or resource("node_modules"), vendor=VENDOR)
    app.register_blueprint(asset_blueprint(shelf))
    speak(app)
    add_filters(app)
    protect(app)
    compress_pages(app)
    handle_errors(app)
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.globals.update(
        asset=shelf.url,
        modules_of=shelf.modules_of,
        has_asset=shelf.has,
        html_language=html_language,
        is_english=is_english,
        in_language=in_language,
        city_name=city_name,
        domain_words=domain_words,
        item_name=item_name,
        other_language_link=other_language_link,
        lattice_svg=lattice_svg,
        lattice_path=lattice_path,
    )
    app.extensions["asset_shelf"] = shelf
    return shelf


def register_pages(app: Flask, *, npm: Path | None = None) -> None:
    """Put the pages into the application."""
    prepare(app, npm=npm)
    app.register_blueprint(session_pages)
    for room in (portal, holder, apply_blueprint, employer, desk, console, reference, design):
        app.register_blueprint(room)
