"""The asset shelf: every static file under a name that holds its content's hash, computed once at start.

There is no build step. The files in ``static/`` are what a reader opens; when the program starts, the shelf reads
them, puts imported style sheets into the sheet that asks for them, points module imports at the hashed names of what
they import (so a change deep down renames everything above it), and serves the result with a cache life of a year.
"""

from __future__ import annotations

import gzip
import hashlib
import mimetypes
import posixpath
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import brotli
from flask import Blueprint, Response, abort, request

STATIC = Path(__file__).parent / "static"
_IMPORT = re.compile(r"""(?P<head>\bfrom\s*|\bimport\s*\(?\s*)(?P<quote>["'])(?P<name>[^"'\n]+)(?P=quote)""")
_SHEET = re.compile(r"""@import\s+url\(["']?(?P<name>[^"')]+)["']?\)\s*;""")
_TYPES = {".js": "text/javascript", ".mjs": "text/javascript", ".css": "text/css", ".wasm": "application/wasm"}
_SQUEEZED = {".js", ".mjs", ".css", ".svg", ".json", ".wasm"}


@dataclass(frozen=True)
class Asset:
    """One served file: its readable name, its bytes as sent, the names of the modules that it imports."""

    name: str
    body: bytes
    imports: tuple[str, ...] = ()

    @cached_property
    def served_name(self) -> str:
        """Return the name with 12 hex digits of the content's SHA-256 before the suffix."""
        stem, suffix = posixpath.splitext(self.name)
        return f"{stem}.{hashlib.sha256(self.body).hexdigest()[:12]}{suffix}"

    @property
    def mimetype(self) -> str:
        """Return the media type; unknown suffixes are plain bytes."""
        suffix = posixpath.splitext(self.name)[1]
        return _TYPES.get(suffix) or mimetypes.guess_type(self.name)[0] or "application/octet-stream"

    @cached_property
    def squeezed(self) -> Mapping[str, bytes]:
        """Return the body in the encodings that it is worth keeping in, best first."""
        if posixpath.splitext(self.name)[1] not in _SQUEEZED:
            return {}
        return {"br": brotli.compress(self.body, quality=9), "gzip": gzip.compress(self.body, 9, mtime=0)}


class AssetShelf:
    """Look assets up by their readable name; make each once, from ``static/`` and the npm files that were asked for."""

    def __init__(self, *, prefix: str = "/assets", npm: Path | None = None, vendor: Mapping[str, str] | None = None):
        """``vendor`` maps bare module names such as ``zxing-wasm/reader`` to a path below ``npm``."""
        self.prefix = prefix
        self._npm = npm
        self._vendor = dict(vendor or {})
        self._made: dict[str, Asset] = {}
        self._served: dict[str, Asset] = {}
        for path in sorted(STATIC.rglob("*")):
            if path.is_file() and not path.name.startswith("."):
                self.asset(path.relative_to(STATIC).as_posix())
        for bare in self._vendor:
            if self.has(bare):
                self.asset(bare)

    def has(self, name: str) -> bool:
        """Tell whether there is a file behind a name; npm parts may not have been installed."""
        return self._path(name).is_file()

    def asset(self, name: str) -> Asset:
        """Return the asset with this name. A missing file raises FileNotFoundError with the name that was asked for."""
        name = self._plain(name)
        if name not in self._made:
            path = self._path(name)
            if not path.is_file():
                raise FileNotFoundError(f"no asset {name}")
            made = self._make(name, path)
            self._made[name] = made
            self._served[made.served_name] = made
        return self._made[name]

    def url(self, name: str) -> str:
        """Return the address of an asset, with its hash."""
        return f"{self.prefix}/{self.asset(name).served_name}"

    def served(self, served_name: str) -> Asset | None:
        """Look an asset up by the hashed name in an address."""
        return self._served.get(served_name)

    def modules_of(self, name: str) -> tuple[str, ...]:
        """Name every module that a module pulls in, itself last, so that a page can preload them at once."""
        return tuple(dict.fromkeys(self._walk(self._plain(name))))

    def _walk(self, name: str) -> Iterator[str]:
        for imported in self.asset(name).imports:
            yield from self._walk(imported)
        yield name

    def _plain(self, name: str) -> str:
        return f"npm/{self._vendor[name]}" if name in self._vendor else name

    def _path(self, name: str) -> Path:
        name = self._plain(name)
        if name.startswith("npm/"):
            return (self._npm or Path("/nonexistent")) / name.removeprefix("npm/")
        return STATIC / name

    def _make(self, name: str, path: Path) -> Asset:
        body = path.read_bytes()
        if path.suffix == ".css":
            return Asset(name, self._sheet(name, body.decode()).encode())
        if path.suffix in {".js", ".mjs"}:
            return self._module(name, body.decode())
        return Asset(name, body)

    def _sheet(self, name: str, text: str) -> str:
        def inline(found: re.Match[str]) -> str:
            inner = posixpath.normpath(posixpath.join(posixpath.dirname(name), found["name"]))
            return self._sheet(inner, self._path(inner).read_text())

        return _SHEET.sub(inline, text)

    def _module(self, name: str, text: str) -> Asset:
        imported: list[str] = []

        def point(found: re.Match[str]) -> str:
            wanted = found["name"]
            if wanted.startswith("."):
                target = posixpath.normpath(posixpath.join(posixpath.dirname(name), wanted))
            elif wanted in self._vendor:
                target = self._plain(wanted)
            else:
                return found[0]
            if not self.has(target):
                return found[0]
            on_demand = found["head"].rstrip().endswith("(")
            if not on_demand:
                imported.append(target)
            return f"{found['head']}{found['quote']}{self.url(target)}{found['quote']}"

        text = _IMPORT.sub(point, text)
        return Asset(name, text.encode(), tuple(imported))


def _everybody() -> None:
    """Let everybody read assets."""


_everybody.audience = "anyone"  # type: ignore[attr-defined]


def asset_blueprint(shelf: AssetShelf) -> Blueprint:
    """Serve the shelf; a name with an old hash is a 404, never a newer file under an older name."""
    pages = Blueprint("assets", __name__, url_prefix=shelf.prefix, template_folder="templates")
    pages.before_request(_everybody)

    @pages.get("/<path:served_name>")
    def one(served_name: str) -> Response:
        asset = shelf.served(served_name)
        if asset is None:
            abort(404)
        body, encoding = asset.body, None
        for candidate, squeezed in asset.squeezed.items():
            if request.accept_encodings[candidate] and len(squeezed) < len(body):
                body, encoding = squeezed, candidate
                break
        response = Response(body, mimetype=asset.mimetype)
        if encoding:
            response.headers["Content-Encoding"] = encoding
        response.headers["Vary"] = "Accept-Encoding"
        response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
        return response

    return pages
