"""Alembic's environment: the connection comes from ``suchang.persistence.migrate``, never from a file."""

from __future__ import annotations

import os

from alembic import context
from sqlalchemy import Connection, create_engine

import suchang.persistence.models  # noqa: F401 - fills the metadata
from suchang.config import sqlalchemy_url
from suchang.persistence.base import Base


def include(_object: object, name: str | None, type_: str, reflected: bool, _compare_to: object) -> bool:
    """Leave the partitions of the verification log and tables of other tools out of comparisons."""
    return not (type_ == "table" and reflected and name not in Base.metadata.tables)


def run(connection: Connection) -> None:
    """Run the migrations on an open connection, in its transaction."""
    context.configure(connection=connection, target_metadata=Base.metadata, compare_type=True, include_object=include)
    with context.begin_transaction():
        context.run_migrations()


given = context.config.attributes.get("connection")
if given is not None:
    run(given)
else:
    engine = create_engine(sqlalchemy_url(os.environ["MIGRATION_DATABASE_URL"]))
    with engine.begin() as fresh:
        run(fresh)
