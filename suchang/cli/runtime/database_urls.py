"""The database and Redis of a command: the configured ones, else the embedded ones of the data folder.

Every command but ``serve`` works inside ``connected()``: it attaches to the servers that ``serve`` runs, or starts them
for its own duration when nobody does.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from suchang.config import ROOT, Settings, load_settings

if TYPE_CHECKING:
    from suchang.embedded import Cluster, Endpoints


def data_dir() -> Path:
    """Return the data folder (``SUCHANG_DATA``, else ``var`` in the checkout)."""
    return Path(os.environ.get("SUCHANG_DATA") or ROOT / "var")


def embedded_cluster() -> Cluster | None:
    """Return the embedded servers that are wanted: those whose address is not configured; None when both are.

    Production always has both addresses, so a missing one is refused by the settings and never filled in here.
    """
    postgres, valkey = not os.environ.get("DATABASE_URL"), not os.environ.get("REDIS_URL")
    if os.environ.get("SUCHANG_ENV") == "production" or not (postgres or valkey):
        return None
    # Commands without a database should not wait for what starts one.
    from suchang.embedded import Cluster

    return Cluster(data_dir(), postgres=postgres, valkey=valkey)


def point_at(endpoints: Endpoints) -> None:
    """Set this program's environment, and so its children's, to the embedded servers."""
    addresses = {
        "DATABASE_URL": endpoints.app_url,
        "MIGRATION_DATABASE_URL": endpoints.owner_url,
        "SEALER_DATABASE_URL": endpoints.sealer_url,
        "REDIS_URL": endpoints.redis_url,
    }
    os.environ.update({name: url for name, url in addresses.items() if url})


@contextmanager
def connected() -> Iterator[Settings]:
    """Return the settings of a command with every address filled in.

    Raises ``Misconfigured`` for settings that can't be used and ``EmbeddedFailure`` or ``NotRunning`` for servers.
    """
    cluster = embedded_cluster()
    if cluster is None:
        yield load_settings()
        return
    before = dict(os.environ)
    with cluster.borrow() as endpoints:
        point_at(endpoints)
        try:
            yield load_settings()
        finally:
            os.environ.clear()
            os.environ.update(before)
