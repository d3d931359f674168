"""Files of the state folder that are locked as long as their client lives.

However that ends, the kernel unlocks its file, and the next client finds what stands in it. What
was appended is on the disk.
"""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any


class LockedFile:
    """A file of this client, one JSON object a line."""

    def __init__(self, path: Path, file: int) -> None:
        self.path = path
        self._file = file

    @classmethod
    def create(cls, stem: Path) -> LockedFile:
        """Make one beside `stem`, which is its path without the part of this one; raises
        `OSError`.
        """
        stem.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        path = stem.with_name(f"{stem.stem}-{os.urandom(8).hex()}{stem.suffix}")
        file = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY | os.O_APPEND, 0o600)
        try:
            fcntl.flock(file, fcntl.LOCK_EX)
            folder = os.open(stem.parent, os.O_RDONLY | os.O_DIRECTORY)
            try:
                os.fsync(folder)
            finally:
                os.close(folder)
        except OSError:
            os.close(file)
            raise
        return cls(path, file)

    def append(self, line: dict[str, object]) -> None:
        """Have a line on the disk; raises `OSError`."""
        append(self._file, line)

    def close(self, *, remove: bool) -> None:
        """Unlock it; removed, or left to the next client."""
        if remove:
            with suppress(OSError):
                self.path.unlink(missing_ok=True)
        os.close(self._file)


def siblings(stem: Path) -> Iterator[Path]:
    """The files that were made beside `stem`, by whomever."""
    return stem.parent.glob(f"{stem.stem}-*{stem.suffix}")


@contextmanager
def of_the_dead(path: Path, flags: int = os.O_RDONLY) -> Iterator[int]:
    """A file whose client is gone; raises `BlockingIOError` where it lives."""
    file = os.open(path, flags)
    try:
        fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        yield file
    finally:
        os.close(file)


def append(file: int, line: dict[str, object]) -> None:
    """Have a line on the disk. One that a crash tore ends at the next one."""
    os.write(file, b"\n" + json.dumps(line).encode() + b"\n")
    os.fsync(file)


def lines(written: bytes) -> Iterator[dict[str, Any]]:
    """The objects in a file; lines that are none mean nothing."""
    for line in written.splitlines():
        with suppress(ValueError, RecursionError):
            told = json.loads(line)
            if isinstance(told, dict):
                yield told
