"""``suchang rules``: rule packs from the command line. Each verb is a module of its own."""

from __future__ import annotations

import click

from suchang.cli.rules_batch import batch
from suchang.cli.rules_cases import test_cases
from suchang.cli.rules_check import check
from suchang.cli.rules_decide import decide
from suchang.cli.rules_simulate import simulate_command
from suchang.cli.rules_sql import sql_command
from suchang.cli.rules_words import diff, explain, schema, table


@click.group(epilog="Example: suchang rules check eligibility_rules/jiangsu")
def rules() -> None:
    """Check, test, run and explain rule packs."""


for command in (check, test_cases, decide, schema, explain, table, diff, batch, simulate_command, sql_command):
    rules.add_command(command)
