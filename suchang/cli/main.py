"""The command ``suchang``: one module per noun, loaded when it is asked for; one sentence instead of a traceback.

Exit codes: 0 done, 1 not satisfied (a check found problems, a case failed, data are bad), 2 wrong use.
"""

from __future__ import annotations

import os
import sys

import click

from suchang.cli.lazy import LazyGroup
from suchang.domain.errors import DomainError

NOUNS: dict[str, tuple[str, str]] = {
    # name on the command line: (module with the command or group, what --help says)
    "cards": ("suchang.cli.card.cards:cards", "Revoke or print many cards at once."),
    "keys": ("suchang.cli.credential.keys:keys", "List, rotate and revoke the keys that sign."),
    "officer": ("suchang.cli.account.officer:officer", "Invite the first administrators."),
    "demo": ("suchang.cli.demo.demo:demo", "Play the whole story, unattended."),
    "audit": ("suchang.cli.audit.audit:audit", "Check the audit's hash chain."),
    "demo-code": ("suchang.cli.demo.demo_code:demo_code", "Print the one-time password of a demo officer."),
    "doctor": ("suchang.cli.runtime.doctor:doctor", "Say what is configured and what is wrong."),
    "rules": ("suchang.cli.rules.group:rules", "Check, test, run and explain rule packs."),
    "serve": ("suchang.cli.runtime.serve:serve", "Serve the pages and the API until Ctrl-C."),
    "verify": ("suchang.cli.credential.verify:verify", "Verify a code offline, from its text or a picture."),
    "worker": ("suchang.cli.runtime.worker:worker", "Seal the audit and do the jobs until Ctrl-C."),
    "services": ("suchang.cli.services:services", "Check and list the benefit domains."),
}


@click.group(cls=LazyGroup, modules=NOUNS, epilog="Example: suchang rules check jiangsu")
@click.version_option(package_name="suchang-card", message="suchang %(version)s")
def cli() -> None:
    """Su Chang Card (苏畅卡): eligibility, approval, credentials and benefits."""


class WrongUse(DomainError):
    """The command was called in a way that can't work (exit code 2)."""

    slug = "wrong_use"


def main(arguments: list[str] | None = None) -> None:
    """Run the command line and exit with 0, 1 or 2."""
    try:
        answer = cli.main(args=arguments, prog_name="suchang", standalone_mode=False)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code if isinstance(error, click.UsageError) else 1)
    except (click.Abort, KeyboardInterrupt):
        _say("stopped")
        sys.exit(1)
    except DomainError as error:
        _say(error.detail)
        sys.exit(2 if isinstance(error, WrongUse) else 1)
    except BrokenPipeError:
        # The reader of our output has gone away, as `| head` does; closing quietly is what it expects.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)
    except OSError as error:
        _say(f"{error.filename or 'the system'}: {error.strerror or error}")
        sys.exit(1)
    sys.exit(answer if isinstance(answer, int) else 0)


def _say(sentence: str) -> None:
    click.echo(f"suchang: {sentence}", err=True)
