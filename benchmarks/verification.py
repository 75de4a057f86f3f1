"""Online verification under load, beside a bare endpoint that does only what no verification can do without.

``python -m benchmarks.verification`` starts PostgreSQL and Valkey in a folder of its own, fills them with a million
cards, serves the application with the program that ``suchang serve`` uses, and lets wrk show codes over 32
connections: every code freshly signed by its phone, none twice. ``--cards 1000000 10000000`` has a second database with
ten million beside it. The bare peer (``verification_load/bare.py``) runs in the same program on the same database;
rounds are interleaved, after a warm-up: a service that has been up for a day is measured, not its first seconds.
Writes ``benchmarks/results/verification.json``. Needs wrk.

The rule for rounds, fixed beforehand: a pair of rounds is set aside when other programs took over five per cent of the
processors during either of its two, or when the bare endpoint gave fewer answers than three quarters of its 1,700 on
two quiet processors: a host that is busy with its other guests makes every program slower without taking anything that
could be counted. All are reported. Every answer is checked: by its status, and by the rows in the log, of which each
accepted answer has written one.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import psycopg

from benchmarks.verification_load import cards
from benchmarks.verification_load.busy import Busy
from suchang.app import close_app, create_app
from suchang.config import load_settings
from suchang.domain.people.organisation import credit_check_character
from suchang.embedded import Cluster
from suchang.embedded.processes import free_port
from suchang.persistence.migrate import upgrade
from suchang.persistence.unit_of_work import unit_of_work
from suchang.workflows.partner import partners
from suchang.workflows.runtime.actors import SYSTEM
from suchang.workflows.runtime.collaborators import Collaborators

HERE = Path(__file__).parent
RESULTS = HERE / "results" / "verification.json"
CONNECTIONS = 32
BARE = "benchmarks.verification_load.bare:app"
BARE_THREADS = "4"
"""In each worker: the bare endpoint asks the database in every thread for itself, and with more it is no faster."""
SAMPLE = 20_000
BUSY = 0.05
"""The share of the processors that others may take during a round."""

BARE_AT_LEAST = 1275
"""Answers a second; below, the host is busy. On another machine, three quarters of what the bare endpoint can do there
(``--bare-at-least``)."""

WARM_SECONDS = 12
"""How long each contestant answers before the rounds: its connections meet the pages of the cards a first time."""

AT_MOST = 4000
"""Codes drawn for each second of a round; a contestant that is faster would run out of them, and the round fails."""


@dataclass(frozen=True, slots=True)
class Server:
    """A contestant that runs: its address, and the program behind it."""

    name: str
    url: str


def say(sentence: str) -> None:
    """Tell the person at the terminal."""
    print(sentence, flush=True)


@contextmanager
def server(name: str, app: str, workers: int, environ: dict[str, str], *options: str) -> Iterator[Server]:
    """Serve an application by the program that ``suchang serve`` starts."""
    port = free_port(None)
    command = [sys.executable, "-m", "suchang.cli.runtime.web_process", "--host", "127.0.0.1", "--port", str(port)]
    command += ["--workers", str(workers), "--app", app, *options]
    child = subprocess.Popen(command, env={**os.environ, **environ})
    try:
        wait_for(port, child)
        yield Server(name, f"http://127.0.0.1:{port}")
    finally:
        child.terminate()
        child.wait(20)


def wait_for(port: int, child: subprocess.Popen[bytes]) -> None:
    """Wait until the server answers."""
    for _ in range(1200):
        if child.poll() is not None:
            raise SystemExit("The server ended at once; its message stands above.")
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise SystemExit("The server did not start within two minutes.")


class Bench:
    """One database with its cards, one partner, two servers."""

    def __init__(self, given: argparse.Namespace, collaborators: Collaborators, admin_url: str) -> None:
        self.given, self.collaborators, self.admin_url = given, collaborators, admin_url
        with unit_of_work(collaborators.sessions) as session:
            self.signer = collaborators.keys.signer(collaborators, session)
        self.client = self._client()
        self.holders: list[cards.Holder] = []

    def _client(self) -> tuple[str, str]:
        body = f"913299990{time.time_ns() % 10**8:08d}"  # of the demo area, which exists nowhere
        number = body + credit_check_character(body)
        made = partners.register_partner(
            self.collaborators, SYSTEM, name="压测医院", uscc=number, domains=["medical"], sites=[("窗口", "320100")]
        )
        partners.set_partner_rate(self.collaborators, SYSTEM, made["id"], 10_000_000)
        added = partners.add_client(
            self.collaborators,
            SYSTEM,
            made["id"],
            name="load",
            scopes=["verify:medical"],
            site_id=made["sites"][0]["id"],
        )
        return added.client_id, added.secret

    def token(self, url: str) -> str:
        """Obtain an access token; it lasts ten minutes."""
        answer = httpx.post(f"{url}/oauth/token", data={"grant_type": "client_credentials"}, auth=self.client)
        return str(answer.raise_for_status().json()["access_token"])

    def written(self, name: str) -> int:
        """Count the accepted answers in the log of a contestant."""
        table = "verification" if name == "ours" else "bare_log"
        with psycopg.connect(self.admin_url.replace("+psycopg", ""), autocommit=True) as connection:
            row = connection.execute(f"SELECT count(*) FROM {table} WHERE outcome = 'accepted'").fetchone()  # noqa: S608
            return int(row[0]) if row else 0

    def round(self, contestant: Server, seconds: int) -> dict[str, Any]:
        """Draw codes, let wrk show them, and check that each answer was an acceptance with its row."""
        ours = contestant.name == "ours"
        count = seconds * AT_MOST
        bodies = Path(tempfile.gettempdir()) / f"suchang-codes-{os.getpid()}.jsonl"
        moment = int(time.time()) + count // 9000 + 2
        with bodies.open("w", encoding="utf-8") as file:
            for holder, token, nonce in cards.codes(self.holders, count, moment):
                line = cards.body_for_us(token) if ours else cards.body_for_the_bare(holder, token, nonce)
                file.write(line + "\n")
        path, bearer = ("/api/v1/verifications", self.token(contestant.url)) if ours else ("/", "-")
        before, busy, start = self.written(contestant.name), Busy(), time.monotonic()
        script = HERE / "verification_load/post.lua"
        load = ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{seconds}s", "--timeout", "10s", "-s", str(script)]
        arguments = [contestant.url + path, "--", str(bodies), bearer]
        done = subprocess.run([*load, *arguments], capture_output=True, text=True, check=True)
        others = busy.others() / ((time.monotonic() - start) * (os.cpu_count() or 1))
        bodies.unlink()
        time.sleep(0.3)
        result: dict[str, Any] = json.loads(done.stdout.partition("RESULT ")[2].splitlines()[0])
        accepted = self.written(contestant.name) - before
        checked = result["not_2xx"] == 0 and result["broken"] == 0 and 0 <= accepted - result["requests"] <= CONNECTIONS
        if not checked:
            say(f"  not every answer was an acceptance: {result}, {accepted} rows")
        return {
            "contestant": contestant.name,
            "per_second": round(result["requests"] / (result["us"] / 1e6)),
            "p50_ms": round(result["p50_us"] / 1000, 1),
            "p99_ms": round(result["p99_us"] / 1000, 1),
            "max_ms": round(result["max_us"] / 1000, 1),
            "answers": result["requests"],
            "rows": accepted,
            "checked": checked,
            "others": round(others, 3),
        }

    def prepare(self, number: int) -> None:
        """Bring the database to a number of cards, warm it up, and sign the codes' credentials."""
        say(f"bringing a database to {number:,} cards …")
        cards.fill(self.admin_url, self.signer.kid, number, say)
        cards.warm(self.admin_url)
        say(f"signing {SAMPLE:,} credentials of {number:,} cards …")
        self.holders = cards.sample(number, SAMPLE, self.collaborators.issuer, self.signer)

    def pair(self, contestants: list[Server]) -> dict[str, Any]:
        """Play one round of each contestant."""
        ours, bare = (self.round(each, self.given.seconds) for each in contestants)
        kept = all(each["others"] <= BUSY and each["checked"] for each in (ours, bare))
        kept = kept and bare["per_second"] >= self.given.bare_at_least
        return {"kept": kept, "ours": ours, "bare": bare}


