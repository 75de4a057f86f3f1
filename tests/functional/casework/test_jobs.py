"""Jobs exist if and only if their cause does, and take effect once, whoever is killed meanwhile."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import procrastinate
import psycopg
import pytest

from suchang.config import ROOT
from suchang.domain.account.roles import Role
from suchang.domain.ids import new_id
from suchang.embedded import Cluster
from suchang.persistence.models import Notification
from suchang.persistence.unit_of_work import unit_of_work
from suchang.workflows.notification import notifications
from suchang.workflows.runtime import job_handlers, job_queue
from tests.conftest import StandingClock
from tests.support.databases import Database, Servers, empty_redis, new_folder
from tests.support.world import QUALIFIED, World


def count(database, query: str) -> int:
    with database.connect("owner") as owner:
        return int(str(owner.execute(query).fetchone()[0]))


def waiting(database) -> int:
    return count(database, "SELECT count(*) FROM procrastinate_jobs WHERE task_name = 'deliver_notification'")


def test_people_are_told_in_their_language_when_their_case_moves(world: World) -> None:
    token = world.person()
    application = world.apply(token, QUALIFIED)
    reviewer = world.office(Role.REVIEWER)
    told = world.ok("GET", "/api/v1/me/notifications", token)["items"]
    assert [one["text"] for one in told] == ["人才卡申请:提交。现在的状态:已提交。"]
    body = {"name": "陈思远", "identity": identity_of(world, token), "language": "en"}
    assert world.call("PUT", "/api/v1/me", token, json=body).status_code == 200
    told = world.ok("GET", "/api/v1/me/notifications", token)["items"]
    assert told[0]["text"] == "Talent card application: submit. It is now: submitted."
    office = world.ok("GET", "/api/v1/officer/notifications", reviewer)["items"]
    assert application in {one["application"] for one in office}
    other = world.office(Role.REVIEWER, city="320500")
    assert world.ok("GET", "/api/v1/officer/notifications", other)["items"] == []


def identity_of(world: World, token: str) -> dict[str, str]:
    from suchang.persistence.models import Person

    person_id = world.ok("GET", "/api/v1/me", token)["id"]
    with unit_of_work(world.collaborators.sessions) as session:
        person = session.get_one(Person, person_id)
        number = world.collaborators.vault.decrypt(person.identity_cipher, person.id)
    return {"type": "resident_id", "number": number}


def test_no_job_is_left_when_its_cause_is_rolled_back(world: World, database) -> None:
    token = world.person()
    before = waiting(database)
    application = world.apply(token, QUALIFIED)
    assert waiting(database) == before + 1
    with pytest.raises(ZeroDivisionError):
        undone(world, application)
    assert waiting(database) == before + 1


def undone(world: World, application: str) -> None:
    with unit_of_work(world.collaborators.sessions) as session:
        job_queue.defer(session, "deliver_notification", notification=application)
        raise ZeroDivisionError


def test_jobs_are_counted_for_administrators_only(world: World) -> None:
    seen = world.ok("GET", "/api/v1/jobs", world.office(Role.ADMINISTRATOR))
    assert {one["task"] for one in seen["counts"]} == {"deliver_notification"}
    assert world.call("GET", "/api/v1/jobs", world.office(Role.REVIEWER)).status_code == 403


def fail_once(world: World, module_environ: dict[str, str]) -> None:
    """Do what is queued, with a gateway for messages that doesn't answer."""
    away = replace(
        world.collaborators, settings=replace(world.collaborators.settings, notify_url="http://127.0.0.1:9/messages")
    )
    connector = procrastinate.PsycopgConnector(conninfo=module_environ["DATABASE_URL"].replace("+psycopg", ""))
    with job_handlers.queue.replace_connector(connector) as app:
        app.run_worker(
            wait=False,
            install_signal_handlers=False,
            worker_middleware=[job_queue.keep_reason],
            additional_context={"collaborators": away},
        )


