"""The journal of imports into volumes that exist: which volumes may hold something of ours.

One file for each, locked while its client lives, and gone once the volume holds nothing of ours any
more. What a dead client left is brought to its end by the next one: a replacement is all old or all
new, and what was only staged goes. A merge has no way back: it is said that it is not whole.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from tui.engine.errors import EngineError, VolumeNotFound
from tui.engine.helper import this_client
from tui.engine.identity import inspect_volume
from tui.engine.lockedfile import LockedFile, lines, of_the_dead, siblings
from tui.engine.session import Session
from tui.engine.transfers.staging import leftovers, recover_alone, refuse_other_imports, told
from tui.engine.volumes import parse_volume, tells_creation

_STEM = "staging"


class StagingNote:
    """The note of one import."""

    def __init__(self, session: Session, volume: str, job: str) -> None:
        """Have it on the disk; raises `EngineError`. Without a state folder nothing is kept."""
        self._file: LockedFile | None = None
        stem = session.state_file(_STEM)
        if stem is None:
            return
        try:
            self._file = LockedFile.create(stem)
            self._file.append(
                {
                    "stages": volume,
                    "job": job,
                    "at": datetime.now(UTC).isoformat(),
                    "client": this_client(),
                }
            )
        except OSError as error:
            self.close(settled=True)
            raise EngineError(
                f"Nothing was imported: {stem.parent} cannot be written ({error.strerror}), and "
                "only what is noted there is found again after a crash."
            ) from error

    def merging(self, source: str) -> None:
        """From here on the volume holds a part of `source`; raises `EngineError`."""
        if self._file is None:
            return
        try:
            self._file.append({"merging": source})
        except OSError as error:
            raise EngineError(
                f"Nothing was imported: {self._file.path} cannot be written ({error.strerror})."
            ) from error

    def close(self, *, settled: bool) -> None:
        """Forget it: nothing of ours is in the volume. Else it is left to the next client."""
        if self._file is not None:
            self._file.close(remove=settled)
            self._file = None


@dataclass(frozen=True, slots=True)
class _Dead:
    """The note of an import whose client is gone."""

    file: Path
    volume: str
    merging: str = ""
    """What was being merged; empty before that, and where nothing was."""

    @property
    def sentences(self) -> tuple[str, ...]:
        """What became of a merge that nobody can roll back or finish."""
        if not self.merging:
            return ()
        partly = in_part(self.volume, self.merging)
        return (f"An import into {self.volume} was interrupted: {partly} Import that again.",)


def in_part(volume: str, source: str) -> str:
    """What an interrupted merge leaves."""
    return f"{volume} may hold only a part of {source}."


def interrupted(session: Session) -> list[str]:
    """Names of the volumes in which dead clients were importing; asks the engine only who it is."""
    stem = session.state_file(_STEM)
    return [] if stem is None else sorted({dead.volume for dead in _dead(stem)})


@dataclass(frozen=True, slots=True)
class EndedImport:
    """What became of an import whose client died."""

    volume: str
    sentences: tuple[str, ...]
    error: EngineError | None = None
    """Why it could not be brought to its end; it is left to another time."""


def recover_interrupted(session: Session) -> Iterator[EndedImport]:
    """Bring them to their end, telling of each that left something."""
    stem = session.state_file(_STEM)
    if stem is None or session.read_only:
        return
    for dead in list(_dead(stem)):
        try:
            sentences = _recover(session, dead)
        except VolumeNotFound:
            sentences = ()
        except EngineError as error:
            waits = f"An interrupted import into {dead.volume} still waits: {error}"
            yield EndedImport(dead.volume, (waits,), error)
            continue
        if sentences:
            yield EndedImport(dead.volume, sentences)
        with suppress(OSError), of_the_dead(dead.file):
            dead.file.unlink()


def _recover(session: Session, dead: _Dead) -> tuple[str, ...]:
    attrs = inspect_volume(session.connection, dead.volume)
    volume = parse_volume(attrs, tells_creation=tells_creation(session.info()))
    refuse_other_imports(session, volume)
    with session.open_helpers().writing(volume) as agent:
        if not leftovers(agent):
            return dead.sentences
        refuse_other_imports(session, volume)
        sentences = told(volume.name, recover_alone(session, volume, agent))
    return dead.sentences or sentences


def _dead(stem: Path) -> Iterator[_Dead]:
    """The note of each import whose client is gone."""
    for path in siblings(stem):
        with suppress(OSError), of_the_dead(path):
            note = {key: value for line in lines(path.read_bytes()) for key, value in line.items()}
            volume, merging = note.get("stages"), note.get("merging", "")
            if isinstance(volume, str) and isinstance(merging, str):
                yield _Dead(path, volume, merging)