@contextmanager
def contest(given: argparse.Namespace, number: int) -> Iterator[tuple[Bench, list[Server]]]:
    """Start a database with so many cards, and the two contestants on it, warmed up."""
    place = given.data / str(number)
    cluster = Cluster(place)
    endpoints = cluster.start("benchmark")
    try:
        environ = {
            "DATABASE_URL": str(endpoints.app_url),
            "MIGRATION_DATABASE_URL": str(endpoints.owner_url),
            "SEALER_DATABASE_URL": str(endpoints.sealer_url),
            "REDIS_URL": str(endpoints.redis_url),
            "SUCHANG_DATA": str(place),
        }
        settings = load_settings({**environ, "SUCHANG_ENV": "demo"})
        upgrade(settings.migration_database_url)
        app = create_app(settings)
        bench = Bench(given, app.extensions["suchang"], str(endpoints.admin_url))
        jwk = bench.signer.jwk
        environ["BENCHMARK_ISSUER_KEY"] = cards.coordinates(jwk["x"], jwk["y"])
        bench.prepare(number)
        with (
            server("ours", "wsgi:app", given.workers, environ) as ours,
            server("bare", BARE, given.workers, environ, "--threads", BARE_THREADS) as bare,
        ):
            for each in (ours, bare):
                bench.round(each, WARM_SECONDS)
            yield bench, [ours, bare]
        close_app(app)
    finally:
        cluster.stop()


