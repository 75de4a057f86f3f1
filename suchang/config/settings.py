"""One frozen ``Settings`` from the environment, read once by the composition root.

In demo mode missing secrets are filled with fixed, public demo values, and ``doctor`` says so. In production a
missing or demo secret refuses to start.
"""

from __future__ import annotations

import base64
import hashlib
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from suchang.config.mail_server import MailServer, read_mail_server
from suchang.config.oidc_provider import OidcProvider, read_provider
from suchang.domain.account.lifetimes import LIFETIMES, Lifetime, read_lifetime
from suchang.domain.errors import DomainError
from suchang.resources import home

ROOT = home()
SECRET_NAMES = (
    "SUCHANG_SECRET_KEY",
    "SUCHANG_DATA_KEY",
    "SUCHANG_INDEX_KEY",
    "SUCHANG_KEY_ENCRYPTION_KEY",
    "SUCHANG_AUDIT_KEY",
)
Environment = Literal["demo", "production"]


class Misconfigured(DomainError):
    """The environment can't be used; the sentence says which variable and what to do."""

    slug = "misconfigured"


def demo_secret(name: str) -> bytes:
    """Return the public demo value of a secret: 32 bytes that anybody can compute."""
    return hashlib.sha256(b"suchang demo " + name.encode()).digest()


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything that differs between two installations. Secrets are 32 bytes each and never shown by ``repr``."""

    environment: Environment
    database_url: str
    migration_database_url: str
    sealer_database_url: str
    redis_url: str
    issuer: str | None
    origins: tuple[str, ...]
    lifetimes: Mapping[str, Lifetime]
    oidc: OidcProvider | None
    pack: str
    domains: tuple[str, ...]
    notice_tiers: tuple[str, ...]
    notify_url: str | None
    mail_server: MailServer | None
    data_dir: Path
    trusted_proxies: int
    file_readers: int
    secret_key: bytes = field(repr=False)
    data_key: bytes = field(repr=False)
    index_key: bytes = field(repr=False)
    key_encryption_key: bytes = field(repr=False)
    audit_key: bytes = field(repr=False)
    audit_anchor: Path
    demo_secrets: tuple[str, ...] = ()
    older_key_encryption_keys: tuple[bytes, ...] = field(repr=False, default=())

    @property
    def demo(self) -> bool:
        """Tell whether this is a demonstration: demo people, codes shown on screen, demo keys allowed."""
        return self.environment == "demo"


def _secret(environ: Mapping[str, str], name: str, production: bool, demo: list[str]) -> bytes:
    text = environ.get(name, "")
    if not text:
        if production:
            raise Misconfigured(
                f"{name} is missing; set it to 32 random bytes in base64, for example from `openssl rand -base64 32`."
            )
        demo.append(name)
        return demo_secret(name)
    try:
        value = base64.b64decode(text, validate=True)
    except ValueError:
        value = b""
    if len(value) != 32:
        raise Misconfigured(f"{name} must be 32 bytes in base64, for example from `openssl rand -base64 32`.")
    if value == demo_secret(name):
        if production:
            raise Misconfigured(f"{name} is the public demo secret; set a random one before production.")
        demo.append(name)
    return value


def _older_keys(environ: Mapping[str, str]) -> tuple[bytes, ...]:
    name = "SUCHANG_OLDER_KEY_ENCRYPTION_KEYS"
    found = []
    for text in environ.get(name, "").split(","):
        if not text.strip():
            continue
        try:
            value = base64.b64decode(text.strip(), validate=True)
        except ValueError:
            value = b""
        if len(value) != 32:
            raise Misconfigured(f"{name} must be a comma-separated list of 32-byte keys in base64.")
        found.append(value)
    return tuple(found)


def _count(environ: Mapping[str, str], name: str, usual: int, what: str) -> int:
    try:
        return int(environ.get(name, "") or usual)
    except ValueError:
        raise Misconfigured(f"{name} must be a number of {what}, such as 1.") from None


def _required(environ: Mapping[str, str], name: str, production: bool) -> str:
    value = environ.get(name, "")
    if not value and production:
        raise Misconfigured(f"{name} is missing; production needs it set.")
    return sqlalchemy_url(value) if "DATABASE_URL" in name else value


def _origins(environ: Mapping[str, str], issuer: str | None, production: bool) -> tuple[str, ...]:
    """Read the addresses under which browsers open the pages; without the setting, that of the issuer alone."""
    given = tuple(part.strip() for part in environ.get("SUCHANG_ORIGINS", "").split(",") if part.strip())
    for one in given:
        if not re.fullmatch(r"https://[^/?#@\s]+" if production else r"https?://[^/?#@\s]+", one):
            raise Misconfigured(
                f"SUCHANG_ORIGINS holds {one!r}; write origins such as https://card.example.gov.cn, with commas."
            )
    return given or ((issuer,) if issuer else ())


def _lifetime(environ: Mapping[str, str], kind: str) -> Lifetime:
    name = f"SUCHANG_SESSION_{kind.upper()}"
    text = environ.get(name, "")
    found = read_lifetime(text) if text else LIFETIMES[kind]
    if found is None:
        raise Misconfigured(f"{name} is {text!r}; write how long at most and how long idle, such as 10h/30m.")
    return found


def _oidc(environ: Mapping[str, str], production: bool) -> OidcProvider | None:
    try:
        return read_provider(environ, production=production)
    except ValueError as error:
        raise Misconfigured(str(error)) from None


def _mail_server(environ: Mapping[str, str]) -> MailServer | None:
    try:
        return read_mail_server(environ)
    except ValueError as error:
        raise Misconfigured(str(error)) from None


def sqlalchemy_url(url: str) -> str:
    """Name the driver in a PostgreSQL URL, so that ``postgresql://`` and ``postgres://`` both work."""
    for short in ("postgresql://", "postgres://"):
        if url.startswith(short):
            return "postgresql+psycopg://" + url[len(short) :]
    return url


