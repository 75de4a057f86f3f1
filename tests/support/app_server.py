"""The application on a loopback port, under the origin that it gives out as its issuer."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Thread
from typing import Any

import pytest
from werkzeug.serving import make_server

from suchang.domain.clock import system_clock
from tests.support.world import World

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


@pytest.fixture
def served(environ: dict[str, str]) -> Iterator[tuple[str, World]]:
    """Serve an application by the real clock, for outsiders with a clock of their own; its origin and its world."""
    worlds: list[World] = []

    def make(origin: str) -> Wsgi:
        worlds.append(World({**environ, "SUCHANG_ISSUER": origin}, system_clock))
        return worlds[0].app

    with app_server(make) as origin:
        yield origin, worlds[0]
    worlds[0].close()
