"""Kill the application and PostgreSQL under load, and count what was acknowledged.

``python -m tests.faults.redemption_kills`` kills the one 50 times and the other 10 times.

A server of its own answers 16 clients that redeem. It is killed with SIGKILL again and again, and so is PostgreSQL. The
clients live in a process of their own, which is never killed: it repeats each call with its idempotency key until there
is an answer, and writes every answer down before it makes the next call. In the end every acknowledged redemption must
be in the ledger, none twice, no quota overdrawn, and every counter the sum of its lines.

A kill proves little when nothing was going on: the run fails if fewer than half of the kills met an open transaction.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from multiprocessing.queues import Queue
from pathlib import Path
from typing import Any

import httpx

from suchang.domain.clock import system_clock
from suchang.embedded import Cluster
from suchang.embedded.processes import free_port
from suchang.workflows.partner import partners
from suchang.workflows.runtime.actors import SYSTEM
from tests.conftest import StandingClock
from tests.functional.redemption.world import World as Ledger
from tests.functional.redemption.world import make_world
from tests.support.databases import Database, Servers, new_folder
from tests.support.world import NANJING, World, credit_code

CLIENTS = 16
CARDS_A_KILL = 60
CHECKUP = "medical.annual_checkup"
SPAWN = multiprocessing.get_context("spawn")

_VERIFICATIONS = """
    INSERT INTO verification (id, proof_day, replay_key, partner_id, client_id, site_id, purpose, outcome, mode,
        assurance, card_id, presented_at, created_at)
    SELECT 'ver_' || gen_random_uuid(), current_date, gen_random_uuid(), %(partner)s, %(client)s, %(site)s, 'medical',
        'accepted', 'online', 'device', card, now(), now()
    FROM unnest(%(cards)s::text[]) card RETURNING id
