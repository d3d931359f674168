"""The journal of imports into volumes that exist: which volumes may hold something of ours.

One file for each, locked while its client lives, and gone once the volume holds nothing of ours any
more. What a dead client left is brought to its end by the next one: a replacement is all old or all
new, and what was only staged goes.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

from tui.engine.errors import EngineError, VolumeNotFound
from tui.engine.helper import this_client
from tui.engine.identity import inspect_volume
from tui.engine.lockedfile import LockedFile, lines, of_the_dead, siblings
from tui.engine.session import Session
from tui.engine.transfers.staging import leftovers, recover, refuse_other_imports, told
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

    def close(self, *, settled: bool) -> None:
        """Forget it: nothing of ours is in the volume. Else it is left to the next client."""
        if self._file is not None:
            self._file.close(remove=settled)
            self._file = None


def interrupted(session: Session) -> list[str]:
    """Names of the volumes in which dead clients were importing; asks the engine only who it is."""
    stem = session.state_file(_STEM)
    return [] if stem is None else sorted({volume for volume, _ in _dead(stem)})


def recover_interrupted(session: Session) -> Iterator[str]:
    """Bring them to their end, with a sentence about each. What cannot be brought there now is left
    to another time, and told too.
    """
    stem = session.state_file(_STEM)
    if stem is None or session.read_only:
        return
    for volume, file in list(_dead(stem)):
        try:
            sentences = _recover(session, volume)
        except VolumeNotFound:
            sentences = ()
        except EngineError as error:
            yield f"An interrupted import into {volume} still waits: {error}"
            continue
        yield from sentences
        with suppress(OSError), of_the_dead(file):
            file.unlink()


def _recover(session: Session, name: str) -> tuple[str, ...]:
    attrs = inspect_volume(session.connection, name)
    volume = parse_volume(attrs, tells_creation=tells_creation(session.info()))
    refuse_other_imports(session, volume)
    with session.open_helpers().writing(volume) as agent:
        if not leftovers(agent):
            return ()
        refuse_other_imports(session, volume)
        return told(name, recover(agent))


def _dead(stem: Path) -> Iterator[tuple[str, Path]]:
    """Volume and journal of each import whose client is gone."""
    for path in siblings(stem):
        with suppress(OSError), of_the_dead(path):
            for line in lines(path.read_bytes()):
                if isinstance(volume := line.get("stages"), str):
                    yield volume, path
