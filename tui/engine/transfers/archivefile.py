"""An archive in a file of this machine."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from tui.engine.cancel import refuse_cancelled
from tui.engine.errors import ArchiveBroken, FileFailed
from tui.engine.transfers.archiveformat import Unpacked
from tui.engine.transfers.checksums import noted_checksum
from tui.engine.transfers.sources import Ending, Source, Stream, unreadable

_READ_AHEAD = 1 << 20

_Version = tuple[int, int, int, int, int]


class ArchiveFile(Source):
    """A regular file. It has to stay as it was when it was looked at first."""

    def __init__(self, path: Path) -> None:
        """Look what it is; raises `UsageError` where it is no archive, and `ArchiveBroken`."""
        self.label = str(path)
        self.may_wrap = True
        self.path = path
        self.checksum = noted_checksum(path).digest
        """SHA-256 in hex that a file beside it tells; empty where none does."""
        self._version: _Version | None = None
        with self._opened() as file:
            told = os.fstat(file)
            self._version = _version(told)
            self.size = told.st_size
            self.modified = datetime.fromtimestamp(told.st_mtime, UTC)
            stream = _FileStream(file, self)
            self.kind, self.header = stream.kind, stream.header

    @contextmanager
    def open(self) -> Iterator[Stream]:
        """Read it from its begin."""
        with self._opened() as file:
            yield _FileStream(file, self)

    def refuse_changed(self, file: int) -> None:
        """Raise `ArchiveBroken` where it is not as it was, or its name is that of another file."""
        try:
            now = os.fstat(file), self.path.stat()
        except OSError:
            raise ArchiveBroken(f"{self.label} went away while it was read.") from None
        if {_version(told) for told in now} != {self._version}:
            raise ArchiveBroken(
                f"{self.label} was changed since it was looked at.",
                hint="Wait until whoever writes it is done, and import it then.",
            )

    @contextmanager
    def _opened(self) -> Iterator[int]:
        try:
            file = os.open(self.path, os.O_RDONLY | os.O_CLOEXEC)
        except OSError as error:
            raise unreadable(self.label, error) from error
        try:
            if self._version is not None:
                self.refuse_changed(file)
            yield file
        finally:
            os.close(file)


class _FileStream(Stream):
    def __init__(self, file: int, source: ArchiveFile) -> None:
        self._file = file
        self._source = source
        self._sum = hashlib.sha256() if source.checksum else None
        self.size = os.fstat(file).st_size
        self.taken = 0
        if hasattr(os, "posix_fadvise"):
            os.posix_fadvise(file, 0, 0, os.POSIX_FADV_SEQUENTIAL)
        self._unpacked = Unpacked(self._raw, source.label)
        self.kind = self._unpacked.kind
        self.header = self._unpacked.header

    def read(self, size: int, /) -> bytes:
        return self._unpacked.read(size)

    def finish(self) -> Ending:
        self._source.refuse_changed(self._file)
        if self._sum is None:
            return Ending()
        if self._sum.hexdigest() != self._source.checksum:
            raise ArchiveBroken(
                f"{self._source.label} is not what its checksum file says: its SHA-256 is "
                f"{self._sum.hexdigest()}, and not {self._source.checksum}.",
            )
        beside = f"{self._source.path.name}.sha256"
        return Ending(notes=(f"The archive is what {beside} says.",))

    def _raw(self, size: int) -> bytes:
        refuse_cancelled()
        try:
            data = os.read(self._file, size)
        except OSError as error:
            raise FileFailed(
                f"{self._source.label} cannot be read on: {error.strerror}.",
                path=self._source.label,
                errno=error.errno or 0,
            ) from error
        self.taken += len(data)
        if self._sum is not None:
            self._sum.update(data)
        return data


def _version(told: os.stat_result) -> _Version:
    return told.st_dev, told.st_ino, told.st_size, told.st_mtime_ns, told.st_ctime_ns
