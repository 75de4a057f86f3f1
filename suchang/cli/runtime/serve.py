"""``suchang serve``: servers, migrations, demo province, web server, all of it until Ctrl-C."""

from __future__ import annotations

import http.client
import os
import signal
import socket
import ssl
import sys
import time
from contextlib import suppress
from types import FrameType

import click

from suchang.cli.runtime.certificates import ServerCertificate, local_addresses, server_certificate
from suchang.cli.runtime.child_processes import Child
from suchang.cli.runtime.database_urls import data_dir, embedded_cluster, point_at
from suchang.cli.runtime.phone_trust import explain_trust
from suchang.config import Settings, load_settings
from suchang.domain.errors import Unavailable
from suchang.embedded import Cluster

_EVERYWHERE = ("0.0.0.0", "::")  # noqa: S104 (compared, not bound)
_READY_WITHIN = 60.0
_STOP_WITHIN = 10.0


class _Stop(Exception):
    """Ctrl-C, SIGTERM or a closed terminal."""


class _Ending:
    """What a signal to end does: it interrupts the preparations, which may take long; later it is kept in mind.

    While children are watched an exception out of nowhere could leave the lock of one of them taken for good. The first
    signal counts; another one must not interrupt the stopping.
    """

    def __init__(self) -> None:
        self.asked = False
        self.interrupts = True
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._heard)

    def _heard(self, _number: int, _frame: FrameType | None) -> None:
        first, self.asked = not self.asked, True
        if first and self.interrupts:
            raise _Stop

    def look(self) -> None:
        """Stop here if somebody has asked for it."""
        if self.asked:
            raise _Stop


@click.command(epilog="Example: suchang serve --host 0.0.0.0 --tls")
@click.option("--host", envvar="HOST", default="127.0.0.1", show_default=True, help="Address to listen on (HOST).")
@click.option("--port", envvar="PORT", default=8000, show_default=True, type=click.IntRange(1, 65535), help="(PORT)")
@click.option("--tls/--no-tls", envvar="TLS", default=False, help="Serve a generated certificate (TLS=1).")
@click.option(
    "--workers", type=click.IntRange(1, 64), default=None, help="Server processes; the processors by default."
)
@click.option("--worker/--no-worker", default=True, help="Also run the worker, which seals the audit.")
@click.option("--demo/--no-demo", default=True, help="Load the demo province into an empty database (demo mode only).")
@click.option(
    "--people", default=3000, show_default=True, type=click.IntRange(100, 100_000), help="Size of the province."
)
def serve(host: str, port: int, tls: bool, workers: int | None, worker: bool, demo: bool, people: int) -> None:
    """Serve the pages and the API, with embedded PostgreSQL and Valkey unless DATABASE_URL and REDIS_URL are set."""
    ending = _Ending()
    cluster = embedded_cluster()
    server = Server(cluster, host, port, workers or min(os.cpu_count() or 1, 4), with_worker=worker)
    try:
        server.prepare(tls=tls, people=people if demo else 0)
        server.run(ending)
    except _Stop:
        say("stopping …")
    finally:
        server.stop()
    say("stopped")


def say(sentence: str) -> None:
    """Tell the person at the terminal, at once."""
    click.echo(sentence)
    sys.stdout.flush()


