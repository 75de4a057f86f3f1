"""Fixtures for everybody: real servers, a migrated database, an environment, a clock that tests move.

``database``        one clone of the migrated template for each test module; rows stay until the module ends
``clean_database``  the same, emptied before each test
``own_database``    one clone for one test, for those that break or migrate it
``redis_url``       a Redis database of this worker alone, emptied before each test
``environ``         environment variables that point a program at ``clean_database`` and ``redis_url``
``clock``           a clock that stands still until a test moves it
``browser``, ``page``  Chromium: see ``tests.support.browser``
``served``          an application on a loopback port, by the real clock: see ``tests.support.app_server``
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

from suchang.app import Application
from suchang.embedded import Cluster
from tests.support.contract import CheckedClient
from tests.support.databases import (
    Database,
    Servers,
    empty_redis,
    empty_tables,
    new_folder,
    session_servers,
)
from tests.support.world import World

pytest_plugins = ["tests.support.browser", "tests.support.app_server"]

# A busy machine is no defect of what is tested.
settings.register_profile("house", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("house")

# Every JSON answer that any test receives is held against the document.
Application.test_client_class = CheckedClient

_controller: dict[str, Any] = {}


def pytest_configure_node(node: Any) -> None:
    """Start the servers in the xdist controller before its first worker, and tell every worker the folder."""
    if not _controller:
        folder = new_folder()
        _controller["folder"] = folder
        _controller["cluster"] = Cluster(folder, durable=False)
        _controller["cluster"].start()
    node.workerinput["suchang_servers"] = str(_controller["folder"])


def pytest_unconfigure(config: pytest.Config) -> None:
    """Stop the controller's servers and throw their folder away."""
    if _controller:
        _controller["cluster"].stop()
        shutil.rmtree(_controller["folder"], ignore_errors=True)
        _controller.clear()


@pytest.fixture(scope="session")
def servers(request: pytest.FixtureRequest) -> Iterator[Servers]:
    """Return the session's PostgreSQL and Valkey."""
    folder = getattr(request.config, "workerinput", {}).get("suchang_servers")
    with session_servers(folder) as found:
        yield found


@pytest.fixture(scope="module")
def database(servers: Servers, request: pytest.FixtureRequest) -> Iterator[Database]:
    """Return this test module a migrated database of its own."""
    with servers.clone(request.module.__name__.rpartition(".")[2]) as clone:
        yield clone


@pytest.fixture
def clean_database(database: Database) -> Database:
    """Return the module's database without any row."""
    empty_tables(database)
    return database


@pytest.fixture
def own_database(servers: Servers) -> Iterator[Database]:
    """Return one test a migrated database that nobody else sees."""
    with servers.clone("own") as clone:
        yield clone


@pytest.fixture
def redis_url(servers: Servers) -> str:
    """Return this worker's Redis database, emptied."""
    return empty_redis(servers)


@pytest.fixture
def environ(clean_database: Database, redis_url: str, tmp_path: Path) -> dict[str, str]:
    """Return the environment variables of a demo installation on the test's own database."""
    return {**clean_database.environ, "REDIS_URL": redis_url, "SUCHANG_ENV": "demo", "SUCHANG_DATA": str(tmp_path)}


class StandingClock:
    """A clock that stands still until a test moves it."""

    def __init__(self, now: datetime) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def move(self, **delta: float) -> None:
        """Move the clock by the arguments of ``timedelta``."""
        self.now += timedelta(**delta)


@pytest.fixture
def clock() -> StandingClock:
    """Return a clock that stands at a Monday morning in Nanjing."""
    return StandingClock(datetime(2026, 11, 2, 2, 0, tzinfo=UTC))


@pytest.fixture
def world(environ: dict[str, str], clock: StandingClock) -> Iterator[World]:
    """Return an application on the test's own database, with helpers that speak HTTP."""
    opened = World(environ, clock)
    yield opened
    opened.close()
