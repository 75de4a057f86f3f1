"""``suchang worker``: seal the audit every second, send webhooks, tidy up expired reservations."""

from __future__ import annotations

import signal
import threading
import time

import click
import httpx
import structlog
from sqlalchemy.exc import SQLAlchemyError

from suchang.api import logs
from suchang.cli.surroundings import connected
from suchang.config import Settings
from suchang.domain.clock import system_clock
from suchang.persistence import ledger_rows
from suchang.persistence.engine import make_engine, make_sessions
from suchang.persistence.identity_vault import IdentityVault
from suchang.persistence.unit_of_work import unit_of_work
from suchang.workflows import sealing, webhook_sending

log = structlog.get_logger()
SEAL_EVERY = 1.0
SEND_EVERY = 1.0
TIDY_EVERY = 60.0


@click.command(epilog="Example: suchang worker")
def worker() -> None:
    """Seal the audit and send webhooks until Ctrl-C or SIGTERM; several workers may run, one of them seals."""
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    logs.configure()
    with connected() as settings:
        # Beside the sealer, so that a partner's slow server delays no seal.
        sender = threading.Thread(target=send_until, args=(settings, stop))
        sender.start()
        try:
            seal_until(settings, stop)
        finally:
            stop.set()
            sender.join()


def send_until(settings: Settings, stop: threading.Event) -> None:
    """Send the webhooks that are due, and every minute release what expired; faults are logged and tried again."""
    engine = make_engine(settings.database_url, pool_size=1)
    sessions, vault = make_sessions(engine), IdentityVault(settings.data_key, settings.index_key)
    tidied = 0.0
    try:
        with httpx.Client() as http:
            post = webhook_sending.Post(http, system_clock, demo=settings.demo)
            while not stop.is_set():
                try:
                    while webhook_sending.send_due(sessions, system_clock, vault, post) and not stop.is_set():
                        pass
                    if time.monotonic() - tidied >= TIDY_EVERY:
                        with unit_of_work(sessions) as session:
                            ledger_rows.sweep(session, system_clock())
                        tidied = time.monotonic()
                except SQLAlchemyError as error:
                    log.error("sending webhooks failed", kind=type(error).__name__)
                stop.wait(SEND_EVERY)
    finally:
        engine.dispose()


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
