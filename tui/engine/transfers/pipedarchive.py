"""An archive that comes through a pipe, such as standard input."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from tui.engine.errors import FileFailed, UsageError
from tui.engine.transfers.archiveformat import Unpacked
from tui.engine.transfers.readable import wait_readable
from tui.engine.transfers.sources import Ending, Source, Stream


def standard_input() -> PipedArchive:
    """Raises `UsageError` where it is a terminal or closed."""
    if sys.stdin is None or sys.stdin.isatty():
        raise UsageError(
            "Standard input is a terminal.", hint="Pipe an archive into it, or name a file."
        )
    return PipedArchive(lambda: os.dup(sys.stdin.fileno()), "standard input")


class PipedArchive(Source):
    """It can be read once. What it is shows when it is read."""

    def __init__(self, begin: Callable[[], int], label: str) -> None:
        """`begin` opens a descriptor."""
        self.label = label
        self.kind = "archive"
        self.may_wrap = True
        self.size = None
        self._begin = begin
        self._read = False

    @contextmanager
    def open(self) -> Iterator[Stream]:
        """Read it; raises `UsageError` where that was done before, and where it is no archive."""
        if self._read:
            raise UsageError(f"What came through {self.label} is gone: it can be read only once.")
        self._read = True
        try:
            pipe = self._begin()
        except OSError as error:
            raise UsageError(f"{self.label} cannot be read: {error.strerror}.") from error
        try:
            yield _PipeStream(pipe, self.label)
        finally:
            os.close(pipe)


class _PipeStream(Stream):
    def __init__(self, pipe: int, label: str) -> None:
        self._pipe = pipe
        self._label = label
        self.size = None
        self.taken = 0
        self._unpacked = Unpacked(self._raw, label)
        self.header = self._unpacked.header

    def read(self, size: int, /) -> bytes:
        return self._unpacked.read(size)

    def finish(self) -> Ending:
        return Ending()

    def _raw(self, size: int) -> bytes:
        try:
            wait_readable(self._pipe)
            data = os.read(self._pipe, size)
        except OSError as error:
            raise FileFailed(
                f"{self._label} cannot be read on: {error.strerror}.",
                path=self._label,
                errno=error.errno or 0,
            ) from error
        self.taken += len(data)
        return data
