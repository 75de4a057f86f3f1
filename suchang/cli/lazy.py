"""Groups of commands that import a command's module only when that command is used.

A province's worth of libraries stands behind some commands; the others should not wait for them.
"""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from typing import Any

import click


class LazyGroup(click.Group):
    """A group made of ``name: (module:command, what --help says)``; adding a command is one line.

    ``aliases`` are former names of commands: they work, and ``--help`` does not list them.
    """

    def __init__(
        self,
        *arguments: Any,
        modules: Mapping[str, tuple[str, str]],
        aliases: Mapping[str, str] | None = None,
        **named: Any,
    ) -> None:
        super().__init__(*arguments, **named)
        self.modules, self.aliases = modules, aliases or {}

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        return sorted(self.modules)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        cmd_name = self.aliases.get(cmd_name, cmd_name)
        if cmd_name not in self.modules:
            return None
        module, _, name = self.modules[cmd_name][0].partition(":")
        command = getattr(import_module(module), name)
        return command if isinstance(command, click.Command) else None

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, self.modules[name][1]) for name in self.list_commands(ctx)])
