"""What partners are told is what the program says, and the program stays small enough to embed."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import ClassVar

import pytest

from suchang.credentials import KeyRing, Reason, partner_audience, sentence
from suchang.credentials.issue.signed_credentials import issue
from suchang.credentials.status_list.token_status_list import pack, publish
from suchang.credentials.token.algorithms import ES256
from suchang.credentials.token.claims import StatusRef, device_claims
from suchang.credentials.token.codec import qr_text
from suchang.credentials.token.holder_proof import prove
from suchang.credentials.verify.key_ring import KeyState, RingKey
from suchang.credentials.verify.verdict_texts import REASONS
from tests.unit.credentials.support import ISSUER, PHONE, base_claims, holder_key

ROOT = Path(__file__).parents[3]
PAGE = (ROOT / "docs" / "verifying.md").read_text(encoding="utf-8")


def test_page_for_partners_has_every_reason_with_its_sentence():
    rows = {line.split("|")[1].strip(" `"): line for line in PAGE.splitlines() if line.startswith("| `")}
    assert set(Reason) <= set(rows)
    assert set(REASONS) == set(Reason)
    for reason in Reason:
        assert sentence(reason).zh in rows[reason]


class _Issuer(BaseHTTPRequestHandler):
    """Serves an issuer's keys and list, as the web does."""

    answers: ClassVar[dict[str, bytes]] = {}

    def do_GET(self) -> None:
        body = self.answers.get(self.path, b"")
        self.send_response(200 if body else 404)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_arguments: object) -> None:
        pass


@pytest.fixture
def origin():
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Issuer)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join()


def test_programs_of_the_page_run_as_they_are_printed(origin, tmp_path, monkeypatch, capsys):
    now, uri = int(time.time()), f"{origin}/status-lists/0"
    key = RingKey(origin, ISSUER.kid, ISSUER.private.public_key(), ES256, KeyState.ACTIVE, now - 86_400)
    ring = KeyRing([key], domains={"medical": 2, "finance": 7})
    old, fresh = (json.dumps(ring.jwks(origin, moment)).encode() for moment in (now - 90_000, now))
    old_list, fresh_list = (publish(pack([]), uri, ISSUER, moment) for moment in (now - 7200, now))
    monkeypatch.chdir(tmp_path)
    (tmp_path / "jwks.json").write_bytes(old)
    (tmp_path / "list-0.jwt").write_bytes(old_list)
    _Issuer.answers = {"/.well-known/jwks.json": fresh, "/status-lists/0": fresh_list}

    claims = device_claims(base_claims(iss=origin, iat=now, exp=now + 86_400), holder_key(), StatusRef(7, uri))
    token, asked, sent = issue(claims, ISSUER), "A" * 22, []
    answer = prove(token, PHONE, now, audience=partner_audience("par_…"), nonce=asked)
    names = {
        "text_of_the_scanner": qr_text(prove(token, PHONE, now)),
        "text": qr_text(answer),
        "nonce_of_22_characters": asked,
        "now_in_seconds": now,
        "post": lambda path, body: sent.append((path, body["purpose"])),
    }
    first, second, third, fourth = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
    exec(first.replace("https://card.example", origin).replace("/var/lib/desk", str(tmp_path)), names)  # noqa: S102
    assert capsys.readouterr().out.splitlines()[0] == "accepted None 核验通过。"
    exec(second, names)  # noqa: S102
    assert (names["problems"], names["desk"].ring.as_of) == ([], now)
    exec(third, names)  # noqa: S102
    assert sent == [("/api/v1/verifications", "medical")]
    exec(fourth, names)  # noqa: S102
    assert names["verdict"].accepted
    names["desk"].store.close()


def test_verifier_brings_no_framework_when_it_is_embedded():
    heavy = {"flask", "sqlalchemy", "redis", "numpy", "PIL", "fpdf"}
    asked = f"import sys, suchang.credentials; print(*{heavy} & {{name.partition('.')[0] for name in sys.modules}})"
    told = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True, cwd=ROOT)
    assert told.stdout.split() == []
