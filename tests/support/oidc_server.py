"""An OpenID provider for tests: npm's ``oidc-provider`` in the wheel's Node, started once for a module."""

from __future__ import annotations

import json
import os
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from suchang.web.npm_parts import NODE_MODULES, node_binary

SCRIPT = Path(__file__).with_name("oidc_server.js")
CLIENT_ID, CLIENT_SECRET = "suchang card", "a secret: with / odd + signs %"


@dataclass(frozen=True)
class OidcServer:
    """A running provider."""

    issuer: str

    @property
    def environ(self) -> dict[str, str]:
        """Return the settings that point the house at it."""
        return {
            "SUCHANG_OIDC_ISSUER": self.issuer,
            "SUCHANG_OIDC_CLIENT_ID": CLIENT_ID,
            "SUCHANG_OIDC_CLIENT_SECRET": CLIENT_SECRET,
            "SUCHANG_OIDC_ACR": "two-factors",
            "SUCHANG_OIDC_AMR": "mfa otp",
        }

    def next(self, sub: str, **how: Any) -> None:
        """Say who signs in next, with which ``acr`` and ``amr``; or ``error``, what the provider says instead."""
        httpx.post(f"{self.issuer}/next", content=json.dumps({"sub": sub, "acr": "", "amr": [], **how}))


@contextmanager
def oidc_server(redirect_uri: str, after_sign_out: str) -> Iterator[OidcServer]:
    """Run a provider that knows us; skips, or fails where browsers are required, without the npm parts of the tests."""
    if not (NODE_MODULES / "oidc-provider").is_dir():
        message = "NO OIDC-PROVIDER: signing in by OpenID is not tested; run make test-setup."
        (pytest.fail if os.environ.get("SUCHANG_REQUIRE_BROWSER") == "1" else pytest.skip)(message)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    issuer = f"http://localhost:{port}"
    client = {
        "client_id": CLIENT_ID, "client_secret": CLIENT_SECRET, "redirect_uris": [redirect_uri],
        "post_logout_redirect_uris": [after_sign_out], "token_endpoint_auth_method": "client_secret_basic",
    }  # fmt: skip
    command = [str(node_binary()), "--no-warnings", str(SCRIPT), str(port), issuer, json.dumps(client)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:
        try:
            assert process.stdout is not None
            assert process.stdout.readline() == "listening\n", "the OpenID provider ended at once"
            yield OidcServer(issuer)
        finally:
            process.terminate()
            process.stdout.close()
