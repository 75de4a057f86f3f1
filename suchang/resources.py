"""Where the files lie that belong to the program and are no Python: one answer for a checkout and for a wheel.

In a checkout they are the folders beside ``suchang``. A wheel carries them inside the package, in ``suchang/bundled``,
where ``setup.py`` puts them when it is built; a checkout never has that folder.
"""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path
from typing import Literal

Resource = Literal["eligibility_rules", "migrations", "node_modules"]

_PACKAGE = Path(str(files("suchang")))
_BUNDLED = _PACKAGE / "bundled"


def installed() -> bool:
    """Tell whether this is an installed wheel, not a checkout."""
    return _BUNDLED.is_dir()


def resource(name: Resource) -> Path:
    """Return the folder of the rule packs, of the migrations or of the JavaScript parts."""
    return (_BUNDLED if installed() else _PACKAGE.parent) / name


def home() -> Path:
    """Return the folder in which the programs run and, without other word, keep ``var``.

    That is the checkout; a wheel has none, so there it is the folder in which the command was called.
    """
    return Path.cwd() if installed() else _PACKAGE.parent


def pack_folder(pack: str | Path) -> Path:
    """Return the folder of a rule pack: the path if there is something, else the pack of that name that came along."""
    path = Path(pack)
    if path.is_absolute() or path.exists() or path.name != str(path):
        return path
    came_along = resource("eligibility_rules") / path
    return came_along if came_along.is_dir() else path
