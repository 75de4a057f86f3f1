"""``suchang officer``: the first administrator of an installation, and the confirmation of the second."""

from __future__ import annotations

import click

from suchang.cli.credential.keys import at_work
from suchang.domain.account.roles import Role
from suchang.domain.clock import SHANGHAI
from suchang.workflows.account import officer_proposals
from suchang.workflows.account.invitations import Invitation
from suchang.workflows.account.officer_proposals import WantedOfficer


@click.group(epilog="Example: suchang officer create --username li.admin --name 李管理")
def officer() -> None:
    """Invite the first two administrators; everybody after them is invited on /console/users."""


@officer.command(epilog="Example: suchang officer create --username li.admin --name 李管理")
@click.option("--username", required=True, help="The name to sign in with.")
@click.option("--name", required=True, help="The officer's own name.")
@click.option("--number", prompt="resident identity number", hide_input=True, help="Asked for when left out.")
def create(username: str, name: str, number: str) -> None:
    """Invite the first administrator; works only while there is none."""
    wanted = WantedOfficer(username.strip(), name.strip(), number, [Role.ADMINISTRATOR])
    with at_work() as collaborators:
        _say(officer_proposals.begin(collaborators, wanted))


@officer.command(epilog="Example: suchang officer confirm wang.admin")
@click.argument("username")
def confirm(username: str) -> None:
    """Confirm the second administrator, whom the first proposed; works only while there is one."""
    with at_work() as collaborators:
        _say(officer_proposals.confirm_second(collaborators, username))


def _say(made: Invitation) -> None:
    until = f"{made.good_until.astimezone(SHANGHAI):%Y-%m-%d %H:%M}"
    click.echo(f"invitation for {made.username}, to be used once until {until}, by the officer alone:")
    click.echo(made.link)
