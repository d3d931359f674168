"""Where an export goes, from what stands on the command line."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from tui.engine.errors import UsageError
from tui.engine.model import Volume
from tui.presentation import now

if TYPE_CHECKING:
    from tui.engine.transfers.destinations import Destination

FORMATS = ("tar", "gz", "zst", "dir")
STDOUT = "-"


def destination(
    dest: str, volume: Volume, kind: str | None, *, overwrite: bool, checksum: bool
) -> Destination:
    """A file, a folder, or stdout for `-`; raises `UsageError`."""
    from tui.engine.transfers.places import place

    if dest == STDOUT:
        from tui.engine.transfers.compression import ArchiveFormat
        from tui.engine.transfers.tostdout import Pipe

        if kind == "dir" or checksum or overwrite:
            raise UsageError("Stdout takes an archive, and nothing beside it.")
        return Pipe(sys.stdout.fileno(), ArchiveFormat.by_name(kind or "tar"))
    return place(dest, volume.name, kind, now(), overwrite=overwrite, checksum=checksum)


def destination_in(
    folder: Path, volume: Volume, kind: str | None, *, checksum: bool
) -> Destination:
    """A new archive or folder in a folder, named by us."""
    from tui.engine.transfers.places import place_in

    return place_in(folder, volume.name, kind, now(), checksum=checksum)
