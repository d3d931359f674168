"""What a user's words for a place mean: an archive file, or a folder."""

from __future__ import annotations

import os
from datetime import datetime
from pathlib import Path

from tui.engine.errors import UsageError
from tui.engine.transfers.compression import ArchiveFormat, format_of
from tui.engine.transfers.destinations import Destination
from tui.engine.transfers.madenames import made_name
from tui.engine.transfers.tofile import ArchiveFile
from tui.engine.transfers.tofolder import NewFolder

FOLDER = "dir"
"""The format that is a folder."""


def place(
    text: str,
    volume: str,
    kind: str | None,
    moment: datetime,
    *,
    overwrite: bool = False,
    checksum: bool = False,
) -> Destination:
    """The destination of one volume. In a folder that exists the name is made by us, a file's
    format is told by its name, or by `kind`: `tar`, `gz`, `zst`, `dir`. Raises `UsageError`.
    """
    path = _path(text)
    if path.is_dir():
        return place_in(path, volume, kind, moment, checksum=checksum)
    if text.endswith("/") and kind != FOLDER:
        raise UsageError(f"There is no folder {path}.", hint="Make it, or name a file.")
    told = format_of(path.name)
    if kind == FOLDER:
        if told is not None:
            raise UsageError(f"{path.name} is the name of an archive, and a folder is wanted.")
        _refuse_for_folder(checksum, overwrite)
        return NewFolder(path)
    if told is None and kind is None:
        raise UsageError(
            f"The name {path.name} does not tell the format.",
            hint="Let it end with .tar.zst, .tar.gz or .tar, or give the format.",
        )
    if told is not None and kind is not None and ArchiveFormat.by_name(kind) is not told:
        raise UsageError(f"{path.name} is the name of another format than {kind}.")
    wanted = told or ArchiveFormat.by_name(str(kind))
    return ArchiveFile(path, wanted, overwrite, checksum)


def place_in(
    folder: Path, volume: str, kind: str | None, moment: datetime, *, checksum: bool = False
) -> Destination:
    """The destination in a folder that exists, under a name made by us."""
    if kind == FOLDER:
        _refuse_for_folder(checksum, False)
        return NewFolder(folder / made_name(volume, moment, None))
    wanted = ArchiveFormat.by_name(kind or "zst")
    return ArchiveFile(folder / made_name(volume, moment, wanted), wanted, checksum=checksum)


def _path(text: str) -> Path:
    """Absolute, and no link: what a link points to is what is written."""
    if not text:
        raise UsageError("No place is named.")
    return Path(os.path.realpath(os.path.expanduser(text) if text.startswith("~") else text))


def _refuse_for_folder(checksum: bool, overwrite: bool) -> None:
    if checksum:
        raise UsageError("A folder has no checksum; an archive file has one.")
    if overwrite:
        raise UsageError("A folder is never replaced.", hint="Name one that does not exist.")
