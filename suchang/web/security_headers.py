"""Headers that tell browsers what a page may do: its own scripts and styles and nothing else."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from flask import Flask, Response, g

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

_POLICY = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self' data: blob:",
    "font-src": "'self'",
    "connect-src": "'self'",
    "media-src": "'self' blob:",
    "manifest-src": "'self'",
    "worker-src": "'self'",
    "form-action": "'self'",
    "base-uri": "'none'",
    "frame-ancestors": "'none'",
}


def _permissions(camera: str) -> str:
    return f"camera={camera}, microphone=(), geolocation=(), payment=(), usb=()"


def _named(*pairs: tuple[str, str]) -> tuple[tuple[str, tuple[str, str]], ...]:
    return tuple((name.lower(), (name, value)) for name, value in pairs)


_FIXED = _named(
    ("X-Content-Type-Options", "nosniff"),
    ("X-Frame-Options", "DENY"),
    ("Referrer-Policy", "same-origin"),
    ("Cross-Origin-Opener-Policy", "same-origin"),
    ("Cross-Origin-Resource-Policy", "same-origin"),
    ("Permissions-Policy", _permissions("()")),
)
"""Each with its name in small letters before it."""

_SECURE = (*_FIXED, *_named(("Strict-Transport-Security", "max-age=31536000")))


def allow_webassembly() -> None:
    """Let the page of this request compile WebAssembly (the desk's scanner); it still loads code from here alone."""
    g.page_script_src = "'self' 'wasm-unsafe-eval'"


def allow_camera() -> None:
    """Let the page of this request ask for the camera."""
    g.page_camera = "(self)"


def content_security_policy() -> str:
    """Write the policy for the page of this request."""
    policy = _POLICY | {"script-src": getattr(g, "page_script_src", "'self'")}
    return "; ".join(f"{name} {value}" for name, value in policy.items())


def add_headers(response: Response) -> Response:
    """Add to a page what depends on it; pages are never kept by shared caches."""
    if response.mimetype == "text/html":
        camera = getattr(g, "page_camera", "()")
        for name, value in (
            ("Content-Security-Policy", content_security_policy()),
            ("Cache-Control", "no-store"),
            ("Permissions-Policy", _permissions(camera)),
        ):
            response.headers.setdefault(name, value)
    return response


class FixedHeaders:
    """Put the headers that are always the same on every answer, where nothing was set before.

    As WSGI's own list, at the very end: the response's headers would check each of these constants anew.
    """

    def __init__(self, application: WSGIApplication) -> None:
        self._application = application

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer a request."""

        def begin(status: str, headers: list[tuple[str, str]], *more: Any) -> Any:
            there = {name.lower() for name, _ in headers}
            wanted = _SECURE if environ["wsgi.url_scheme"] == "https" else _FIXED
            return start_response(status, headers + [pair for name, pair in wanted if name not in there], *more)

        return self._application(environ, begin)


def protect(app: Flask) -> None:
    """Put the headers on every answer of the program."""
    app.after_request(add_headers)
    app.wsgi_app = FixedHeaders(app.wsgi_app)  # type: ignore[method-assign]
