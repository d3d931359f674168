"""The journal of transfers that fill a volume of their own.

One file for each, locked while its client lives (`lockedfile.py`), on the disk before the volume is
made and gone once it is whole or removed: so the next client finds what a dead one left half-made.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tui.engine.errors import EngineError
from tui.engine.lockedfile import LockedFile, lines, of_the_dead, siblings

STEM = "transfer"
"""What its files begin with (`Session.state_file`)."""


@dataclass(frozen=True, slots=True)
class Filling:
    """A new volume that is being filled, or was when its client died."""

    kind: str
    """`clone` or `import`."""
    volume: str
    """Name of the new volume."""
    job: str
    """Value of its label `voltui.job`: a volume without it is another one."""
    source: str
    """Name of the volume or archive that it is filled from."""
    at: datetime
    client: str
    """`host/pid` of the voltui that fills it."""
    file: Path | None = field(default=None, compare=False)
    """The journal it stands in; None where none is kept."""
    alive: bool = field(default=True, compare=False)
    """Whether its client is there and may be at work."""


class FillingNote:
    """The note of one transfer."""

    def __init__(self, stem: Path | None, filling: Filling) -> None:
        """Have it on the disk; raises `EngineError`. Without a state folder nothing is kept."""
        self._file: LockedFile | None = None
        if stem is None:
            return
        try:
            self._file = LockedFile.create(stem)
            self._file.append(_written(filling))
        except OSError as error:
            self.close(settled=True)
            raise EngineError(
                f"{filling.volume} was not made: {stem.parent} cannot be written "
                f"({error.strerror}), and only what is noted there is found again after a crash."
            ) from error

    def close(self, *, settled: bool) -> None:
        """Forget it: the volume is whole or gone. Else it is left to the next client."""
        if self._file is not None:
            self._file.close(remove=settled)
            self._file = None


def fillings(stem: Path | None) -> list[Filling]:
    """All that are noted, those of living clients too; the oldest first."""
    if stem is None:
        return []
    found = [filling for path in siblings(stem) for filling in _read(path)]
    return sorted(found, key=lambda filling: filling.at)


def forget(filling: Filling) -> None:
    """What a dead client had noted is whole, gone, or to be left as it is."""
    if filling.file is not None:
        with suppress(OSError), of_the_dead(filling.file):
            filling.file.unlink()


def _read(path: Path) -> Iterator[Filling]:
    """What stands in a file; nothing where that is not ours."""
    with suppress(OSError):
        written = path.read_bytes()
        for told in lines(written):
            with suppress(ValueError, TypeError, KeyError):
                yield _parsed(told, path, _lives(path))


def _lives(path: Path) -> bool:
    try:
        with of_the_dead(path):
            return False
    except BlockingIOError:
        return True


def _written(filling: Filling) -> dict[str, object]:
    return {
        "fills": filling.volume,
        "kind": filling.kind,
        "job": filling.job,
        "source": filling.source,
        "at": filling.at.isoformat(),
        "client": filling.client,
    }


def _parsed(told: dict[str, Any], path: Path, alive: bool) -> Filling:
    """One line as it was written; raises `ValueError`, `TypeError` or `KeyError`."""
    at = datetime.fromisoformat(told["at"])
    if at.tzinfo is None or not told["job"]:
        raise ValueError
    return Filling(
        kind=str(told["kind"]),
        volume=str(told["fills"]),
        job=str(told["job"]),
        source=str(told["source"]),
        at=at.astimezone(UTC),
        client=str(told["client"]),
        file=path,
        alive=alive,
    )
