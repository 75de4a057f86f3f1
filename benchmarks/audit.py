"""What the audit costs: the same officers' steps with and without its rows, on PostgreSQL, in one run.

``python -m benchmarks.audit`` starts a database of its own and writes ``benchmarks/results/audit.json``.
"""

from __future__ import annotations

import json
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from unittest.mock import patch

from suchang.domain.account.roles import Role
from suchang.persistence.engine import make_engine, make_sessions
from suchang.persistence.models import Officer
from suchang.persistence.unit_of_work import unit_of_work
from suchang.workflows.account.sessions import officer_actor
from suchang.workflows.audit import rows as audit_rows
from suchang.workflows.audit import sealing
from suchang.workflows.casework import officer_acts, review
from tests.support.databases import session_servers
from tests.support.world import QUALIFIED, World

ROUNDS, CYCLES = 7, 15
OUT = Path(__file__).parent / "results" / "audit.json"


def clock() -> datetime:
    """Return the present."""
    return datetime.now(UTC)


@contextmanager
def office() -> Iterator[tuple[Callable[[], int], Callable[[], int]]]:
    """Return a step to measure, claiming and releasing one case, and the sealing of what it wrote."""
    with session_servers(None) as servers, servers.clone("audit") as database, tempfile.TemporaryDirectory() as folder:
        environ = {
            **database.environ, "REDIS_URL": str(servers.endpoints.redis_url), "SUCHANG_ENV": "demo",
            "SUCHANG_DATA": folder,
        }  # fmt: skip
        world = World(environ, clock)
        case, reviewer = world.apply(world.person(), QUALIFIED), world.officer(Role.REVIEWER)
        with unit_of_work(world.collaborators.sessions) as session:
            actor = officer_actor(session.get_one(Officer, reviewer))
        engine = make_engine(database.sealer_url, pool_size=1)
        sealer, signer = make_sessions(engine), sealing.Signer(b"0" * 32)

        def steps() -> int:
            for _ in range(CYCLES):
                review.claim(world.collaborators, actor, case)
                officer_acts.step(world.collaborators, actor, case, "release")
            return 2 * CYCLES

        try:
            yield steps, lambda: sealing.seal_waiting(sealer, clock, signer)
        finally:
            engine.dispose()
            world.close()


def timed(run: Callable[[], int]) -> float:
    """Return the microseconds of one operation by the clock on the wall: the database's part counts as well."""
    start = time.perf_counter()
    count = run()
    return (time.perf_counter() - start) / max(1, count) * 1e6


def main() -> None:
    """Measure in turn, so that a busy moment hits all, and write the results."""
    taken: dict[str, list[float]] = {"without": [], "with": [], "sealing one row": []}
    with office() as (steps, seal):
        steps()
        while seal():
            pass
        for _ in range(ROUNDS):
            with patch.object(audit_rows, "record", lambda *_, **__: None):
                taken["without"].append(timed(steps))
            taken["with"].append(timed(steps))
            taken["sealing one row"].append(timed(seal))
    medians = {name: statistics.median(rounds) for name, rounds in taken.items()}
    pairs = [one / other for one, other in zip(taken["with"], taken["without"], strict=True)]
    result: dict[str, Any] = {
        "unit": "microseconds an operation, wall clock",
        "medians": {name: round(value, 1) for name, value in medians.items()},
        "ratio": round(statistics.median(pairs), 3),
        "rounds": {name: [round(one, 1) for one in rounds] for name, rounds in taken.items()},
    }
    OUT.write_text(json.dumps(result, indent=2) + "\n", encoding="utf-8")
    print(json.dumps({key: result[key] for key in ("medians", "ratio")}, indent=2))


if __name__ == "__main__":
    main()