"""


@dataclass(frozen=True, slots=True)
class Report:
    """What a run saw."""

    kills: int
    hits: int
    acknowledged: int
    refused: int
    lost: int
    doubled: int
    overdrawn: int

    @property
    def good(self) -> bool:
        """Tell whether nothing was lost or doubled, and the kills met something."""
        return (
            self.lost == self.doubled == self.overdrawn == 0 and 2 * self.hits >= self.kills and self.acknowledged > 0
        )


def redeem_all(url: str, credentials: tuple[str, str], tasks: Queue[str | None], book: str) -> None:
    """Redeem each verification that comes until None does, and write every answer down; a process of its own."""
    with httpx.Client(base_url=url, timeout=10) as http, Path(book).open("a", encoding="utf-8") as kept:
        token = {"Authorization": ""}

        def sign_in() -> None:
            answer = http.post("/oauth/token", data={"grant_type": "client_credentials"}, auth=credentials)
            token["Authorization"] = f"Bearer {answer.raise_for_status().json()['access_token']}"

        def redeem(verification: str) -> None:
            body = {"verification": verification, "item": CHECKUP, "details": {"package": "basic"}}
            while True:
                with suppress(httpx.HTTPError):
                    headers = {**token, "Idempotency-Key": verification}
                    answer = http.post("/api/v1/redemptions", json=body, headers=headers)
                    if answer.status_code == 401:
                        sign_in()
                        continue
                    if answer.status_code in (201, 409):
                        line = {"verification": verification, "status": answer.status_code, **answer.json()}
                        kept.write(json.dumps(line) + "\n")
                        kept.flush()
                        return
                time.sleep(0.05)

        with ThreadPoolExecutor(CLIENTS) as pool:
            list(pool.map(redeem, iter(tasks.get, None)))


class Fight:
    """An installation that is being killed."""

    def __init__(self, cluster: Cluster, database: Database, folder: Path) -> None:
        self.cluster, self.database = cluster, database
        self.port = free_port(None)
        here = {"REDIS_URL": str(cluster.endpoints().redis_url), "SUCHANG_ENV": "demo", "SUCHANG_DATA": str(folder)}
        self.environ = {**os.environ, **database.environ, **here}
        self.book = folder / "acknowledged.jsonl"
        self.log = folder / "log" / "postgres.log"
        self.words = (folder / "log" / "web.log").open("ab")
        self.web: subprocess.Popen[bytes] | None = None
        self.hits = 0
        self._prepare()

    def _prepare(self) -> None:
        """Register the partner whose clients will redeem, as often as they like."""
        world = World(self.environ, system_clock)
        made = partners.register_partner(
            world.collaborators,
            SYSTEM,
            name="医院",
            uscc=credit_code(1),
            domains=["medical"],
            sites=[("窗口", NANJING)],
        )
        site = made["sites"][0]["id"]
        partners.set_partner_rate(world.collaborators, SYSTEM, made["id"], 1_000_000)
        added = partners.add_client(
            world.collaborators, SYSTEM, made["id"], name="HIS", scopes=["redeem:medical"], site_id=site
        )
        world.close()
        self.credentials = (added.client_id, added.secret)
        self.partner = {"partner": made["id"], "client": added.client_id, "site": site}

    def start_web(self) -> None:
        """Start the server program of ``suchang serve`` and wait until it answers."""
        command = [
            sys.executable,
            "-m",
            "suchang.cli.runtime.web_process",
            "--host",
            "127.0.0.1",
            "--port",
            str(self.port),
        ]
        self.web = subprocess.Popen(
            [*command, "--workers", "2"], env=self.environ, start_new_session=True, stderr=self.words
        )
        for _ in range(1200):
            with suppress(httpx.HTTPError):
                if httpx.get(f"http://127.0.0.1:{self.port}/healthz", timeout=2).status_code == 200:
                    return
            time.sleep(0.05)
        raise SystemExit("The server did not start within a minute.")

    def new_tasks(self, ledger: Ledger) -> list[str]:
        """Verify new cards twice each: of two check-ups one is within the quota."""
        cards = [ledger.new_card(ledger.new_person()) for _ in range(CARDS_A_KILL)]
        with self.database.connect() as connection:
            return [str(row[0]) for row in connection.execute(_VERIFICATIONS, {**self.partner, "cards": cards * 2})]

    def wait_for_transactions(self) -> bool:
        """Wait until a redemption has written something and not yet committed; false when none comes."""
        with self.database.connect() as look:
            for _ in range(2000):
                row = look.execute(
                    "SELECT count(*) FROM pg_stat_activity WHERE usename = 'app' AND datname = current_database()"
                    " AND backend_xid IS NOT NULL"
                ).fetchone()
                if row is not None and row[0]:
                    return True
                time.sleep(0.001)
        return False

    def kill_web(self) -> None:
        """Kill the server with all its processes; PostgreSQL says whether it lost a client amid a transaction."""
        assert self.web is not None
        before = self._lost_clients()
        self.wait_for_transactions()
        os.killpg(self.web.pid, signal.SIGKILL)
        self.web.wait()
        time.sleep(0.3)
        self.hits += self._lost_clients() > before

    def _lost_clients(self) -> int:
        return self.log.read_text(encoding="utf-8", errors="replace").count("with an open transaction")

    def kill_postgres(self) -> None:
        """Kill PostgreSQL with all its processes at once, and start it again."""
        postmaster = self._postmaster()
        self.hits += self.wait_for_transactions()
        for pid in [postmaster, *children_of(postmaster)]:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        for _ in range(100):
            if self.cluster.heal():
                return
            time.sleep(0.05)
        raise SystemExit("PostgreSQL did not die.")

    def _postmaster(self) -> int:
        with self.database.connect() as look:
            row = look.execute("SELECT pg_read_file('postmaster.pid', 0, 20)").fetchone()
        return int(str(row[0] if row else "0").splitlines()[0])

    def judge(self, kills: int) -> Report:
        """Compare what was acknowledged with the ledger."""
        answers = [json.loads(line) for line in self.book.read_text(encoding="utf-8").splitlines()]
        granted = {one["verification"]: one["id"] for one in answers if one["status"] == 201}
        with self.database.connect() as look:
            lines = look.execute("SELECT verification_id, id, subject FROM redemption").fetchall()
        stored = {str(verification): str(id_) for verification, id_, _ in lines}
        lost = sum(stored.get(verification) != id_ for verification, id_ in granted.items())
        subjects = [subject for _, _, subject in lines]
        refused = sum(one["status"] == 409 for one in answers)
        overdrawn = len(subjects) - len(set(subjects))
        return Report(kills, self.hits, len(granted), refused, lost, len(lines) - len(stored), overdrawn)


def children_of(parent: int) -> list[int]:
    """List the processes that another one started."""
    found = []
    for place in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            if int(place.read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()[1]) == parent:
                found.append(int(place.parent.name))
    return found


@contextmanager
def installation() -> Iterator[Fight]:
    """Return a fresh installation in a folder of its own, thrown away afterwards."""
    folder = new_folder()
    cluster = Cluster(folder)
    fight = None
    try:
        servers = Servers(cluster.start(), folder)
        with servers.clone("kills") as database:
            fight = Fight(cluster, database, folder)
            yield fight
            if fight.web is not None:
                os.killpg(fight.web.pid, signal.SIGKILL)
                fight.web.wait()
                fight.web = None
    finally:
        if fight is not None and fight.web is not None:
            os.killpg(fight.web.pid, signal.SIGKILL)
            fight.web.wait()
        if fight is not None:
            fight.words.close()
        cluster.stop()
        shutil.rmtree(folder, ignore_errors=True)


def run(app_kills: int, postgres_kills: int, say: Any = print) -> Report:
    """Fight so many rounds, kills of PostgreSQL spread evenly among those of the application."""
    kills = app_kills + postgres_kills
    with installation() as fight:
        ledger = make_world(fight.database, None, StandingClock(system_clock()))
        tasks: Queue[str | None] = SPAWN.Queue()
        url = f"http://127.0.0.1:{fight.port}"
        fight.start_web()
        clients = SPAWN.Process(target=redeem_all, args=(url, fight.credentials, tasks, str(fight.book)))
        clients.start()
        for number in range(kills):
            for task in fight.new_tasks(ledger):
                tasks.put(task)
            time.sleep(random.random() / 2)
            if number * postgres_kills // kills != (number + 1) * postgres_kills // kills:
                fight.kill_postgres()
                ledger.admin.dispose()
            else:
                fight.kill_web()
                fight.start_web()
            say(f"  {number + 1} of {kills} kills, {fight.hits} amid a transaction", flush=True)
        for _ in range(CLIENTS):
            tasks.put(None)
        clients.join(300)
        if clients.is_alive():
            clients.kill()
            raise SystemExit("The clients got no answer within five minutes.")
        report = fight.judge(kills)
        ledger.reconcile()
        ledger.admin.dispose()
    return report


def main() -> None:
    """Run the long form and print what it saw."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--app-kills", type=int, default=50)
    parser.add_argument("--postgres-kills", type=int, default=10)
    given = parser.parse_args()
    report = run(given.app_kills, given.postgres_kills)
    print(report)
    if not report.good:
        raise SystemExit("This run is no proof: something was lost or doubled, or too few kills met a transaction.")


if __name__ == "__main__":
    main()