class Server:
    """Everything that ``serve`` holds together."""

    def __init__(self, cluster: Cluster | None, host: str, port: int, workers: int, *, with_worker: bool) -> None:
        self.cluster = cluster
        self.host, self.port, self.workers, self.with_worker = host, port, workers, with_worker
        self.children: list[Child] = []
        self.certificate: ServerCertificate | None = None
        self.settings: Settings | None = None

    def prepare(self, *, tls: bool, people: int) -> None:
        """Start the embedded servers, migrate, load the demo province, make the certificate."""
        load_settings()  # refuses what is misconfigured before anything starts
        _refuse_busy_port(self.host, self.port)
        if self.cluster is not None:
            say(f"starting the embedded servers in {self.cluster.data_dir} …")
            point_at(self.cluster.start())
        self.settings = settings = load_settings()
        say("bringing the database to the newest schema …")
        from suchang.persistence.migrate import upgrade
        from suchang.workflows.application.notice_tiers import end_notice_tiers

        upgrade(settings.migration_database_url)
        ended = end_notice_tiers(settings.migration_database_url, settings.notice_tiers)
        if ended:
            say(f"cards of tier {', '.join(ended)} need no public notice any more (SUCHANG_NOTICE_TIERS)")
        if settings.demo and settings.issuer is None:
            self._settle_issuer(settings, "https" if tls else "http")
        if people and settings.demo:
            from suchang.demo.load import load_when_empty

            load_when_empty(settings, say, people=people)
        if tls:
            self.certificate = server_certificate(data_dir() / "tls", self.host)

    def _settle_issuer(self, settings: Settings, scheme: str) -> None:
        """Let the demo issue where it is served; once something is issued it can't, and the person is told."""
        from suchang.persistence.engine import make_engine, make_sessions
        from suchang.workflows.runtime.installation import follow_address

        name = "localhost" if self.host in ("127.0.0.1", *_EVERYWHERE) else self.host
        origin = f"{scheme}://{f'[{name}]' if ':' in name else name}:{self.port}"
        # Pages are where they are served today, whatever was issued before.
        os.environ.setdefault("SUCHANG_ORIGINS", origin)
        engine = make_engine(settings.database_url, pool_size=1)
        try:
            found = follow_address(make_sessions(engine), origin)
        finally:
            engine.dispose()
        if not found.agrees:
            say(f"Credentials were issued as {found.issuer}, which is not where this is served; see `suchang doctor`.")

    def run(self, ending: _Ending) -> None:
        """Start the web server, say where it is, and watch everything until a signal comes."""
        ending.interrupts = False
        self.children = self.programs()
        for child in self.children:
            child.start()
        self._wait_until_ready(ending)
        self._greet()
        while True:
            time.sleep(0.5)
            ending.look()
            if self.cluster is not None:
                for name in self.cluster.heal():
                    say(f"{name} had ended and was started again")
            for child in self.children:
                if not child.alive() and child.revive():
                    say(f"the {child.name} had ended and was started again")

    def stop(self) -> None:
        """Stop the programs first and the database last; safe at any moment."""
        for child in self.children:
            child.ask_to_stop()
        for child in self.children:
            child.stop(_STOP_WITHIN)
        if self.cluster is not None:
            self.cluster.stop()

    def programs(self) -> list[Child]:
        """Name the programs that run beside this one."""
        web = Child("web server", self._web_command())
        worker = Child("worker", [sys.executable, "-m", "suchang", "worker"], essential=False)
        return [web, worker] if self.with_worker else [web]

    def _web_command(self) -> list[str]:
        command = [
            sys.executable,
            "-m",
            "suchang.cli.runtime.web_process",
            "--host",
            self.host,
            "--port",
            str(self.port),
        ]
        command += ["--workers", str(self.workers)]
        if self.certificate is not None:
            command += ["--certificate", str(self.certificate.certificate), "--key", str(self.certificate.key)]
        return command

    def _wait_until_ready(self, ending: _Ending) -> None:
        """Wait for /readyz; a server that answers but is not ready is said to be so, and goes on."""
        deadline = time.monotonic() + _READY_WITHIN
        answer = None
        while (answer := self._readiness() or answer) is None or answer.status >= 500:
            if not self.children[0].alive():
                raise Unavailable("The web server ended at once; its message stands above.")
            if time.monotonic() > deadline:
                if answer is None:
                    raise Unavailable(f"The web server did not answer within {_READY_WITHIN:.0f} s.")
                say(f"The server answers but is not ready: {answer.read(2000).decode(errors='replace')}")
                return
            time.sleep(0.1)
            ending.look()

    def _readiness(self) -> http.client.HTTPResponse | None:
        host = "127.0.0.1" if self.host in _EVERYWHERE else self.host
        connection: http.client.HTTPConnection
        if self.certificate is None:
            connection = http.client.HTTPConnection(host, self.port, timeout=5)
        else:
            trusting = ssl.create_default_context(cafile=str(self.certificate.authority))
            connection = http.client.HTTPSConnection(host, self.port, timeout=5, context=trusting)
        with suppress(OSError, http.client.HTTPException):
            connection.request("GET", "/readyz")
            return connection.getresponse()
        return None

    def _greet(self) -> None:
        """Print the addresses of the pages, the demo sign-ins and how a phone comes to trust the certificate."""
        scheme = "http" if self.certificate is None else "https"
        names = ["localhost"] if self.host in ("127.0.0.1", "localhost") else [self.host]
        if self.host in _EVERYWHERE:
            names = ["localhost", *local_addresses()]
        say("")
        for name in names:
            base = f"{scheme}://{name}:{self.port}"
            say(f"苏畅卡 Su Chang Card: {base}")
            if name == names[0]:
                for path, what in _PAGES:
                    say(f"  {base + path:<40} {what}")
        if self.settings is not None and self.settings.demo:
            from suchang.demo.sign_ins import sign_in_lines

            for line in sign_in_lines(self.settings):
                say(line)
        if self.certificate is not None:
            address = next(iter(local_addresses()), "localhost") if self.host in _EVERYWHERE else self.host
            say("")
            for line in explain_trust(self.certificate, self.host, address, self.port + 1):
                say(line)
        say("Ctrl-C stops everything; the data stay.")


_PAGES = (
    ("/", "portal 门户"),
    ("/me", "holder 持卡人"),
    ("/desk", "partner's desk 核验台"),
    ("/console", "officers 工作台"),
    ("/docs", "API"),
)


def _refuse_busy_port(host: str, port: int) -> None:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise Unavailable(f"Can't listen on {host} port {port}: {error.strerror}; set PORT or HOST.") from error
