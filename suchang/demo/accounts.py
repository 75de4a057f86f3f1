"""The demo's sign-ins: fixed and public, so that anybody can try every door. Production never has them."""

from __future__ import annotations

import base64

from suchang.config import demo_secret

PASSWORD = "suchang-demo-2026"  # noqa: S105 (public by design)


def totp_secret(username: str) -> str:
    """Return the base32 secret of a demo officer's authenticator."""
    return base64.b32encode(demo_secret(f"totp {username}")[:20]).decode()


def client_secret(slug: str) -> str:
    """Return the secret of a demo partner's program."""
    return base64.urlsafe_b64encode(demo_secret(f"client {slug}")).rstrip(b"=").decode()


def desk_user(slug: str) -> str:
    """Name the account at a demo partner's desk."""
    return f"desk.{slug}"
