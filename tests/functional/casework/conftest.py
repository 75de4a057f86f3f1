"""One installation for each module of these tests: making one takes longer than all that is tried on it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from tests.conftest import StandingClock
from tests.support.databases import empty_redis
from tests.support.world import World


@pytest.fixture(scope="module")
def module_environ(database, servers, tmp_path_factory) -> dict[str, str]:
    """Return the environment of the module's installation; a module may override it."""
    folder, redis = str(tmp_path_factory.mktemp("data")), empty_redis(servers)
    return {**database.environ, "REDIS_URL": redis, "SUCHANG_ENV": "demo", "SUCHANG_DATA": folder}


@pytest.fixture(scope="module")
def world(module_environ) -> Iterator[World]:
    """Return an application on the module's database."""
    made = World(module_environ, StandingClock(datetime(2026, 11, 2, 2, 0, tzinfo=UTC)))
    yield made
    made.close()
