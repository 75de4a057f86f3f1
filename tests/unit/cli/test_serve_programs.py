"""Which programs ``serve`` runs beside itself."""

from __future__ import annotations

from suchang.cli.runtime.serve import Server


def test_worker_runs_beside_the_web_server_and_may_rest_when_nobody_declined_it() -> None:
    programs = Server(None, "127.0.0.1", 8000, 1, with_worker=True).programs()
    assert [(one.name, one.essential) for one in programs] == [("web server", True), ("worker", False)]


def test_web_server_runs_alone_when_the_worker_was_declined() -> None:
    assert [one.name for one in Server(None, "127.0.0.1", 8000, 1, with_worker=False).programs()] == ["web server"]
