"""``suchang doctor``: what is configured, which secrets are the demo's, and what is wrong."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Literal
from urllib.parse import urlsplit

import click
import redis
from sqlalchemy import Connection, NullPool, create_engine, text
from sqlalchemy.exc import SQLAlchemyError

from suchang.cli.runtime.database_urls import connected, data_dir, embedded_cluster
from suchang.config import ROOT, Misconfigured, Settings, load_settings
from suchang.domain.errors import DomainError
from suchang.embedded.place import orphans
from suchang.persistence.engine import make_engine, make_sessions
from suchang.resources import resource

Mark = Literal["good", "note", "wrong"]
_SYMBOL = {"good": "✓", "note": "·", "wrong": "✗"}
_LITTLE_SPACE = 1_000_000_000


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at: ``good``, worth a ``note``, or ``wrong``; never a secret or a password."""

    part: str
    mark: Mark
    text: str


Examination = Callable[[Settings], Iterator[Finding]]


@click.command(epilog="Example: suchang doctor --format json")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
@click.pass_context
def doctor(context: click.Context, form: str) -> None:
    """Say what is configured, which secrets are demo ones and what is wrong; exit 1 when anything is wrong."""
    findings = list(examine())
    wrong = any(finding.mark == "wrong" for finding in findings)
    if form == "json":
        click.echo(
            json.dumps({"ok": not wrong, "findings": [asdict(f) for f in findings]}, ensure_ascii=False, indent=1)
        )
    else:
        for finding in findings:
            click.echo(f"{_SYMBOL[finding.mark]} {finding.part:<12} {finding.text}")
    context.exit(1 if wrong else 0)


def examine() -> Iterator[Finding]:
    """Look at everything; what can't be looked at because something before it is wrong is left out."""
    try:
        settings = load_settings()
    except Misconfigured as error:
        yield Finding("settings", "wrong", error.detail)
        return
    for examination in (_settings, _secrets, _disk, _left_over, _pack, _services, _javascript):
        yield from examination(settings)
    cluster = embedded_cluster()
    if cluster is not None and not (data_dir() / "embedded.json").exists():
        yield Finding("database", "note", f"the embedded servers in {data_dir()} are made at the first `make run`")
        return
    try:
        with connected() as complete:
            if cluster is not None:
                yield Finding("servers", "good", f"embedded in {data_dir()} where no address is configured")
            yield from _database(complete)
            yield from _issuer(complete)
            yield from _redis(complete)
    except DomainError as error:
        yield Finding("database", "wrong", error.detail)


def _settings(settings: Settings) -> Iterator[Finding]:
    if settings.demo:
        yield Finding("environment", "note", "demo: demo people, sign-in codes shown on screen, demo keys allowed")
    else:
        yield Finding("environment", "good", "production")
    if settings.trusted_proxies:
        yield Finding("proxies", "note", f"{settings.trusted_proxies} proxy before the server is trusted")


def _secrets(settings: Settings) -> Iterator[Finding]:
    for name in settings.demo_secrets:
        yield Finding("secrets", "note", f"{name} is the public demo secret")
    if not settings.demo_secrets:
        yield Finding("secrets", "good", "every secret is one of your own")


def _disk(_settings: Settings) -> Iterator[Finding]:
    folder = data_dir() if data_dir().exists() else ROOT
    free = shutil.disk_usage(folder).free
    mark: Mark = "good" if free > _LITTLE_SPACE else "wrong"
    yield Finding("disk", mark, f"{free / 1e9:.1f} GB free for {folder}")


def _left_over(_settings: Settings) -> Iterator[Finding]:
    for place in orphans():
        yield Finding("left over", "note", f"{place} holds the database of a data folder that is gone; remove it")


def _pack(settings: Settings) -> Iterator[Finding]:
    from suchang.eligibility import load_pack

    folder = resource("eligibility_rules") / settings.pack
    try:
        load_pack(folder)
    except (DomainError, OSError) as error:
        yield Finding("rule pack", "wrong", f"{settings.pack}: {getattr(error, 'detail', error)}")
    else:
        yield Finding("rule pack", "good", settings.pack)


