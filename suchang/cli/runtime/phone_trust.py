"""How a phone comes to trust the generated certificate: the file over plain HTTP, and what to do with it."""

from __future__ import annotations

import http.server
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

from suchang.cli.runtime.certificates import ServerCertificate


def explain_trust(certificate: ServerCertificate, host: str, address: str, port: int) -> Iterator[str]:
    """Offer the authority's certificate on a port and give the lines that say what a phone does with it."""
    try:
        threading.Thread(target=_offer(certificate.authority, host, port), daemon=True).start()
    except OSError:
        where = f"copy {certificate.authority} to the phone and open it"
    else:
        where = f"open http://{address}:{port}/suchang-ca.crt on the phone"
    yield "A phone in the same network trusts this server after one installation (for private addresses only):"
    yield f"  1. {where}; it installs the certificate “Su Chang Card on …”"
    yield f"  2. compare its SHA-256: {certificate.fingerprint}"
    yield "  3. iOS: Settings › General › VPN & Device Management, then About › Certificate Trust Settings"
    yield "     Android: Settings › Security › Encryption & credentials › Install a certificate › CA certificate"
    yield "Remove it there when the demonstration is over."


def _offer(authority: Path, host: str, port: int) -> Callable[[], None]:
    """Return the loop of a small server that hands out one public file and nothing else."""
    content = authority.read_bytes()

    class OneFile(http.server.BaseHTTPRequestHandler):
        timeout = 10

        def do_GET(self) -> None:
            found = self.path == "/suchang-ca.crt"
            self.send_response(200 if found else 404)
            self.send_header("Content-Type", "application/x-x509-ca-cert")
            self.send_header("Content-Length", str(len(content) if found else 0))
            self.end_headers()
            if found:
                self.wfile.write(content)

        def log_message(self, format: str, *args: object) -> None:  # noqa: ARG002 (the base class names it)
            return

    return http.server.ThreadingHTTPServer((host, port), OneFile).serve_forever
