"""The argument PACK of the rules commands: a folder, or the bare name of a pack that came with the program."""

from __future__ import annotations

from pathlib import Path
from typing import cast

import click

from suchang.resources import pack_folder


class PackPath(click.Path):
    """A path; ``jiangsu`` alone is the pack of that name unless a folder here is called so."""

    def __init__(self) -> None:
        super().__init__(path_type=Path)

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> Path:
        """Return the folder of the pack."""
        return pack_folder(cast(Path, super().convert(cast(str, value), param, ctx)))
