"""What dead clients left half-made on the engine: told, and removed only when somebody says so."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from contextlib import suppress
from dataclasses import dataclass

from tui.engine.errors import EngineError, VolumeNotFound
from tui.engine.identity import inspect_volume
from tui.engine.model import Volume
from tui.engine.session import Session
from tui.engine.transfers.filling import half_made, remove_filling
from tui.engine.transfers.journal import STEM, Filling, fillings, forget
from tui.engine.volumes import JOB_LABEL, parse_volume, tells_creation


@dataclass(frozen=True, slots=True)
class Discarded:
    """What became of one of them."""

    filling: Filling
    removed: bool = False
    """False without an error: it was gone, or turned out to be whole."""
    stays: tuple[str, ...] = ()
    """Names in its storage that others put there, which stay."""
    error: EngineError | None = None
    """Why it is still there."""


def leftovers(session: Session) -> list[Filling]:
    """Volumes that clients which are dead were filling and that are not whole; what the journal
    has beyond that is forgotten. Raises `EngineError`.
    """
    dead = [each for each in fillings(session.state_file(STEM)) if not each.alive]
    return [filling for filling in dead if _is_left(session, filling)]


def discard(session: Session, found: Sequence[Filling]) -> Generator[Discarded, None, None]:
    """Remove them, each looked at again before, and tell of each what became of it."""
    session.refuse_read_only()
    for filling in found:
        try:
            left = _is_left(session, filling, asked=True)
            stays = remove_filling(session, filling) if left else None
        except EngineError as error:
            yield Discarded(filling, error=error)
        else:
            forget(filling)
            yield Discarded(filling, stays is not None, stays or ())


def leave(found: Sequence[Filling]) -> None:
    """Leave them as they are, and do not tell of them again."""
    for filling in found:
        forget(filling)


def _is_left(session: Session, filling: Filling, *, asked: bool = False) -> bool:
    """Whether there is something of it, and not all; forgets it where that is not so."""
    volume = _volume(session, filling)
    if volume is not None:
        with suppress(VolumeNotFound):
            if half_made(session, volume, asked=asked):
                return True
            session.completeness().note(volume, incomplete=False)
    forget(filling)
    return False


def _volume(session: Session, filling: Filling) -> Volume | None:
    """The volume, if the one of its name is that of the job."""
    try:
        attrs = inspect_volume(session.connection, filling.volume)
    except VolumeNotFound:
        return None
    volume = parse_volume(attrs, tells_creation=tells_creation(session.info()))
    return volume if volume.labels.get(JOB_LABEL) == filling.job else None
