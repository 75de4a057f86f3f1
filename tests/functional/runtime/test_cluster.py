"""The supervisor of the embedded servers, with real ones, as root and as an ordinary user."""

from __future__ import annotations

import codecs
import contextlib
import json
import multiprocessing
import os
import pwd
import shutil
import signal
import stat
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest
import redis

from suchang.embedded import AlreadyRunning, Cluster, EmbeddedFailure, NotRunning
from suchang.embedded.place import find_place

ORDINARY = pwd.getpwnam("nobody").pw_uid
FORK = multiprocessing.get_context("fork")

pytestmark = [
    pytest.mark.faults,
    # The children only run the supervisor; nothing of the parent's threads is used in them.
    pytest.mark.filterwarnings("ignore:This process:DeprecationWarning"),
]


both_users = pytest.mark.parametrize("uid", ["present", "ordinary"], indirect=True)


@pytest.fixture
def uid(request: pytest.FixtureRequest) -> int | None:
    """Return the user who runs the supervisor: this one, or with ``both_users`` also an ordinary one besides root."""
    if getattr(request, "param", "present") == "present":
        return None
    if os.geteuid() != 0:
        pytest.skip("this is an ordinary user already")
    return ORDINARY


@pytest.fixture
def folder(uid: int | None) -> Iterator[Path]:
    """Return a data folder below a folder of mode 0700 that belongs to the user."""
    home = Path(tempfile.mkdtemp(prefix="suchang-cluster-"))
    os.chown(home, -1 if uid is None else uid, -1)
    yield home / "var"
    state = home / "var" / "embedded.json"
    place = json.loads(state.read_text()).get("place") if state.exists() else None
    for used in (home, *([place] if place else [])):
        shutil.rmtree(used, ignore_errors=True)


class Supervisor:
    """A program of its own, as some user, that starts a cluster and lives until it is told to stop or is killed."""

    def __init__(self, folder: Path, uid: int | None) -> None:
        ours, theirs = FORK.Pipe()
        self.pipe = ours
        self.process = FORK.Process(target=self._live, args=(folder, uid, theirs))
        self.process.start()
        theirs.close()
        self.answer = ours.recv() if ours.poll(60) else {"error": "no answer"}

    @staticmethod
    def _live(folder: Path, uid: int | None, pipe) -> None:  # type: ignore[no-untyped-def]
        if uid is not None:
            # An interpreter below a private home can't load anything after the change of user.
            for name in ("ascii", "idna", "utf-8", "latin-1"):
                codecs.lookup(name)
            os.setgroups([])
            os.setgid(uid)
            os.setuid(uid)
        cluster = Cluster(folder, durable=False)
        try:
            found = cluster.start()
        except Exception as error:  # noqa: BLE001 (the parent looks at it)
            pipe.send({"error": str(error), "kind": type(error).__name__})
            return
        pipe.send(
            {"app": found.app_url, "owner": found.owner_url, "sealer": found.sealer_url, "redis": found.redis_url}
        )
        while True:
            word = pipe.recv()
            if word == "heal":
                pipe.send(cluster.heal())
            else:
                cluster.stop()
                pipe.send("stopped")
                return

    def ask(self, word: str) -> object:
        self.pipe.send(word)
        assert self.pipe.poll(60)
        return self.pipe.recv()

    def stop(self) -> None:
        assert self.ask("stop") == "stopped"
        self.process.join(10)

    def kill(self) -> None:
        os.kill(self.process.pid or 0, signal.SIGKILL)
        self.process.join(10)

    def connect(self, role: str = "app") -> psycopg.Connection[tuple[object, ...]]:
        return connect(self.url(role))

    def url(self, role: str) -> str:
        assert "error" not in self.answer, self.answer
        return self.answer[role]


def send_each(pids: list[int], number: signal.Signals) -> None:
    """Send a signal to processes of which some may have ended with their parent meanwhile."""
    for pid in pids:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, number)


def connect(url: str) -> psycopg.Connection[tuple[object, ...]]:
    return psycopg.connect(url.replace("+psycopg", ""), autocommit=True)


@pytest.fixture
def supervise(folder: Path, uid: int | None) -> Iterator[Callable[[], Supervisor]]:
    """Return a function that starts a supervisor; what is left of them is killed at the end."""
    started: list[Supervisor] = []

    def start() -> Supervisor:
        started.append(Supervisor(folder, uid))
        return started[-1]

    yield start
    for one in started:
        if one.process.is_alive():
            one.kill()
    wait_until(lambda: servers_of(folder) == [])


def uid_of(pid: int) -> int | None:
    """Tell whose process it is; None once it has ended."""
    try:
        return Path(f"/proc/{pid}").stat().st_uid
    except FileNotFoundError:
        return None


