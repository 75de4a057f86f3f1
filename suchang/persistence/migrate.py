"""Bring a database to the newest schema with the owner's role, then set the privileges."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, create_engine, text

from suchang.persistence.grants import apply_grants
from suchang.resources import resource

PARTITIONS_AHEAD = 45


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(resource("migrations")))
    return config


def head() -> str:
    """Return the newest revision in the migrations folder."""
    return ScriptDirectory.from_config(_config()).get_current_head() or ""


def current(connection: Connection) -> str | None:
    """Return the revision that the database has, or None when it is empty."""
    return MigrationContext.configure(connection).get_current_revision()


def upgrade(owner_url: str, revision: str = "head") -> None:
    """Migrate as ``owner``; safe to call at every start and from several processes at once (advisory lock)."""
    engine = create_engine(owner_url)
    try:
        with engine.begin() as connection:
            connection.execute(text("select pg_advisory_xact_lock(7306001)"))
            config = _config()
            config.attributes["connection"] = connection
            command.upgrade(config, revision)
            if revision == "head":
                apply_grants(connection)
                today = datetime.now(UTC).date()
                for ahead in range(-4, PARTITIONS_AHEAD):
                    day = today + timedelta(days=ahead)
                    connection.execute(text("select ensure_verification_partition(:day)"), {"day": day})
    finally:
        engine.dispose()
