"""The embedded PostgreSQL and Valkey for a machine on which none is configured.

``Cluster(folder)`` supervises both: ``start`` (one program per folder), ``attach`` (everybody else), ``borrow`` (a
short command, whether or not somebody serves) and ``stop``.
"""

from suchang.embedded.cluster import Cluster, Endpoints
from suchang.embedded.errors import AlreadyRunning, EmbeddedFailure, NotRunning

__all__ = ["AlreadyRunning", "Cluster", "EmbeddedFailure", "Endpoints", "NotRunning"]
