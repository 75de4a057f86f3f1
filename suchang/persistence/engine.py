"""Engines and sessions, made by the composition root and by commands."""

from __future__ import annotations

from sqlalchemy import Engine, create_engine
from sqlalchemy.orm import Session, sessionmaker

from suchang.persistence.unit_of_work import SessionFactory


def make_engine(url: str, *, pool_size: int = 8) -> Engine:
    """Make an engine on PostgreSQL whose connections are tested before use and give up waiting after 10 s."""
    return create_engine(
        url,
        # Errors reach the logs, and parameters are people's data.
        hide_parameters=True,
        pool_size=pool_size,
        max_overflow=8,
        pool_timeout=10,
        pool_pre_ping=True,
        connect_args={"connect_timeout": 5, "options": "-c timezone=UTC -c lock_timeout=10s -c statement_timeout=30s"},
    )


def make_sessions(engine: Engine) -> SessionFactory:
    """Make the factory that every unit of work takes; objects stay readable after the commit."""
    factory: sessionmaker[Session] = sessionmaker(engine, expire_on_commit=False)
    return factory
