"""Fixtures of the ledger's tests."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from suchang.persistence.engine import make_engine, make_sessions
from tests.conftest import StandingClock
from tests.functional.redemption.world import World, make_world
from tests.support.databases import Database


@pytest.fixture
def world(clean_database: Database, clock: StandingClock) -> Iterator[World]:
    """Return a world in an empty database, whose books are checked when the test ends."""
    engine = make_engine(clean_database.app_url, pool_size=16)
    found = make_world(clean_database, make_sessions(engine), clock)
    yield found
    found.reconcile()
    found.admin.dispose()
    engine.dispose()
