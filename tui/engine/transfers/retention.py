"""Old exports that go after a new one is whole: `--keep N`."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from tui.engine.errors import ArchiveBroken, FileFailed, UsageError
from tui.engine.model import EngineInfo, Volume
from tui.engine.transfers.checksums import checksum_line, checksum_path
from tui.engine.transfers.compression import decompressed, format_of
from tui.engine.transfers.header import FIRST_BYTES, ArchiveHeader, header_of, read_header
from tui.engine.transfers.madenames import made_at
from tui.engine.transfers.progress import Report

_LONGEST_CHECKSUM = 4096


@dataclass(frozen=True, slots=True)
class OldExport:
    """An archive that voltui named and wrote, as its own first bytes say."""

    path: Path
    created: datetime
    inode: tuple[int, int]
    """Device and number: what was looked at is what goes."""


def old_exports(folder: Path, volume: Volume, info: EngineInfo) -> list[OldExport]:
    """The exports of a volume of this engine in a folder, oldest first: their names are of the form
    we give, and the header in each file names this volume and this engine.

    Anything else in the folder is left out, also what cannot be read. Raises `FileFailed`.
    """
    ours = header_of(volume, info, datetime.now(UTC))
    try:
        names = os.listdir(folder)
    except OSError as error:
        raise FileFailed(
            f"{folder} cannot be listed: {error.strerror}.", path=str(folder)
        ) from error
    found = [each for name in names for each in _export_of(folder / name, ours)]
    return sorted(found, key=lambda each: (each.created, each.path))


@dataclass(frozen=True, slots=True)
class Retained:
    """What became of the older exports."""

    removed: tuple[Path, ...] = ()
    errors: tuple[str, ...] = ()
    """Sentences about those that should have gone and stay."""


def lacks_something(report: Report) -> bool:
    """Whether an export is not all of the volume at one moment: then the older ones are still
    needed. A socket holds nothing, and each database leaves one.
    """
    return bool(report.changed or any(loss.kind != "socket" for loss in report.losses))


def remove_old(exports: list[OldExport], new: Path, keep: int) -> Retained:
    """Remove the oldest, with their checksums, until `keep` are left, of which one is `new`,
    whatever the times in the names of the others. Raises `FileFailed` where `new` is gone.
    """
    if keep < 1:
        raise UsageError("At least one export is kept: the new one.")
    try:
        made = os.stat(new)
    except OSError as error:
        raise FileFailed(
            f"{new} is not there any more. All older exports stay.", path=str(new)
        ) from error
    older = [each for each in exports if each.inode != (made.st_dev, made.st_ino)]
    removed: list[Path] = []
    errors: list[str] = []
    for each in older[: max(0, len(older) - keep + 1)]:
        try:
            removed += _removed(each)
        except OSError as error:
            errors.append(
                f"{each.path} is older than what is to be kept and cannot be removed: "
                f"{error.strerror}."
            )
    return Retained(tuple(removed), tuple(errors))


def _removed(export: OldExport) -> Iterator[Path]:
    """Remove one, unless another file has its name now; what is gone."""
    try:
        found = os.lstat(export.path)
        if (found.st_dev, found.st_ino) != export.inode:
            return
        ours = _is_checksum_of(export.path)
        export.path.unlink()
    except FileNotFoundError:
        return
    yield export.path
    if ours:
        with suppress(OSError):
            checksum_path(export.path).unlink()
            yield checksum_path(export.path)


def _is_checksum_of(path: Path) -> bool:
    """Whether what stands beside is the checksum we wrote of that file, and nothing else."""
    with suppress(OSError):
        flags = os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK
        fd = os.open(checksum_path(path), flags)
        try:
            text = os.read(fd, _LONGEST_CHECKSUM)
        finally:
            os.close(fd)
        digest = text.lstrip(b"\\")[:64].decode("ascii", "replace")
        return text == checksum_line(digest, path)
    return False


def _export_of(path: Path, ours: ArchiveHeader) -> Iterator[OldExport]:
    made = made_at(path, ours.volume)
    if made is None:
        return
    with suppress(OSError, ArchiveBroken):
        flags = os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK
        fd = os.open(path, flags)
        try:
            found = os.fstat(fd)
            if not stat.S_ISREG(found.st_mode):
                return
            header = _header(fd, path)
        finally:
            os.close(fd)
        if header and (header.volume, header.engine) == (ours.volume, ours.engine):
            yield OldExport(path, made, (found.st_dev, found.st_ino))


def _header(fd: int, path: Path) -> ArchiveHeader | None:
    kind = format_of(path.name)
    if kind is None:
        return None
    read = decompressed(lambda size: os.read(fd, size), kind)
    data = b""
    while len(data) < FIRST_BYTES and (piece := read(FIRST_BYTES - len(data))):
        data += piece
    return read_header(data)
