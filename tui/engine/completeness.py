"""Which volumes are whole, as far as somebody looked: those that voltui made may not be.

That one is whole stays true, so it is kept in a file of the state folder. That one is not may
change in any moment, so it is known only for as long as this client lives.
"""

from __future__ import annotations

import json
import threading
from contextlib import suppress
from pathlib import Path

from tui.engine.model import Volume
from tui.engine.sizecache import replace_file, volume_key
from tui.engine.volumes import JOB_LABEL

_MOST = 5_000
"""Volumes that are kept, those noted last."""


class Completeness:
    """What is known of the volumes of one engine."""

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self._lock = threading.Lock()
        self._whole: dict[str, None] | None = None
        self._incomplete: set[str] = set()

    def get(self, volume: Volume) -> bool | None:
        """Whether it is incomplete; None where nobody looked.

        One that voltui did not make was not filled by it either.
        """
        ours = JOB_LABEL in volume.labels
        with self._lock:
            if volume.plain and not ours and not self._incomplete:
                return False
            key = volume_key(volume)
            if key in self._incomplete:
                return True
            return False if key in self._load() or (volume.plain and not ours) else None

    def note(self, volume: Volume, *, incomplete: bool) -> None:
        """Somebody looked; raises nothing."""
        with self._lock:
            key = volume_key(volume)
            whole = self._load()
            if incomplete:
                self._incomplete.add(key)
            else:
                self._incomplete.discard(key)
            if incomplete and key in whole:
                del whole[key]
            elif not incomplete and key not in whole and JOB_LABEL in volume.labels:
                whole[key] = None
            else:
                return
            self._save(whole)

    def _save(self, whole: dict[str, None]) -> None:
        if self._path is not None:
            replace_file(self._path, list(whole)[-_MOST:])

    def _load(self) -> dict[str, None]:
        if self._whole is None:
            self._whole = _read(self._path) if self._path else {}
        return self._whole


def _read(path: Path) -> dict[str, None]:
    """The file; what is not as we wrote it is as if it were not there."""
    with suppress(OSError, ValueError, RecursionError):
        stored = json.loads(path.read_bytes())
        if isinstance(stored, list):
            return {key: None for key in stored if isinstance(key, str)}
    return {}