def servers_of(folder: Path) -> list[int]:
    """List the processes that work in the place of a data folder."""
    place = json.loads((folder / "embedded.json").read_text()).get("place", str(folder))
    found = []
    for entry in Path("/proc").iterdir():
        try:
            if entry.name.isdigit() and str((entry / "cwd").readlink()).startswith(place + "/"):
                found.append(int(entry.name))
        except OSError:
            continue
    return found


def wait_until(condition: Callable[[], bool], seconds: float = 60) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if condition():
            return True
        time.sleep(0.02)
    return condition()


@both_users
def test_data_is_found_again_when_the_supervisor_stops_and_starts(supervise, folder):
    first = supervise()
    with first.connect("owner") as connection:
        connection.execute("CREATE TABLE kept AS SELECT 7 AS n")
    first.stop()
    assert servers_of(folder) == []
    second = supervise()
    with second.connect("owner") as connection:
        assert connection.execute("SELECT n FROM kept").fetchone() == (7,)
    assert second.answer == first.answer, "addresses and passwords stay the same"
    second.stop()


@both_users
def test_committed_data_survives_and_no_server_is_left_when_the_supervisor_is_killed(supervise, folder):
    first = supervise()
    with first.connect("owner") as connection:
        connection.execute("CREATE TABLE kept AS SELECT 7 AS n")
        first.kill()
    assert wait_until(lambda: servers_of(folder) == [])
    second = supervise()
    with second.connect("owner") as connection:
        assert connection.execute("SELECT n FROM kept").fetchone() == (7,)
    second.stop()


def test_a_supervisor_starts_at_once_when_the_one_before_was_killed(supervise):
    """The second one comes while the servers of the first are still going down."""
    first = supervise()
    with first.connect("owner") as busy:
        busy.execute("CREATE TABLE kept AS SELECT 7 AS n")
        first.kill()
        second = supervise()
    with second.connect("owner") as connection:
        assert connection.execute("SELECT n FROM kept").fetchone() == (7,)
    second.stop()


@both_users
def test_stale_servers_are_taken_down_when_they_outlived_their_supervisor(supervise, folder):
    """Stopped (SIGSTOP) servers can't follow the kernel's notice and hold port, pid file and shared memory."""
    first = supervise()
    frozen = servers_of(folder)
    send_each(frozen, signal.SIGSTOP)
    first.kill()
    postmaster = int((find_data(folder) / "postmaster.pid").read_text().splitlines()[0])
    assert postmaster in frozen
    send_each([pid for pid in frozen if pid != postmaster], signal.SIGCONT)
    second = supervise()
    assert "error" not in second.answer
    assert postmaster not in servers_of(folder)
    second.stop()


def find_data(folder: Path) -> Path:
    return Path(json.loads((folder / "embedded.json").read_text()).get("place", str(folder))) / "postgres"


def test_a_second_supervisor_is_refused_in_one_sentence_when_one_runs(supervise, folder):
    first = supervise()
    second = supervise()
    assert second.answer["kind"] == "AlreadyRunning"
    assert f"process {first.process.pid}" in second.answer["error"]
    assert second.answer["error"].count("\n") == 0
    first.stop()


def test_servers_are_started_again_when_they_die_under_the_supervisor(supervise, folder):
    first = supervise()
    with first.connect("owner") as connection:
        connection.execute("CREATE TABLE kept AS SELECT 7 AS n")
    send_each(servers_of(folder), signal.SIGKILL)
    assert wait_until(lambda: servers_of(folder) == [])
    assert first.ask("heal") == ["PostgreSQL", "Valkey"]
    with first.connect("owner") as connection:
        assert connection.execute("SELECT n FROM kept").fetchone() == (7,)
    assert first.ask("heal") == []
    first.stop()


@both_users
def test_nobody_enters_without_the_password_when_on_the_same_machine(supervise, folder):
    first = supervise()
    good = first.url("app").replace("+psycopg", "")
    port = good.rpartition(":")[2].partition("/")[0]
    for user in ("postgres", "owner", "app", "sealer"):
        for password in ("", "postgres", user):
            with pytest.raises(psycopg.OperationalError, match=r"password"):
                psycopg.connect(f"postgresql://{user}:{password}@127.0.0.1:{port}/postgres")
    assert [line for line in (find_data(folder) / "pg_hba.conf").read_text().splitlines() if line] == [
        "host all all 127.0.0.1/32 scram-sha-256"
    ]
    without = first.url("redis").replace("redis://:", "redis://:x")
    with redis.Redis.from_url(without) as client, pytest.raises(redis.AuthenticationError):
        client.ping()
    for name in ("embedded-passwords.json", "embedded.json"):
        assert stat.S_IMODE((folder / name).stat().st_mode) == 0o600
    assert stat.S_IMODE(find_data(folder).stat().st_mode) == 0o700
    read = 0
    for pid in servers_of(folder):
        try:
            environ = Path(f"/proc/{pid}/environ").read_bytes()
            shown = Path(f"/proc/{pid}/cmdline").read_bytes().decode()
        except FileNotFoundError:  # PostgreSQL's helpers come and go
            continue
        read += 1
        assert b"redis://" not in environ
        assert not any(
            secret in shown for secret in json.loads((folder / "embedded-passwords.json").read_text()).values()
        )
    assert read >= 2
    first.stop()


