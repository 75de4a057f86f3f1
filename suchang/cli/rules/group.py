"""``suchang rules``: rule packs from the command line. Each verb is a module of its own, loaded when it is used."""

from __future__ import annotations

import click

from suchang.cli.lazy import LazyGroup

VERBS: dict[str, tuple[str, str]] = {
    "batch": ("suchang.cli.rules.batch:batch", "Determine a whole population, one row a person."),
    "check": ("suchang.cli.rules.check:check", "Load and analyse a pack; problems with file and line."),
    "coverage": ("suchang.cli.rules.coverage:coverage_command", "Say what the examples of a pack cover."),
    "determine": ("suchang.cli.rules.rules_determine:determine", "Determine one person, or a stream of people."),
    "diff": ("suchang.cli.rules.texts:diff", "Say what changed between two packs."),
    "explain": ("suchang.cli.rules.texts:explain", "Say one rule in plain Chinese or English."),
    "fmt": ("suchang.cli.rules.fmt:fmt", "Put the files of a pack in order: encoding, line ends, punctuation."),
    "schema": ("suchang.cli.rules.texts:schema", "Show the columns that a population needs."),
    "simulate": ("suchang.cli.rules.simulate:simulate_command", "Say who gains, loses and moves by an edit."),
    "sql": ("suchang.cli.rules.sql:sql_command", "Write a pack as a query."),
    "table": ("suchang.cli.rules.texts:table", "Write decision tables to print."),
    "test": ("suchang.cli.rules.examples:test_examples", "Run the examples of a pack."),
}


@click.group(
    cls=LazyGroup,
    modules=VERBS,
    aliases={"decide": "determine"},
    epilog="Example: suchang rules check jiangsu",
)
def rules() -> None:
    """Check, test, run and explain rule packs."""