def _services(settings: Settings) -> Iterator[Finding]:
    import services

    try:
        found: Mapping[str, object] = services.load(settings.domains or None)
    except DomainError as error:
        yield Finding("services", "wrong", error.detail)
    else:
        yield Finding("services", "good", f"{len(found)}: {', '.join(found)}")


def _javascript(_settings: Settings) -> Iterator[Finding]:
    from suchang.web.npm_parts import is_installed

    if is_installed(test=False):
        yield Finding("JavaScript", "good", "parts installed")
    else:
        yield Finding("JavaScript", "wrong", "parts are missing or outdated; run `make setup`")


def _database(settings: Settings) -> Iterator[Finding]:
    from suchang.persistence.grants import role_faults

    addresses = {"app": settings.database_url, "owner": settings.migration_database_url}
    addresses["sealer"] = settings.sealer_database_url
    for role, url in addresses.items():
        engine = create_engine(url, poolclass=NullPool, connect_args={"connect_timeout": 5})
        try:
            with engine.connect() as connection:
                if role == "app":
                    yield from (Finding("database", "wrong", fault) for fault in role_faults(connection))
                    yield from _schema(connection)
        except SQLAlchemyError as error:
            reason = str(getattr(error, "orig", None) or error).strip().splitlines()[0]
            yield Finding("database", "wrong", f"no connection as {role}: {reason}")
    if len(set(addresses.values())) < len(addresses):
        mark: Mark = "note" if settings.demo else "wrong"
        yield Finding("database", mark, "application, migrations and audit sealer should connect as three roles")


def _issuer(settings: Settings) -> Iterator[Finding]:
    """Compare the issuer with where the demo is served: whoever reads a credential looks for its keys there."""
    from suchang.workflows.runtime.installation import known_address

    engine = make_engine(settings.database_url, pool_size=1)
    try:
        found = known_address(make_sessions(engine))
    except SQLAlchemyError:
        return  # said by the examination of the database
    finally:
        engine.dispose()
    if found is None:
        yield Finding("issuer", "note", settings.issuer or "set at the first start")
    elif settings.issuer not in (None, found.issuer):
        said = f"SUCHANG_ISSUER is {settings.issuer}, but this database has issued as {found.issuer}; set it to that"
        yield Finding("issuer", "wrong", said)
    elif settings.issuer is None and not found.agrees:
        said = f"credentials name {found.issuer}, but the program was last served at {found.served_at}: serve where "
        said += f"they say ({_serving_at(found.issuer)}), or begin anew with another SUCHANG_DATA"
        yield Finding("issuer", "wrong", said)
    else:
        fixed = "fixed, since something has been issued" if found.issued else "follows HOST, PORT and TLS"
        yield Finding("issuer", "good", found.issuer if settings.issuer else f"{found.issuer}; {fixed}")


def _serving_at(origin: str) -> str:
    """Return the command that serves at an origin."""
    found = urlsplit(origin)
    host = "" if found.hostname in (None, "localhost") else f" HOST={found.hostname}"
    return f"make run{host} PORT={found.port or 8000}{' TLS=1' if found.scheme == 'https' else ''}"


def _schema(connection: Connection) -> Iterator[Finding]:
    from suchang.persistence.migrate import current, head

    version = connection.execute(text("SHOW server_version")).scalar_one()
    has, newest = current(connection), head()
    if has == newest:
        yield Finding("database", "good", f"PostgreSQL {version}, schema {has}")
    else:
        yield Finding(
            "database", "wrong", f"the schema is at {has or 'nothing'}, the program needs {newest}; restart it"
        )


def _redis(settings: Settings) -> Iterator[Finding]:
    if not settings.redis_url:
        yield Finding("Redis", "wrong", "REDIS_URL is not set: sign-in codes and rate limits can't work")
        return
    try:
        with redis.Redis.from_url(settings.redis_url, socket_timeout=5, socket_connect_timeout=5) as client:
            client.ping()
    except (redis.RedisError, ValueError) as error:
        yield Finding("Redis", "wrong", f"does not answer: {error}")
    else:
        yield Finding("Redis", "good", "answers")
