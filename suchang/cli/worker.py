"""``suchang worker``: seal the audit every second."""

from __future__ import annotations

import signal
import threading

import click
import structlog
from sqlalchemy.exc import SQLAlchemyError

from suchang.api import logs
from suchang.cli.surroundings import connected
from suchang.config import Settings
from suchang.domain.clock import system_clock
from suchang.persistence.engine import make_engine, make_sessions
from suchang.workflows import sealing

log = structlog.get_logger()
SEAL_EVERY = 1.0


@click.command(epilog="Example: suchang worker")
def worker() -> None:
    """Seal the audit every second until Ctrl-C or SIGTERM; several workers may run, one of them seals."""
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    logs.configure()
    with connected() as settings:
        seal_until(settings, stop)


def seal_until(settings: Settings, stop: threading.Event) -> None:
    """Seal and export once a second; a database or a disk that is away is logged and tried again."""
    engine = make_engine(settings.sealer_database_url, pool_size=1)
    sessions, signer = make_sessions(engine), sealing.Signer(settings.audit_key)
    try:
        while not stop.is_set():
            try:
                while sealing.seal_waiting(sessions, system_clock, signer) == sealing.BATCH and not stop.is_set():
                    pass
                sealing.export_checkpoints(sessions, settings.audit_anchor)
            except (SQLAlchemyError, OSError) as error:
                log.error("sealing failed", kind=type(error).__name__)
            stop.wait(SEAL_EVERY)
    finally:
        engine.dispose()
