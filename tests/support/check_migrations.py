"""Say what differs between the migrated schema and the models: ``python -m tests.support.check_migrations``."""

from __future__ import annotations

import sys
from typing import Any

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import NullPool, create_engine

import suchang.persistence.models  # noqa: F401 (fills the metadata)
from suchang.persistence.base import Base
from tests.support.databases import session_servers


def differences(owner_url: str) -> list[Any]:
    """List what a new migration would have to do; tables that no model describes belong to other tools."""
    engine = create_engine(owner_url, poolclass=NullPool)
    with engine.connect() as connection:
        context = MigrationContext.configure(
            connection,
            opts={
                "compare_type": True,
                "include_object": lambda _o, name, kind, reflected, _c: (
                    not (kind == "table" and reflected and name not in Base.metadata.tables)
                ),
            },
        )
        return compare_metadata(context, Base.metadata)


def main() -> int:
    """Migrate an empty database and compare."""
    with session_servers(None) as servers, servers.clone("compare") as database:
        found = differences(database.owner_url)
    for difference in found:
        print(difference)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
