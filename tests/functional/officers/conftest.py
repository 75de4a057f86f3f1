"""One installation for each module of these tests: making one takes longer than all that is tried on it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from tests.conftest import StandingClock
from tests.support.databases import worker_number
from tests.support.world import World


@pytest.fixture(scope="module")
def module_environ(database, servers, tmp_path_factory) -> dict[str, str]:
    """Give the environment of the module's installation; a module may override it."""
    redis = f"{str(servers.endpoints.redis_url).rpartition('/')[0]}/{worker_number() % 16}"
    folder = str(tmp_path_factory.mktemp("data"))
    return {**database.environ, "REDIS_URL": redis, "SUCHANG_ENV": "demo", "SUCHANG_DATA": folder}


@pytest.fixture(scope="module")
def world(module_environ) -> Iterator[World]:
    """Give an application on the module's database."""
    made = World(module_environ, StandingClock(datetime(2026, 11, 2, 2, 0, tzinfo=UTC)))
    yield made
    made.close()
