"""The application on a loopback port, under the origin that it gives out as its issuer."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Thread
from typing import Any

from werkzeug.serving import make_server

Wsgi = Callable[..., Any]


@contextmanager
def app_server(make: Callable[[str], Wsgi]) -> Iterator[str]:
    """Serve what ``make`` builds for an origin; gives the origin, ``http://localhost:port``."""
    built: dict[str, Wsgi] = {}

    def app(environ: Any, start_response: Any) -> Any:
        return built["app"](environ, start_response)

    server = make_server("127.0.0.1", 0, app, threaded=True)
    origin = f"http://localhost:{server.server_port}"
    built["app"] = make(origin)
    thread = Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    try:
        yield origin
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
