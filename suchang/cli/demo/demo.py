"""``suchang demo``: the whole story, unattended."""

from __future__ import annotations

import json
from pathlib import Path

import click

from suchang.app import close_app, create_app
from suchang.cli.runtime.database_urls import connected
from suchang.demo.broken import StoryBroken
from suchang.demo.story import Story
from suchang.persistence.migrate import upgrade


@click.command(epilog="Example: suchang demo --out /tmp/suchang-demo")
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("out/demo"),
    show_default=True,
    help="Folder for the card's QR picture and PDF.",
)
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
@click.option("--all-services", is_flag=True, help="Use all nine benefit domains, with a success and a refusal each.")
def demo(out: Path, form: str, all_services: bool) -> None:
    """Play the whole story: apply, determine, review, approve, issue, show, verify, redeem, refuse a second time.

    Then suspend and restore, a supplement, an appeal, a departure to another employer, a renewal; at last revoke and
    verify again.
    """
    with connected() as settings:
        if not settings.demo:
            raise click.ClickException("The story makes people up, so it plays in demo mode only (SUCHANG_ENV=demo).")
        upgrade(settings.migration_database_url)
        say = (lambda name, outcome: click.echo(f"{name:32} {outcome}")) if form == "text" else (lambda *_: None)
        app = create_app(settings)
        story = Story(app, out, say, all_services=all_services)
        try:
            story.play()
        except StoryBroken as broken:
            raise click.ClickException(broken.detail) from None
        finally:
            close_app(app)
            if form == "json":
                steps = [{"step": one.name, "outcome": one.outcome} for one in story.steps]
                click.echo(json.dumps({"steps": steps, "out": str(out)}, ensure_ascii=False))
