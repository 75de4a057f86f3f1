"""``suchang services``: the benefit domains from the command line."""

from __future__ import annotations

import json

import click

import services as benefit_services


@click.group(epilog="Example: suchang services check")
def services() -> None:
    """Check and list the benefit domains."""


@services.command(epilog="Example: suchang services check --format json")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", help="How to answer.")
def check(form: str) -> int:
    """Load every catalogue and list what is wrong, with file and line."""
    problems = benefit_services.check()
    if form == "json":
        listed = [{"file": each.file, "line": each.line, "message": each.message} for each in problems]
        click.echo(json.dumps({"problems": listed}, ensure_ascii=False, indent=2))
    else:
        for each in problems:
            click.echo(f"{each.file}:{each.line}: error: {each.message}")
        if not problems:
            for slug, service in benefit_services.load().items():
                domain = service.domain
                click.echo(f"{slug} (bit {domain.bit}): {len(domain.items)} items, version {domain.version}")
    return 1 if problems else 0


@services.command("list", epilog="Example: suchang services list")
def list_items() -> int:
    """List every benefit item with its period, unit and quota of each tier."""
    for service in benefit_services.load().values():
        for item in service.domain.items.values():
            tiers = item.quotas[-1].tiers.items()
            quotas = ", ".join(f"{tier} {'unlimited' if quota is None else quota}" for tier, quota in tiers)
            click.echo(f"{item.code}  {item.name.zh} / {item.name.en}  {item.period}, {item.unit}: {quotas}")
    return 0
