"""The journal of containers that were stopped for a while and have to come back.

One file for each piece of work, locked while its client lives (`lockedfile.py`). A line is on the
disk before its container is stopped; another one says that the container is back or gone.
"""

from __future__ import annotations

import os
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from tui.engine.errors import EngineError
from tui.engine.lockedfile import LockedFile, append, lines, of_the_dead, siblings
from tui.engine.model import ContainerState


@dataclass(frozen=True, slots=True)
class Stopped:
    """A container that was stopped for the sake of a volume."""

    container_id: str
    name: str
    volume: str
    state: ContainerState
    """Before: running, paused or restarting."""
    run: str
    """`State.StartedAt` before, in the engine's words: another one means it was started since."""
    at: datetime
    """When it was asked to stop."""
    within: float
    """Seconds that the engine may have taken for that."""
    file: Path | None = field(default=None, compare=False)
    """The journal it stands in; None where none is kept."""


class Journal:
    """The journal of one piece of work; `stem` is its path without the part of this work.

    Where there is no state folder, `stem` is None and nothing is kept.
    """

    def __init__(self, stem: Path | None) -> None:
        self._stem = stem
        self._file: LockedFile | None = None
        self._open: set[str] = set()

    @property
    def path(self) -> Path | None:
        """Where it is kept, once something was noted."""
        return self._file.path if self._file else None

    def note(self, stopped: Stopped) -> None:
        """Have it on the disk that a container is about to be stopped; raises `EngineError`."""
        self._open.add(stopped.container_id)
        if self._stem is None:
            return
        try:
            if self._file is None:
                self._file = LockedFile.create(self._stem)
            self._file.append(_written(stopped))
        except OSError as error:
            self._open.discard(stopped.container_id)
            raise EngineError(
                f"{stopped.name} was not stopped: {self._stem.parent} cannot be written "
                f"({error.strerror}), and only what is noted there comes back after a crash."
            ) from error

    def settle(self, container_id: str) -> None:
        """A container is back, or does not exist any more."""
        self._open.discard(container_id)
        if self._file is not None:
            # Unwritten it is only asked about in vain.
            with suppress(OSError):
                self._file.append({"settled": container_id})

    def close(self) -> None:
        """Remove the file, or leave it to the next client where something has not come back."""
        if self._file is not None:
            self._file.close(remove=not self._open)
            self._file = None


def left_behind(stem: Path | None) -> list[Stopped]:
    """Who was stopped by clients that are dead, and has not come back; in the order of stopping."""
    if stem is None:
        return []
    found: list[Stopped] = []
    for path in siblings(stem):
        with suppress(OSError), of_the_dead(path) as file:
            found += _unsettled(path, os.read(file, os.fstat(file).st_size))
    return sorted(found, key=lambda stopped: stopped.at)


def settle(stopped: Stopped) -> None:
    """Note in the journal of a dead client that a container is back, gone, or left as it is."""
    if stopped.file is None:
        return
    with suppress(OSError), of_the_dead(stopped.file, os.O_RDWR | os.O_APPEND) as file:
        append(file, {"settled": stopped.container_id})
        if not _unsettled(stopped.file, os.pread(file, os.fstat(file).st_size, 0)):
            stopped.file.unlink()


def _written(stopped: Stopped) -> dict[str, object]:
    return {
        "stopped": stopped.container_id,
        "name": stopped.name,
        "volume": stopped.volume,
        "state": stopped.state,
        "run": stopped.run,
        "at": stopped.at.isoformat(),
        "within": stopped.within,
    }


def _unsettled(path: Path, written: bytes) -> list[Stopped]:
    """What stands in a journal and was not settled; lines that are not ours mean nothing."""
    left: dict[str, Stopped] = {}
    for told in lines(written):
        with suppress(ValueError, TypeError, KeyError):
            if "settled" in told:
                left.pop(told["settled"], None)
            else:
                left[told["stopped"]] = _read(told, path)
    return list(left.values())


def _read(told: dict[str, object], path: Path) -> Stopped:
    """One line as it was written; raises `ValueError`, `TypeError` or `KeyError`."""
    at = datetime.fromisoformat(str(told["at"]))
    within = told["within"]
    if at.tzinfo is None or not isinstance(within, int | float):
        raise ValueError
    return Stopped(
        container_id=str(told["stopped"]),
        name=str(told["name"]),
        volume=str(told["volume"]),
        state=ContainerState(str(told["state"])),
        run=str(told["run"]),
        at=at.astimezone(UTC),
        within=float(within),
        file=path,
    )
