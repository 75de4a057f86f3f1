"""``suchang serve`` as a newcomer meets it: one real program with its own servers, stopped, killed and started again.

The tests of this file use one running server, in their order; each leaves it running.
"""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from suchang.config import ROOT
from suchang.embedded.processes import free_port
from tests.support.served import Served, wait_until

pytestmark = [pytest.mark.faults, pytest.mark.timeout(400)]


@pytest.fixture(scope="module")
def served() -> Iterator[Served]:
    """Start the server for the tests of this file."""
    folder = Path(tempfile.mkdtemp(prefix="suchang-serve-"))
    folder.chmod(0o711)
    one = Served(folder, free_port(None))
    one.start()
    yield one
    if one.process is not None and one.process.poll() is None:
        one.process.kill()
        one.process.wait()
    wait_until(lambda: one.left() == [], 20)
    shutil.rmtree(folder, ignore_errors=True)


def test_addresses_and_sign_ins_are_printed_when_the_server_is_ready(served: Served) -> None:
    for path in ("/me", "/desk", "/console", "/docs"):
        assert f"http://localhost:{served.port}{path}" in served.log
    assert "suchang demo-code approver" in served.log
    assert "150 people" in served.log


def test_the_readme_works_for_a_partner_with_curl(served: Served, tmp_path: Path) -> None:
    if shutil.which("curl") is None:
        (pytest.fail if os.environ.get("SUCHANG_REQUIRE_CURL") == "1" else pytest.skip)("curl is not installed")
    blocks = re.findall(r"```sh\n(.*?)```", (ROOT / "README.md").read_text(encoding="utf-8"), re.DOTALL)
    block = next(each for each in blocks if "/oauth/token" in each)
    client, secret = re.findall(r"program +(\S+) secret (\S+) \(hospital\)", served.log)[0]
    phone = re.findall(r"holder +phone (\d+)", served.log)[0]
    for name, value in (
        ("base", f"http://localhost:{served.port}"),
        ("client", client),
        ("secret", secret),
        ("phone", phone),
    ):
        block, changed = re.subn(rf"^{name}=\S+", f"{name}={value}", block, count=1, flags=re.MULTILINE)
        assert changed == 1
    done = subprocess.run(
        ["bash", "-euc", block], cwd=tmp_path, capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stderr
    verdict = json.loads((tmp_path / "verification.json").read_text())
    assert verdict["outcome"] == "accepted"
    assert re.findall(r" (\d{3})$", done.stdout, re.MULTILINE) == ["201", "201", "409"], done.stdout


def test_a_second_server_is_refused_in_one_sentence_when_one_runs_on_the_folder(served: Served) -> None:
    second = served.suchang("serve", "--port", str(free_port(None)))
    assert second.returncode == 1
    assert "already runs the database" in second.stderr
    assert "Traceback" not in second.stderr


def test_a_busy_port_is_named_when_another_program_has_it(served: Served) -> None:
    environ = {**served.environ, "SUCHANG_DATA": str(served.folder / "other")}
    command = [sys.executable, "-m", "suchang", "serve", "--port", str(served.port)]
    refused = subprocess.run(command, cwd=ROOT, env=environ, capture_output=True, text=True, timeout=120, check=False)
    assert refused.returncode == 1
    assert f"port {served.port}" in refused.stderr


def test_commands_attach_when_the_server_runs(served: Served) -> None:
    answer = served.suchang("doctor", "--format", "json")
    findings = json.loads(answer.stdout)["findings"]
    assert [f["text"] for f in findings if f["part"] == "database" and f["mark"] == "wrong"] == []
    assert any("SUCHANG_DATA_KEY is the public demo secret" in f["text"] for f in findings)
    code = served.suchang("demo-code", "approver")
    assert re.fullmatch(r"\d{6}\n", code.stdout), code.stderr


def test_everybody_is_answered_when_many_leave_their_connections_open(served: Served) -> None:
    """Browsers, desks and partners keep a connection between two requests; that must not shut others out."""
    with contextlib.ExitStack() as left_open:
        for _ in range(100):
            connection = http.client.HTTPConnection("127.0.0.1", served.port, timeout=8)
            left_open.callback(connection.close)
            connection.request("GET", "/healthz")
            answer = connection.getresponse()
            assert (answer.status, answer.read() != b"") == (200, True)


def test_pages_come_back_when_the_web_server_is_killed(served: Served) -> None:
    pids = [int(line.split()[0]) for line in served.left() if "web_process" in line]
    for pid in pids:
        with contextlib.suppress(ProcessLookupError):  # its processes end with the first of them
            os.kill(pid, signal.SIGKILL)
    assert wait_until(lambda: "the web server had ended and was started again" in served.log, 60), served.log
    assert wait_until(served.ready, 120), served.log


def test_pages_come_back_when_postgresql_is_killed(served: Served) -> None:
    postmaster = int((served.folder / "var" / "postgres" / "postmaster.pid").read_text().splitlines()[0])
    os.kill(postmaster, signal.SIGKILL)
    assert wait_until(lambda: "PostgreSQL had ended and was started again" in served.log, 60), served.log
    assert wait_until(served.ready, 60), served.log


def test_nothing_is_left_and_the_data_stay_when_the_server_is_interrupted(served: Served) -> None:
    assert served.stop(signal.SIGINT) == 0
    assert served.log.endswith("stopped\n")
    assert served.left() == []
    served.start()
    assert "loading the demo province" not in served.log
    assert "program    cli_" in served.log


def test_nothing_is_left_and_it_starts_again_when_the_server_is_killed(served: Served) -> None:
    assert served.process is not None
    served.process.kill()
    served.process.wait()
    assert wait_until(lambda: served.left() == [], 30), served.left()
    served.start()
    assert "loading the demo province" not in served.log


def test_production_is_refused_when_secrets_are_the_demos(served: Served) -> None:
    environ = {**served.environ, "SUCHANG_ENV": "production"}
    command = [sys.executable, "-m", "suchang", "serve"]
    refused = subprocess.run(command, cwd=ROOT, env=environ, capture_output=True, text=True, timeout=120, check=False)
    assert refused.returncode == 1
    assert re.search(r"SUCHANG_\w+ is missing", refused.stderr)
