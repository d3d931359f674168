"""Volumes that were open lately, kept for each engine in a file of the state folder."""

from __future__ import annotations

import json
import tempfile
import threading
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

KEPT = 50
"""Volumes that are remembered."""


class Recent(NamedTuple):
    """A volume, the folder one stood in, and when that was."""

    volume: str
    folder: str
    opened: datetime


class Recents:
    """Reads and writes the file; what it says may block, and raises `EngineError`."""

    def __init__(self, where: Callable[[], Path | None]) -> None:
        """`where` asks the engine for its file; None: nothing outlives the program."""
        self._where = where
        self._known: list[Recent] = []
        self._lock = threading.Lock()

    def all(self) -> list[Recent]:
        """The latest first."""
        path = self._where()
        if path is not None:
            self._known = _read(path)
        return list(self._known)

    def add(self, recent: Recent) -> None:
        """Remember a volume and when it was open; a file that cannot be written is none."""
        with self._lock:
            others = [other for other in self.all() if other.volume != recent.volume]
            latest_first = sorted([recent, *others], key=lambda each: each.opened, reverse=True)
            self._known = latest_first[:KEPT]
            path = self._where()
            if path is not None:
                _write(path, self._known)


def _read(path: Path) -> list[Recent]:
    """The file; what is not as we wrote it is as if it were not there."""
    try:
        return [_recent(*told) for told in json.loads(path.read_bytes())]
    except (OSError, ValueError, TypeError, RecursionError):
        return []


def _recent(volume: object, folder: object, opened: str) -> Recent:
    when = datetime.fromisoformat(opened)
    if not isinstance(volume, str) or not isinstance(folder, str) or when.tzinfo is None:
        raise ValueError
    return Recent(volume, folder, when)


def _write(path: Path, recents: list[Recent]) -> None:
    """Replace the file as a whole; of two programs that write at once, one is remembered."""
    told = [(each.volume, each.folder, each.opened.isoformat()) for each in recents]
    with suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        descriptor, part = tempfile.mkstemp(prefix=path.stem, suffix=".part", dir=path.parent)
        try:
            with open(descriptor, "w") as file:
                json.dump(told, file)
            Path(part).replace(path)
        finally:
            Path(part).unlink(missing_ok=True)
