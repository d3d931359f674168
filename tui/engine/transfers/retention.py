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


def remove_old(exports: list[OldExport], keep: int) -> Iterator[Path]:
    """Remove the oldest, with their checksums, until `keep` are left; yields what is gone."""
    if keep < 1:
        raise UsageError("At least one export is kept: the new one.")
    for each in exports[: max(0, len(exports) - keep)]:
        try:
            found = os.lstat(each.path)
            if (found.st_dev, found.st_ino) != each.inode:
                continue
            each.path.unlink()
        except FileNotFoundError:
            continue
        except OSError as error:
            raise FileFailed(
                f"{each.path} is older than what is to be kept and cannot be removed: "
                f"{error.strerror}.",
                path=str(each.path),
            ) from error
        yield each.path
        if _is_checksum_of(each.path):
            with suppress(OSError):
                checksum_path(each.path).unlink()
                yield checksum_path(each.path)


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
