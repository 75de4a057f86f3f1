"""Headers that tell browsers what a page may do: its own scripts and styles and nothing else."""

from __future__ import annotations

from flask import Flask, Response, g, request

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

_FIXED = (
    ("X-Content-Type-Options", "nosniff"),
    ("X-Frame-Options", "DENY"),
    ("Referrer-Policy", "same-origin"),
    ("Cross-Origin-Opener-Policy", "same-origin"),
    ("Cross-Origin-Resource-Policy", "same-origin"),
)


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
    """Add the headers where nothing was set before; pages are never kept by shared caches."""
    camera = getattr(g, "page_camera", "()")
    wanted = [*_FIXED, ("Permissions-Policy", f"camera={camera}, microphone=(), geolocation=(), payment=(), usb=()")]
    if response.mimetype == "text/html":
        wanted += [("Content-Security-Policy", content_security_policy()), ("Cache-Control", "no-store")]
    if request.is_secure:
        wanted.append(("Strict-Transport-Security", "max-age=31536000"))
    there = {name.lower() for name, _ in response.headers}
    response.headers.extend([pair for pair in wanted if pair[0].lower() not in there])
    return response


def protect(app: Flask) -> None:
    """Put the headers on every answer of the program."""
    app.after_request(add_headers)
