"""Exporting into an archive file."""

from __future__ import annotations

import os
import shutil
from collections.abc import Generator, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from tui.engine.errors import ArchiveBroken, FileFailed, UsageError
from tui.engine.model import DiskUsage
from tui.engine.transfers.checking import check
from tui.engine.transfers.checksums import checksum_line, checksum_path, noted_checksum
from tui.engine.transfers.compression import ArchiveFormat, compressor
from tui.engine.transfers.destinations import Made, Packed
from tui.engine.transfers.pace import patiently
from tui.engine.transfers.part import PartFile, left_beside, refuse_existing, told
from tui.engine.transfers.progress import Progress, Stage


@dataclass(frozen=True, slots=True)
class ArchiveFile:
    """A file that appears under its name once it is whole, was read again and is on the storage."""

    path: Path
    """Absolute."""
    kind: ArchiveFormat
    overwrite: bool = False
    """Take the place of a file of that name, at the very end."""
    checksum: bool = False
    """Write its SHA-256 beside it, as `sha256sum -c` reads it."""
    prefix: str = ""
    image: bool = False

    @property
    def targets(self) -> tuple[Path, ...]:
        """The files that will be made."""
        return (self.path, checksum_path(self.path)) if self.checksum else (self.path,)

    def refuse(self) -> None:
        """Raise `UsageError` where it cannot be made, or something else would be lost."""
        folder = self.path.parent
        if not folder.is_dir():
            raise UsageError(f"There is no folder {folder}.", hint="Make it, or name another one.")
        for target in self.targets:
            if target.is_dir():
                raise UsageError(f"{target} is a folder.", hint="Name a file.")
            if os.path.lexists(target) and not target.is_file():
                raise UsageError(f"{target} is not a regular file, and is never replaced.")
            if not self.overwrite:
                refuse_existing(target)
        self._refuse_stale_checksum()
        if not os.access(folder, os.W_OK | os.X_OK):
            raise UsageError(f"You may not make files in {folder}.")

    def _refuse_stale_checksum(self) -> None:
        """Nothing beside may tell the sum of another file of this name: an import believes it."""
        beside = checksum_path(self.path)
        noted = noted_checksum(self.path)
        if noted.digest and not self.overwrite:
            raise UsageError(
                f"{beside} exists already, and tells the sum of another {self.path.name}.",
                hint="Remove it, name another file, or give --overwrite.",
            )
        if noted.more and (noted.digest or self.checksum):
            raise UsageError(
                f"{beside} holds more than the sum of {self.path.name}, and is never replaced.",
                hint="Take it away, or name another file.",
            )

    def refuse_no_room(self, usage: DiskUsage) -> None:
        """Raise `FileFailed` where an archive that is not compressed finds no room."""
        if self.kind is ArchiveFormat.TAR:
            refuse_no_room(self.path, usage)

    @contextmanager
    def receiving(self) -> Iterator[_Writing]:
        """Inside the block it is written; what is not whole is removed behind it."""
        left = left_beside(self.path)
        part = PartFile(self.path)
        part.notes += [note for note in left if note not in part.notes]
        try:
            yield _Writing(self, part)
        finally:
            part.close()


class _Writing:
    """The file while it is written."""

    def __init__(self, archive: ArchiveFile, part: PartFile) -> None:
        self._archive = archive
        self._part = part
        self._compressor = compressor(archive.kind)
        self.written = 0

    def write(self, data: bytes) -> None:
        """Compress and append."""
        self._append(self._compressor.compress(data))

    def finish(self, packed: Packed) -> Generator[Progress, None, Made]:
        """Sync, read all of it again, and give it its name."""
        self._append(self._compressor.flush())
        yield from self._synced(self._part, packed)
        digest = yield from self._checked(packed)
        yield Progress(Stage.FINISHING, packed.sums, packed.sums, self.written)
        with self._checksum(digest) as checksum:
            self._remove_stale_checksum()
            self._part.place(overwrite=self._archive.overwrite)
            if checksum is not None:
                checksum.place(overwrite=self._archive.overwrite)
        return Made(self.written, digest, self._archive.targets, notes=tuple(self._part.notes))

    def _remove_stale_checksum(self) -> None:
        """Before the file is another one: from then on an import would refuse it."""
        path = self._archive.path
        beside = checksum_path(path)
        noted = noted_checksum(path)
        if noted.more and self._archive.checksum:
            raise FileFailed(f"{beside} came meanwhile, and was not touched.", path=str(beside))
        if not noted.digest:
            return
        if noted.more or not self._archive.overwrite:
            told_why = f"{beside} came meanwhile and tells another sum: an import would refuse"
            self._part.notes.append(f"{told_why} {path.name} for it. Remove it.")
            return
        with told(beside):
            beside.unlink(missing_ok=True)
        if not self._archive.checksum:
            self._part.notes.append(f"{beside} was the sum of the old {path.name}, and is removed.")

    def _append(self, data: bytes) -> None:
        self._part.write(data)
        self.written += len(data)

    def _synced(self, part: PartFile, packed: Packed) -> Generator[Progress, None, None]:
        state = Progress(Stage.SYNCING, packed.sums, packed.sums, self.written)
        again = os.dup(part.fd)

        def sync() -> None:
            try:
                os.fsync(again)
            finally:
                os.close(again)

        with told(part.target):
            yield from patiently(sync, state)

    def _checked(self, packed: Packed) -> Generator[Progress, None, str]:
        path = self._archive.path
        yield Progress(Stage.VERIFYING, written=self.written)
        fd = self._part.reopened()
        try:
            return (yield from check(fd, self._archive.kind, packed))
        except ArchiveBroken as error:
            raise ArchiveBroken(
                f"{path} was written and is not what was read of the volume: {error}",
                hint="It was removed. Its disk or the connection may be at fault: try another one.",
            ) from error
        except OSError as error:
            raise FileFailed(
                f"{path} was written and cannot be read again: {error.strerror}.",
                path=str(path),
                errno=error.errno or 0,
            ) from error
        finally:
            os.close(fd)

    @contextmanager
    def _checksum(self, digest: str) -> Iterator[PartFile | None]:
        """The file with the checksum, written and on the storage, if there is to be one."""
        if not self._archive.checksum:
            yield None
            return
        part = PartFile(checksum_path(self._archive.path))
        try:
            part.write(checksum_line(digest, self._archive.path))
            with told(part.target):
                os.fsync(part.fd)
            yield part
        finally:
            part.close()


def refuse_no_room(path: Path, usage: DiskUsage) -> None:
    """Raise `FileFailed` where what the volume holds does not find room beside `path`."""
    needed = min(usage.apparent, usage.disk)
    with suppress(OSError):
        free = shutil.disk_usage(path.parent).free
        if free < needed:
            raise FileFailed(
                f"{path} needs at least {needed:,} bytes, and {free:,} are free there.",
                path=str(path),
                hint="Make room there, or name another place; .tar.zst needs less.",
            )