def load_settings(environ: Mapping[str, str] | None = None) -> Settings:
    """Read the settings from the environment.

    Raises ``Misconfigured`` with the variable and the remedy when production misses something or a value is not usable.
    """
    env = os.environ if environ is None else environ
    environment = env.get("SUCHANG_ENV", "demo")
    if environment not in ("demo", "production"):
        raise Misconfigured(f"SUCHANG_ENV is {environment!r}; it must be demo or production.")
    production = environment == "production"
    demo: list[str] = []
    secrets = {name: _secret(env, name, production, demo) for name in SECRET_NAMES}
    issuer = env.get("SUCHANG_ISSUER") or None
    if production and not issuer:
        raise Misconfigured(
            "SUCHANG_ISSUER is missing; set it to the HTTPS origin that issues, without a trailing slash."
        )
    if issuer is not None and (issuer.endswith("/") or not issuer.startswith(("https://", "http://"))):
        raise Misconfigured(
            "SUCHANG_ISSUER must be an origin such as https://card.example.gov.cn, without a trailing slash."
        )
    if production and issuer is not None and not issuer.startswith("https://"):
        raise Misconfigured("SUCHANG_ISSUER must begin with https:// in production.")
    proxies = _count(env, "SUCHANG_TRUSTED_PROXIES", 0, "proxies")
    readers = _count(env, "SUCHANG_FILE_READERS", 1, "readers of uploads at once")
    database = _required(env, "DATABASE_URL", production)
    data_dir = Path(env.get("SUCHANG_DATA", "") or ROOT / "var")
    return Settings(
        environment="production" if production else "demo",
        database_url=database,
        migration_database_url=_required(env, "MIGRATION_DATABASE_URL", production) or database,
        sealer_database_url=sqlalchemy_url(env.get("SEALER_DATABASE_URL", "")) or database,
        redis_url=env.get("REDIS_URL", ""),
        issuer=issuer,
        origins=_origins(env, issuer, production),
        oidc=_oidc(env, production),
        lifetimes={kind: _lifetime(env, kind) for kind in LIFETIMES},
        pack=env.get("SUCHANG_PACK", "jiangsu"),
        domains=tuple(part for part in env.get("SUCHANG_DOMAINS", "").split(",") if part),
        notice_tiers=tuple(part for part in env.get("SUCHANG_NOTICE_TIERS", "").split(",") if part),
        notify_url=env.get("SUCHANG_NOTIFY_URL") or None,
        mail_server=_mail_server(env),
        data_dir=data_dir,
        trusted_proxies=proxies,
        file_readers=max(1, readers),
        secret_key=secrets["SUCHANG_SECRET_KEY"],
        data_key=secrets["SUCHANG_DATA_KEY"],
        index_key=secrets["SUCHANG_INDEX_KEY"],
        key_encryption_key=secrets["SUCHANG_KEY_ENCRYPTION_KEY"],
        audit_key=secrets["SUCHANG_AUDIT_KEY"],
        older_key_encryption_keys=_older_keys(env),
        audit_anchor=Path(env.get("SUCHANG_AUDIT_ANCHOR", "") or data_dir / "audit" / "checkpoints.jsonl"),
        demo_secrets=tuple(demo),
    )
