"""``suchang rules``: rule packs from the command line."""

from __future__ import annotations

import click

from suchang.cli.rules_check import check


@click.group(epilog="Example: suchang rules check eligibility_rules/jiangsu")
def rules() -> None:
    """Check, test, run and explain rule packs."""


rules.add_command(check)