def test_failed_job_is_shown_with_its_reason_and_queued_again_when_asked(
    world: World, module_environ, database
) -> None:
    application = world.apply(world.person(), QUALIFIED)
    fail_once(world, module_environ)
    nanjing, suzhou = (world.office(Role.SUPERVISOR, city=city) for city in ("320100", "320500"))
    admin = world.office(Role.ADMINISTRATOR)
    (job,) = (one for one in world.ok("GET", "/api/v1/jobs", nanjing)["jobs"] if notified(world, one) == application)
    assert (job["state"], job["reason"]) == ("queued", "The gateway for messages does not answer.")
    assert job["next_at"]
    path = f"/api/v1/jobs/{job['id']}/retry"
    assert world.call("POST", path, nanjing, json={}).status_code == 404, "it hasn't failed for good"
    with database.connect("owner") as owner:
        owner.execute("UPDATE procrastinate_jobs SET status = 'failed' WHERE id = %s", [job["id"]])
    assert str(job["id"]) not in {str(one["id"]) for one in world.ok("GET", "/api/v1/jobs", suzhou)["jobs"]}
    assert world.ok("GET", "/api/v1/jobs", suzhou)["counts"] == []
    assert world.call("POST", path, suzhou, json={}).status_code == 404, "a job of another city"
    assert world.call("POST", path, world.office(Role.AUDITOR), json={}).status_code == 403
    assert "The gateway for messages does not answer." in page(world, nanjing)
    assert page(world, suzhou).count("/retry") == 0
    assert world.call("POST", path, admin, json={}).status_code == 204
    assert world.call("POST", path, admin, json={}).status_code == 404
    assert world.call("POST", "/api/v1/jobs/9999999999999999999999/retry", admin, json={}).status_code == 404
    (again,) = (one for one in world.ok("GET", "/api/v1/jobs", admin)["jobs"] if one["id"] == job["id"])
    assert again["state"] == "queued"
    trace = world.ok("GET", "/api/v1/audit", world.office(Role.AUDITOR), query_string={"action": "job_retried"})
    assert [one["subject"]["id"] for one in trace["items"]] == [str(job["id"])]


def notified(world: World, job: dict[str, Any]) -> str | None:
    with unit_of_work(world.collaborators.sessions) as session:
        row = session.get(Notification, job["arguments"].get("notification"))
        return row.application_id if row is not None else None


def page(world: World, token: str) -> str:
    http = world.app.test_client()
    http.set_cookie("sc_officer", token)
    return http.get("/console/jobs").get_data(as_text=True)


def test_reason_is_forgotten_when_a_later_attempt_goes_well(world: World, module_environ, database) -> None:
    world.apply(world.person(), QUALIFIED)
    fail_once(world, module_environ)
    assert count(database, "SELECT count(*) FROM job_failure") > 0
    with database.connect("owner") as owner:
        owner.execute("UPDATE procrastinate_jobs SET scheduled_at = now() WHERE status = 'todo'")
    connector = procrastinate.PsycopgConnector(conninfo=module_environ["DATABASE_URL"].replace("+psycopg", ""))
    with job_handlers.queue.replace_connector(connector) as app:
        app.run_worker(
            wait=False,
            install_signal_handlers=False,
            delete_jobs="successful",
            worker_middleware=[job_queue.keep_reason],
            additional_context={"collaborators": world.collaborators},
        )
    assert count(database, "SELECT count(*) FROM job_failure") == 0


class Gateway:
    """A gateway for messages that applies each idempotency key once and fails now and then."""

    def __init__(self) -> None:
        self.asked: Counter[str] = Counter()
        self.applied: set[str] = set()
        gateway = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                self.rfile.read(int(self.headers["Content-Length"]))
                key = self.headers["Idempotency-Key"]
                gateway.asked[key] += 1
                fails = gateway.asked[key] == 1 and key[-1] in "0123"
                if not fails:
                    gateway.applied.add(key)
                self.send_response(503 if fails else 202)
                self.end_headers()

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/messages"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()


@pytest.fixture
def gateway() -> Iterator[Gateway]:
    made = Gateway()
    yield made
    made.server.shutdown()
    made.server.server_close()


def write_notifications(world: World, number: int) -> set[str]:
    application = world.apply(world.person(), QUALIFIED)
    made: set[str] = set()
    for start in range(0, number, 200):
        with unit_of_work(world.collaborators.sessions) as session:
            from suchang.persistence.models import Application

            person = session.get_one(Application, application).person_id
            rows = [
                Notification(id=new_id("ntf"), person_id=person, application_id=application, event="submit",
                             state="submitted", created_at=world.clock())
                for _ in range(min(200, number - start))
            ]  # fmt: skip
            session.add_all(rows)
            session.flush()
            for row in rows:
                job_queue.defer(session, "deliver_notification", notification=row.id)
            made |= {row.id for row in rows}
    return made


