"""A pack as one zip file: for drafts that are sent to the server, kept beside their simulation and taken home again."""

from __future__ import annotations

import zipfile
from io import BytesIO
from pathlib import Path, PurePosixPath

from suchang.domain.errors import Invalid

MAX_ARCHIVE, MAX_UNPACKED, MAX_FILES = 4 << 20, 32 << 20, 2000
_KNOWN = {".yaml", ".csv", ".md"}


class ArchiveRefused(Invalid):
    """The file is no zip of a pack."""

    slug = "archive_refused"


def zip_pack(folder: Path) -> bytes:
    """Return the files of a pack as a zip; the same files give the same bytes."""
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(folder.rglob("*")):
            if path.is_file() and path.suffix in _KNOWN:
                entry = zipfile.ZipInfo(path.relative_to(folder).as_posix(), (1980, 1, 1, 0, 0, 0))
                entry.compress_type = zipfile.ZIP_DEFLATED
                archive.writestr(entry, path.read_bytes())
    return buffer.getvalue()


def unzip_pack(content: bytes, folder: Path) -> Path:
    """Write the files of a zip below a folder; gives where ``pack.yaml`` lies: at the top, or in the one folder there.

    ArchiveRefused for what is no zip, is too large, leaves the folder or holds other files than YAML, CSV and Markdown.
    """
    if len(content) > MAX_ARCHIVE:
        raise ArchiveRefused(f"The zip may have {MAX_ARCHIVE >> 20} MB at most.")
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            entries = [each for each in archive.infolist() if not each.is_dir()]
            _check(entries)
            for entry in entries:
                path = folder / entry.filename
                path.parent.mkdir(parents=True, exist_ok=True)
                with archive.open(entry) as source:
                    # What an entry says about its own size is no promise.
                    path.write_bytes(source.read(entry.file_size))
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError, ValueError) as error:
        raise ArchiveRefused("This is no zip file that can be read.") from error
    return _root(folder)


def _check(entries: list[zipfile.ZipInfo]) -> None:
    if len(entries) > MAX_FILES or sum(each.file_size for each in entries) > MAX_UNPACKED:
        raise ArchiveRefused(f"The zip may hold {MAX_FILES} files and {MAX_UNPACKED >> 20} MB unpacked at most.")
    for entry in entries:
        path = PurePosixPath(entry.filename)
        if path.is_absolute() or ".." in path.parts or "\\" in entry.filename or ":" in entry.filename:
            raise ArchiveRefused("The zip names a file outside its own folder.")
        if path.suffix not in _KNOWN:
            raise ArchiveRefused(f"{path.name[:60]} does not belong into a pack: it has YAML, CSV and Markdown files.")


def _root(folder: Path) -> Path:
    if (folder / "pack.yaml").is_file():
        return folder
    inner = [each for each in folder.iterdir() if (each / "pack.yaml").is_file()]
    if len(inner) != 1:
        raise ArchiveRefused("There is no pack.yaml in this zip.")
    return inner[0]
