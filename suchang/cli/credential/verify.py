"""``suchang verify``: check a code from the command line, with files in the place of a network."""

from __future__ import annotations

import json
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from suchang.credentials.token.codec import PREFIX
from suchang.credentials.verify.key_ring import KeyRing, read_jwks
from suchang.credentials.verify.offline_verifier import OfflineVerifier
from suchang.credentials.verify.reasons import Outcome
from suchang.credentials.verify.verdict import Verdict, moment
from suchang.credentials.verify.verdict_texts import sentence
from suchang.domain.clock import Clock, rfc3339, system_clock
from suchang.domain.errors import Invalid, Malformed

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
_LARGEST_IMAGE = 50_000_000
"""Pixels; a photograph of a phone has twelve million."""


@click.command(epilog="Example: suchang verify card.png --jwks jwks.json --status list-0.jwt --purpose medical")
@click.argument("code", metavar="TEXT|IMAGE")
@click.argument("more", metavar="", nargs=-1, type=_FILE)
@click.option("--jwks", "jwks_file", type=_FILE, required=True, help="The issuer's /.well-known/jwks.json.")
@click.option(
    "--status", "lists", metavar="FILE…", type=_FILE, multiple=True, help="Status list tokens, one or several."
)
@click.option("--at", "at", metavar="TIME", help="Judge for this moment (RFC 3339) instead of now.")
@click.option("--purpose", metavar="DOMAIN", help="The benefit domain that is asked for.")
@click.option("--issuer", metavar="URL", help="Whose keys these are, if the file doesn't say.")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", help="How to answer.")
def verify(
    code: str,
    more: tuple[Path, ...],
    jwks_file: Path,
    lists: tuple[Path, ...],
    at: str | None,
    purpose: str | None,
    issuer: str | None,
    form: str,
) -> int:
    """Verify a code offline and say how each of the ten checks ended.

    TEXT is what a scanner reads (SC1:…), - reads it from standard input; IMAGE is a picture with one code. The exit
    code is 0 if the code was accepted, 1 if it was refused or nothing certain can be said.
    """
    if more and not lists:
        raise click.UsageError("One code at a time; status lists come after --status.")
    clock = _clock(at)
    desk = OfflineVerifier(_ring(jwks_file, issuer), [path.read_bytes().strip() for path in (*lists, *more)], clock)
    verdict = desk.verify(_text(code), purpose, remember=False)
    if form == "json":
        click.echo(json.dumps(_as_json(verdict, desk.problems), ensure_ascii=False, indent=2))
    else:
        _print(verdict, desk.problems)
    return 0 if verdict.accepted else 1


def _clock(at: str | None) -> Clock:
    if at is None:
        return system_clock
    try:
        fixed = datetime.fromisoformat(at)
    except ValueError:
        raise click.BadParameter(f"{at!r} is no moment such as 2026-11-01T08:30:00Z.", param_hint="--at") from None
    if fixed.tzinfo is None:
        raise click.BadParameter(f"{at!r} doesn't say its time zone; add Z or +08:00.", param_hint="--at")
    return lambda: fixed.astimezone(UTC)


def _ring(path: Path, issuer: str | None) -> KeyRing:
    document = path.read_bytes()
    try:
        ring = read_jwks(document, issuer)
        # Where the set doesn't say how old it is, its file does.
        return ring if ring.as_of is not None else read_jwks(document, issuer, fetched_at=int(path.stat().st_mtime))
    except Malformed as error:
        raise Malformed(f"{path}: {error.detail}") from None


def _text(code: str) -> str:
    if code == "-":
        return sys.stdin.read().rstrip("\r\n")
    if code.startswith(PREFIX) or len(code) > 255 or not Path(code).is_file():
        return code
    return _read_image(Path(code))


def _read_image(path: Path) -> str:
    import zxingcpp
    from PIL import Image, UnidentifiedImageError

    try:
        with Image.open(path) as image:
            if image.width * image.height > _LARGEST_IMAGE:
                raise Invalid(f"{path}: this picture is larger than any scanner's; crop it to the code.")
            found = zxingcpp.read_barcodes(
                image.convert("L"), formats=zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode)
            )
    except (UnidentifiedImageError, Image.DecompressionBombError, OSError, SyntaxError, ValueError):
        raise Invalid(f"{path}: this is no picture that can be read.") from None
    if len(found) != 1:
        raise Invalid(
            f"{path}: {'no code' if not found else f'{len(found)} codes'} found in this picture; one is needed."
        )
    return str(found[0].text)


def _as_json(verdict: Verdict, problems: list[str]) -> dict[str, Any]:
    card = None
    if verdict.claims is not None and verdict.outcome is not Outcome.REFUSED:
        claims = verdict.claims
        card = {
            "tier": claims.tier,
            "name": claims.name,
            "valid_until": rfc3339(moment(claims.exp)),
            "relation": claims.relation,
        }
    return {
        "outcome": verdict.outcome,
        "reason": verdict.reason,
        "as_of": rfc3339(verdict.as_of),
        "mode": "offline",
        "assurance": verdict.assurance,
        "card": card,
        "checks": [{"number": step.number, "check": step, "result": result} for step, result in verdict.checks()],
        "problems": problems,
    }


def _print(verdict: Verdict, problems: list[str]) -> None:
    answer, words = _as_json(verdict, problems), sentence(verdict.reason)
    reason = f" ({verdict.reason})" if verdict.reason else ""
    click.echo(f"{verdict.outcome}{reason}: {words.zh} {words.en}")
    if answer["card"]:
        card = {name: value for name, value in answer["card"].items() if value is not None}
        click.echo(", ".join(f"{name} {value}" for name, value in card.items()) + f", assurance {verdict.assurance}")
    click.echo(f"as of {answer['as_of']}")
    for check in answer["checks"]:
        click.echo(f"  {check['number']:>2} {check['check']:<13} {check['result']}")
    for problem in problems:
        click.echo(f"note: a status list was left out: {problem}")
