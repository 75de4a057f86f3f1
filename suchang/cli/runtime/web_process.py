"""The web server program that ``serve`` starts: ``python -m suchang.cli.runtime.web_process``.

Granian's workers outlive a killed main process and keep its port. Here the kernel kills each worker with its parent.
"""

from __future__ import annotations

import argparse
import os
import signal
import tempfile
from importlib import import_module
from pathlib import Path

from granian import Granian
from granian.constants import Interfaces
from granian.http import HTTP1Settings
from granian.log import LogLevels

from suchang.config import ROOT
from suchang.embedded.processes import end_with_parent

_THREADS = 16
"""In each worker. Verifications of several threads go to the database together (``group_commit``): while half of the
threads wait for it, the other half works."""
_CONNECTIONS = 1024
"""Open at a time in each worker, idle ones included: browsers and programs keep theirs between requests."""

_STOP_WITHIN = 5


def main() -> None:
    """Serve the application until SIGTERM."""
    parser = argparse.ArgumentParser(prog="python -m suchang.cli.runtime.web_process", description=main.__doc__)
    parser.add_argument("--host", required=True)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--workers", type=int, required=True)
    parser.add_argument("--certificate", type=Path)
    parser.add_argument("--key", type=Path)
    parser.add_argument("--threads", type=int, default=_THREADS, help="In each worker.")
    parser.add_argument("--app", default="wsgi:app", help="Another application, for benchmarks of this server.")
    given = parser.parse_args()
    # Each worker keeps its numbers in a file here, and whoever is asked for /metrics adds them up.
    with tempfile.TemporaryDirectory(prefix="suchang-metrics-") as numbers:
        os.environ["PROMETHEUS_MULTIPROC_DIR"] = numbers
        _serve(given)


def _serve(given: argparse.Namespace) -> None:
    # Loaded before the workers are forked: they share it, and starting costs its time once.
    import_module("suchang.app")
    os.register_at_fork(after_in_child=end_with_parent(signal.SIGKILL))
    Granian(
        given.app,
        address=given.host,
        port=given.port,
        interface=Interfaces.WSGI,
        websockets=False,
        workers=given.workers,
        blocking_threads=given.threads,
        backpressure=_CONNECTIONS,
        http1_settings=HTTP1Settings(header_read_timeout=10_000),
        log_level=LogLevels.error,
        ssl_cert=given.certificate,
        ssl_key=given.key,
        respawn_failed_workers=True,
        workers_kill_timeout=_STOP_WITHIN,
        working_dir=ROOT,
    ).serve()


if __name__ == "__main__":
    main()
