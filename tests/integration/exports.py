"""What the tests of export share."""

from __future__ import annotations

import tarfile
from collections.abc import Iterator
from pathlib import Path

from tui.engine import Engine
from tui.engine.model import Volume
from tui.engine.transfers.compression import ArchiveFormat, decompressed
from tui.engine.transfers.destinations import Destination
from tui.engine.transfers.places import place
from tui.engine.transfers.progress import Progress, Report, Stage
from tui.presentation import now

SUFFIXES = [kind.value for kind in ArchiveFormat]


def exported(engine: Engine, volume: Volume, path: Path, **options: bool) -> Report:
    """The report of an export to a path."""
    hot = options.pop("hot", False)
    return report(engine, volume, place(str(path), volume.name, None, now(), **options), hot=hot)


def report(
    engine: Engine, volume: Volume, destination: Destination, *, hot: bool = False
) -> Report:
    """The report of an export."""
    *_, last = engine.export(volume, destination, hot=hot)
    assert last.stage is Stage.DONE
    assert last.report is not None
    return last.report


def until(states: Iterator[Progress], stage: Stage) -> Progress:
    """The first state of a stage."""
    return next(state for state in states if state.stage is stage)


def unpacked(path: Path) -> bytes:
    """The tar archive in a file."""
    kind = next(kind for kind in ArchiveFormat if path.name.endswith(kind))
    with path.open("rb") as file:
        read = decompressed(file.read, kind)
        return b"".join(iter(lambda: read(1 << 20), b""))


def names(path: Path) -> list[str]:
    """Names of the members of a plain tar file."""
    with tarfile.open(path) as archive:
        return archive.getnames()
