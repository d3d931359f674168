"""The journal of transfers that fill a volume of their own.

One file for each, locked while its client lives (`lockedfile.py`), on the disk before the volume is
made and gone once it is whole or removed: so the next client finds what a dead one left half-made.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tui.engine.errors import EngineError
from tui.engine.lockedfile import LockedFile, lines, of_the_dead, siblings

STEM = "transfer"
"""What its files begin with (`Session.state_file`)."""

_MOST_NAMED = 10


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
    names: tuple[str, ...] | None = None
    """What the transfer may have put into its root folder; None where that is not known."""
    file: Path | None = field(default=None, compare=False)
    """The journal it stands in; None where none is kept."""
    alive: bool = field(default=True, compare=False)
    """Whether its client is there and may be at work."""


class FillingNote:
    """The note of one transfer."""

    def __init__(self, stem: Path | None, filling: Filling) -> None:
        """Have it on the disk; raises `EngineError`. Without a state folder nothing is kept."""
        self.filling = filling
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

    def puts(self, names: Iterable[str]) -> None:
        """Have on the disk what is going to be in the root folder; raises `EngineError`."""
        self.filling = replace(self.filling, names=tuple(names))
        if self._file is not None:
            try:
                self._file.append(_written(self.filling))
            except OSError as error:
                raise EngineError(f"The journal cannot be written: {error.strerror}.") from error

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


def what_stays(filling: Filling, stays: Sequence[str]) -> str:
    """The sentence about what others put into the storage of a volume that is removed."""
    return f"What others put where {filling.volume} was stays there: {first_named(stays)}."


def first_named(names: Sequence[str]) -> str:
    """The first of some names, and how many more there are."""
    more = len(names) - _MOST_NAMED
    return ", ".join(names[:_MOST_NAMED]) + (f" and {more:,} more" if more > 0 else "")


def _read(path: Path) -> Iterator[Filling]:
    """What stands in a file, the last line of it; nothing where that is not ours."""
    with suppress(OSError):
        found = None
        for told in lines(path.read_bytes()):
            with suppress(ValueError, TypeError, KeyError):
                found = _parsed(told, path, _lives(path))
        if found is not None:
            yield found


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
        "names": filling.names,
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
        names=None if (names := told.get("names")) is None else tuple(map(str, names)),
        file=path,
        alive=alive,
    )