def start_worker(environ: dict[str, str], gateway: Gateway) -> subprocess.Popen[bytes]:
    environ = {**os.environ, **environ, "SUCHANG_NOTIFY_URL": gateway.url, "PYTHONPATH": str(ROOT)}
    return subprocess.Popen(
        [sys.executable, "-m", "suchang", "worker"], env=environ, cwd=ROOT, stdout=subprocess.DEVNULL
    )


@dataclass
class Installation:
    """Servers of its own, that keep what they acknowledge and may be killed without disturbing another test."""

    world: World
    database: Database
    environ: dict[str, str]

    def ask(self, query: str) -> int:
        """Count, waiting for PostgreSQL while it recovers."""
        for _ in range(600):
            try:
                return count(self.database, query)
            except psycopg.OperationalError:
                time.sleep(0.1)
        pytest.fail("PostgreSQL did not recover")

    def crash_postgres(self) -> None:
        """SIGKILL one of PostgreSQL's processes: it drops every connection and recovers from its log."""
        with psycopg.connect(self.database.admin_url.replace("+psycopg", "")) as admin:
            os.kill(admin.info.backend_pid, signal.SIGKILL)
            with suppress(psycopg.OperationalError):
                admin.execute("SELECT 1")


@pytest.fixture
def installation(tmp_path: Path) -> Iterator[Installation]:
    folder = new_folder()
    cluster = Cluster(folder)
    servers = Servers(cluster.start(), folder)
    try:
        with servers.clone("jobs") as database:
            environ = {
                **database.environ, "REDIS_URL": empty_redis(servers), "SUCHANG_ENV": "demo",
                "SUCHANG_DATA": str(tmp_path),
            }  # fmt: skip
            world = World(environ, StandingClock(datetime(2026, 11, 2, 2, 0, tzinfo=UTC)))
            yield Installation(world, database, environ)
            world.close()
    finally:
        cluster.stop()
        shutil.rmtree(folder, ignore_errors=True)


@pytest.mark.faults
@pytest.mark.parametrize(
    ("events", "kills"),
    [
        pytest.param(60, 2, id="short"),
        pytest.param(10_000, 100, id="long", marks=[pytest.mark.slow, pytest.mark.timeout(14400)]),
    ],
)
def test_each_job_takes_effect_once_when_workers_and_postgresql_are_killed(
    installation: Installation, gateway: Gateway, events, kills
) -> None:
    here, made = installation, write_notifications(installation.world, events)
    undelivered = "SELECT count(*) FROM notification WHERE person_id IS NOT NULL AND delivered_at IS NULL"
    worker = start_worker(here.environ, gateway)
    killed, first = 0, here.ask(undelivered)
    try:
        until = time.monotonic() + 120 + events / 4 + kills * 30
        while (left := here.ask(undelivered)) and time.monotonic() < until:
            # By share of the work, so that a late kill delays no other beyond the end.
            if killed < kills and (first - left) * (kills + 1) > killed * first:
                killed += 1
                if killed % 2:
                    worker.send_signal(signal.SIGKILL)
                    worker.wait()
                    worker = start_worker(here.environ, gateway)
                else:
                    here.crash_postgres()
            time.sleep(0.2)
        # The seal of the last rows comes within seconds; the jobs that are done are dropped by then as well.
        for _ in range(100):
            if not here.ask("SELECT count(*) FROM audit_unsealed"):
                break
            time.sleep(0.2)
    finally:
        worker.send_signal(signal.SIGTERM)
        worker.wait(60)
    assert here.ask(undelivered) == 0
    assert killed == kills
    assert made <= gateway.applied
    assert here.ask("SELECT count(*) FROM procrastinate_jobs WHERE status IN ('succeeded', 'failed')") == 0
    assert here.ask("SELECT count(*) FROM audit_unsealed") == 0, "the worker seals as well"


def test_nothing_is_sent_twice_when_a_job_runs_again(world: World) -> None:
    (first,) = write_notifications(world, 1)
    notifications.deliver(world.collaborators, first)
    with unit_of_work(world.collaborators.sessions) as session:
        at = session.get_one(Notification, first).delivered_at
    world.clock.move(seconds=5)
    notifications.deliver(world.collaborators, first)
    with unit_of_work(world.collaborators.sessions) as session:
        assert session.get_one(Notification, first).delivered_at == at is not None