def play(given: argparse.Namespace) -> list[dict[str, Any]]:
    """Play the rounds: at each turn those of every number of cards, so that an hour's mood meets all of them."""
    with ExitStack() as stack:
        contests = {number: stack.enter_context(contest(given, number)) for number in sorted(given.cards)}
        rounds: dict[int, list[dict[str, Any]]] = {number: [] for number in contests}
        for turn in range(given.rounds):
            for number, (bench, contestants) in contests.items():
                pair = bench.pair(contestants)
                rounds[number].append(pair)
                ours, bare = pair["ours"], pair["bare"]
                others = 100 * max(ours["others"], bare["others"])
                say(
                    f"  {turn + 1}: {number:,} cards: ours {ours['per_second']:,}/s p99 {ours['p99_ms']} ms,"
                    f" bare {bare['per_second']:,}/s p99 {bare['p99_ms']} ms,"
                    f" ratio {ours['per_second'] / bare['per_second']:.2f}"
                    f", others {others:.0f} %{'' if pair['kept'] else ' (set aside)'}"
                )
    return [{"cards": number, **summary(found), "rounds": found} for number, found in rounds.items()]


def summary(rounds: list[dict[str, Any]]) -> dict[str, Any]:
    """Return the medians of the rounds that count; with none, of all, and say so."""
    kept = [each for each in rounds if each["kept"]]
    used = kept or rounds
    ratios = [each["ours"]["per_second"] / each["bare"]["per_second"] for each in used]
    middle = {
        who: {what: statistics.median(each[who][what] for each in used) for what in ("per_second", "p50_ms", "p99_ms")}
        for who in ("ours", "bare")
    }
    return {"quiet": bool(kept), "kept": len(kept), "ratio": round(statistics.median(ratios), 3), **middle}


def against(few: dict[str, Any], many: dict[str, Any]) -> float:
    """Return our answers with many cards as a share of those with few: the median of the turns in which both count."""
    turns = list(zip(few["rounds"], many["rounds"], strict=True))
    kept = [(one, other) for one, other in turns if one["kept"] and other["kept"]] or turns
    return statistics.median(other["ours"]["per_second"] / one["ours"]["per_second"] for one, other in kept)


def environment() -> dict[str, Any]:
    """Name the machine and the versions."""
    return {
        "python": platform.python_version(),
        "processors": os.cpu_count(),
        "system": platform.platform(terse=True),
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
    }


def main() -> None:
    """Fill, serve, measure, write."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.verification", description=(__doc__ or "").split("\n")[0]
    )
    parser.add_argument("--cards", type=int, nargs="+", default=[1_000_000], help="numbers of cards, ascending")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--seconds", type=int, default=8, help="of each round, at most 30")
    parser.add_argument("--workers", type=int, default=min(os.cpu_count() or 1, 4))
    parser.add_argument("--bare-at-least", type=int, default=BARE_AT_LEAST, help="answers a second of a quiet host")
    parser.add_argument("--data", type=Path, default=Path(tempfile.gettempdir()) / "suchang-benchmark")
    parser.add_argument("--out", type=Path, default=RESULTS)
    given = parser.parse_args()
    if shutil.which("wrk") is None:
        raise SystemExit("wrk is missing; on Debian and Ubuntu: apt install wrk")
    if not 1 <= given.seconds <= 30:
        raise SystemExit("A code is good for less than a minute; take rounds of 1 to 30 seconds.")
    found = play(given)
    report = {"environment": environment(), "connections": CONNECTIONS, "workers": given.workers, "busy_over": BUSY}
    report["bare_at_least"] = given.bare_at_least
    given.out.parent.mkdir(exist_ok=True)
    given.out.write_text(json.dumps({**report, "results": found}, indent=1) + "\n", encoding="utf-8")
    for each in found:
        say(
            f"{each['cards']:,} cards: {each['ours']['per_second']:,.0f}/s beside {each['bare']['per_second']:,.0f}/s,"
            f" ratio {each['ratio']}, p99 {each['ours']['p99_ms']} ms ({each['kept']} quiet pairs of {given.rounds})"
        )
    if len(found) > 1:
        few, many = found[0], found[-1]
        say(f"{many['cards']:,} cards: {against(few, many):.2f} of the answers with {few['cards']:,}")


if __name__ == "__main__":
    main()
