"""Engines and sessions, made by the composition root and by commands."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Engine, create_engine
from sqlalchemy.orm import Session, sessionmaker

from suchang.persistence.unit_of_work import SessionFactory


def engine_options(pool_size: int = 8) -> dict[str, Any]:
    """Return what every engine is made with: connections tested before use, waits that end after 10 s."""
    return {
        # Errors reach the logs, and parameters are people's data.
        "hide_parameters": True,
        "pool_size": pool_size,
        "max_overflow": 8,
        "pool_timeout": 10,
        "pool_pre_ping": True,
        "connect_args": {
            "connect_timeout": 5,
            "options": "-c timezone=UTC -c lock_timeout=10s -c statement_timeout=30s",
        },
    }


def make_engine(url: str, *, pool_size: int = 8) -> Engine:
    """Make an engine on PostgreSQL."""
    return create_engine(url, **engine_options(pool_size))


def make_sessions(engine: Engine) -> SessionFactory:
    """Make the factory that every unit of work takes; objects stay readable after the commit."""
    factory: sessionmaker[Session] = sessionmaker(engine, expire_on_commit=False)
    return factory


def engine_of(sessions: SessionFactory) -> Engine:
    """Return the engine behind a session factory."""
    with sessions() as session:
        bind = session.get_bind()
    if not isinstance(bind, Engine):
        raise TypeError("the sessions of this installation are not on an engine")
    return bind
