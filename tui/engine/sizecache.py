"""Sizes that were measured before, kept with their age in a file of the state folder."""

from __future__ import annotations

import json
import tempfile
import threading
from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime
from pathlib import Path

from tui.engine.model import Volume, VolumeSize


class SizeCache:
    """The last known size of each volume of one engine, in a file of the state folder."""

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self._lock = threading.Lock()
        self._sizes: dict[str, VolumeSize] | None = None

    def get(self, volume: Volume) -> VolumeSize | None:
        """The last size of this very volume; one of the same name made later has none."""
        with self._lock:
            return self._load().get(volume_key(volume))

    def put(self, volume: Volume, size: VolumeSize) -> None:
        """Remember a size until `save`."""
        with self._lock:
            self._load()[volume_key(volume)] = size

    def drop(self, volume: Volume) -> None:
        """Know the size of this volume no more, in the file too: what is in it is being changed."""
        with self._lock:
            known = self._load()
            if known.pop(volume_key(volume), None) is not None and self._path is not None:
                _write(self._path, known)

    def save(self, volumes: Sequence[Volume]) -> None:
        """Write what is known of the volumes that still exist; raises nothing: it is a cache."""
        with self._lock:
            known = self._load()
            kept = {key: known[key] for key in map(volume_key, volumes) if key in known}
            if self._path is not None:
                _write(self._path, kept)

    def _load(self) -> dict[str, VolumeSize]:
        if self._sizes is None:
            self._sizes = _read(self._path) if self._path else {}
        return self._sizes


def volume_key(volume: Volume) -> str:
    """Tells a volume from an earlier one of its name, as far as the engine does."""
    from hashlib import sha256  # Loads OpenSSL.

    made = volume.created.isoformat() if volume.created else ""
    told = json.dumps([made, volume.driver, *sorted(volume.labels.items())])
    return f"{volume.name} {sha256(told.encode()).hexdigest()[:16]}"


def _read(path: Path) -> dict[str, VolumeSize]:
    """The cache file; what is not as we wrote it is as if it were not there."""
    try:
        stored = json.loads(path.read_bytes())
        return {key: _size(*told) for key, told in stored.items()}
    except (OSError, ValueError, TypeError, AttributeError, RecursionError):
        return {}


def _size(size: object, measured: str, files: object) -> VolumeSize:
    """One size as it was written; raises `ValueError` or `TypeError`."""
    time = datetime.fromisoformat(measured)
    if type(size) is not int or size < 0 or time.tzinfo is None:
        raise ValueError
    if files is not None and type(files) is not int:
        raise ValueError
    return VolumeSize(size, time, files)


def _write(path: Path, sizes: dict[str, VolumeSize]) -> None:
    replace_file(path, {k: (s.size, s.measured.isoformat(), s.files) for k, s in sizes.items()})


def replace_file(path: Path, stored: object) -> None:
    """Replace a file of the state folder as a whole by a JSON value, if that can be done; two
    clients that write at once leave one of the two.
    """
    with suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        descriptor, part = tempfile.mkstemp(prefix=path.stem, suffix=".part", dir=path.parent)
        try:
            with open(descriptor, "w") as file:
                json.dump(stored, file)
            Path(part).replace(path)
        finally:
            Path(part).unlink(missing_ok=True)
