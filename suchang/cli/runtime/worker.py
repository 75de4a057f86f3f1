"""``suchang worker``: seal the audit every second, do the queued jobs, send webhooks, tidy up reservations."""

from __future__ import annotations

import asyncio
import logging
import signal
import threading
import time
from contextlib import suppress

import click
import httpx
import procrastinate
import psycopg
import psycopg_pool
import structlog
from procrastinate.exceptions import ProcrastinateException
from procrastinate.jobs import DeleteJobCondition
from sqlalchemy.exc import SQLAlchemyError

from suchang.api import logs
from suchang.app import make_collaborators
from suchang.cli.runtime.database_urls import connected
from suchang.config import Settings
from suchang.domain.clock import system_clock
from suchang.persistence import ledger_rows
from suchang.persistence.engine import make_engine, make_sessions
from suchang.persistence.identity_vault import IdentityVault
from suchang.persistence.unit_of_work import unit_of_work
from suchang.workflows.audit import sealing
from suchang.workflows.partner import webhook_sending
from suchang.workflows.runtime.collaborators import Collaborators
from suchang.workflows.runtime.job_handlers import HEARTBEAT, STALLED_AFTER
from suchang.workflows.runtime.job_queue import keep_reason, queue

log = structlog.get_logger()
SEAL_EVERY = 1.0
SEND_EVERY = 1.0
TIDY_EVERY = 60.0
AGAIN_AFTER = 2.0
LOOK_EVERY = 0.2
AT_ONCE = 4


@click.command(epilog="Example: suchang worker")
def worker() -> None:
    """Seal the audit, do jobs and send webhooks until Ctrl-C or SIGTERM; several workers may run, one of them seals."""
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    logs.configure()
    # The queue's own messages would name the arguments of jobs.
    logging.getLogger("procrastinate").setLevel(logging.CRITICAL)
    with connected() as settings:
        # Side by side, so that a slow job or a partner's slow server delays no seal.
        beside = [threading.Thread(target=what, args=(settings, stop)) for what in (seal_until, send_until)]
        for thread in beside:
            thread.start()
        try:
            work_until(settings, stop)
        finally:
            stop.set()
            for thread in beside:
                thread.join()


def work_until(settings: Settings, stop: threading.Event) -> None:
    """Do jobs until told to stop; when the database goes away, wait and begin again."""
    engine = make_engine(settings.database_url, pool_size=AT_ONCE)
    try:
        while not stop.is_set():
            try:
                collaborators = make_collaborators(settings, make_sessions(engine))
                asyncio.run(_jobs_until(settings, collaborators, stop))
            except (ProcrastinateException, psycopg.Error, psycopg_pool.PoolTimeout, SQLAlchemyError, OSError) as error:
                log.error("jobs stopped", kind=type(error).__name__)
            stop.wait(AGAIN_AFTER)
    finally:
        engine.dispose()


async def _jobs_until(settings: Settings, collaborators: Collaborators, stop: threading.Event) -> None:
    """Do jobs until told to stop, and then end those at hand.

    The library also ends by itself, without an error, when the database is away for longer than a heartbeat; its own
    signal handlers would hide which of the two it was.
    """
    connector = procrastinate.PsycopgConnector(conninfo=settings.database_url.replace("+psycopg", ""))
    with queue.replace_connector(connector) as app:
        async with app.open_async():
            working = asyncio.create_task(
                app.run_worker_async(
                    concurrency=AT_ONCE,
                    additional_context={"collaborators": collaborators},
                    # What was done stands in its own table; kept here are jobs that wait or have failed.
                    delete_jobs=DeleteJobCondition.SUCCESSFUL,
                    shutdown_graceful_timeout=8,
                    update_heartbeat_interval=HEARTBEAT,
                    stalled_worker_timeout=STALLED_AFTER,
                    install_signal_handlers=False,
                    worker_middleware=[keep_reason],
                )
            )
            while not working.done() and not stop.is_set():
                await asyncio.wait({working}, timeout=LOOK_EVERY)
            working.cancel()
            with suppress(asyncio.CancelledError):
                await working


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