def test_servers_do_not_run_as_root_when_root_starts_them(supervise, folder):
    first = supervise()
    running = servers_of(folder)
    assert len(running) >= 2
    assert all(uid_of(pid) != 0 for pid in running)
    first.stop()


@both_users
def test_permissions_of_parents_stay_when_the_checkout_is_private(supervise, folder):
    before = stat.S_IMODE(folder.parent.stat().st_mode)
    first = supervise()
    assert "error" not in first.answer
    assert before == 0o700
    assert stat.S_IMODE(folder.parent.stat().st_mode) == before
    first.stop()


def test_roles_can_do_no_more_than_their_work_when_freshly_made(supervise):
    first = supervise()
    with first.connect("owner") as owner:
        flags = owner.execute(
            "SELECT bool_or(rolsuper OR rolcreatedb OR rolcreaterole OR rolreplication OR rolbypassrls)"
            " FROM pg_roles WHERE rolname IN ('owner', 'app', 'sealer')"
        ).fetchone()
        assert flags == (False,)
        owner.execute("CREATE TABLE ledger (n integer)")
        owner.execute("GRANT SELECT, INSERT ON ledger TO app")
    with first.connect("app") as app:
        app.execute("INSERT INTO ledger VALUES (1)")
        for statement in ("UPDATE ledger SET n = 2", "DELETE FROM ledger", "TRUNCATE ledger", "CREATE TABLE mine ()"):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                app.execute(statement)
    with first.connect("sealer") as sealer, pytest.raises(psycopg.errors.InsufficientPrivilege):
        sealer.execute("SELECT * FROM ledger")
    first.stop()


@pytest.fixture
def own_folder() -> Iterator[Path]:
    """Return a data folder that the servers' account can reach, for supervisors inside this process."""
    home = Path(tempfile.mkdtemp(prefix="suchang-cluster-"))
    home.chmod(0o711)
    yield home
    shutil.rmtree(home)


def test_commands_attach_when_a_supervisor_runs(own_folder):
    cluster = Cluster(own_folder, durable=False)
    started = cluster.start()
    other = Cluster(own_folder)
    assert other.attach() == started
    with Cluster(own_folder).borrow() as borrowed:
        assert borrowed == started
    other.stop()
    with connect(str(started.app_url)) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)
    cluster.stop()
    with pytest.raises(NotRunning, match="Nothing runs the database"):
        other.attach()


def test_servers_live_only_for_the_command_when_nobody_serves(own_folder):
    with Cluster(own_folder, durable=False).borrow() as borrowed:
        with connect(str(borrowed.owner_url)) as connection:
            connection.execute("CREATE TABLE kept AS SELECT 7 AS n")
        with pytest.raises(AlreadyRunning, match="A suchang command"):
            Cluster(own_folder).start()
    assert servers_of(own_folder) == []
    with Cluster(own_folder).borrow() as borrowed, connect(str(borrowed.owner_url)) as connection:
        assert connection.execute("SELECT n FROM kept").fetchone() == (7,)


def test_only_the_wanted_server_runs_when_the_other_is_configured(own_folder):
    cluster = Cluster(own_folder, postgres=False)
    found = cluster.start()
    assert found.app_url is None
    assert found.redis_url is not None
    cluster.stop()


def test_a_half_made_data_folder_is_made_anew_when_the_set_up_was_interrupted(own_folder):
    (own_folder / "postgres.new").mkdir()
    (own_folder / "postgres.new" / "rubbish").write_text("x")
    with Cluster(own_folder, durable=False).borrow() as found, connect(str(found.app_url)) as connection:
        assert connection.execute("SELECT current_user").fetchone() == ("app",)
    assert not (own_folder / "postgres.new").exists()


def test_one_sentence_is_given_when_the_recorded_place_is_gone(own_folder):
    (own_folder / "embedded.json").write_text(json.dumps({"place": "/nowhere/at/all"}))
    with pytest.raises(EmbeddedFailure) as refused:
        find_place(own_folder, own_folder / "embedded.json")
    assert "\n" not in refused.value.detail


def test_addresses_are_not_shown_when_they_are_printed(own_folder):
    with Cluster(own_folder, durable=False).borrow() as found:
        assert str(found) == "Endpoints(…)"
