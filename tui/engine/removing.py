"""Removing volumes: exactly the named ones, each looked at again in the moment it goes.

Sources: Engine API `DELETE /volumes/{name}`, `POST /containers/{id}/stop`,
`DELETE /containers/{id}`.
"""

from __future__ import annotations

from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import partial
from typing import TYPE_CHECKING

from tui.engine.connection import Connection
from tui.engine.errors import (
    EngineError,
    EngineTimeout,
    EngineUnreachable,
    VolumeInUse,
    VolumeNotFound,
)
from tui.engine.holders import Holder, holders
from tui.engine.identity import inspect_volume, refuse_other
from tui.engine.model import Volume

if TYPE_CHECKING:
    from docker.api.client import APIClient

_AFTER_STOP = 10.0
"""Seconds the engine may take beyond the time that a container has to stop."""


class Doing(StrEnum):
    """What is being done for the removal of a volume."""

    CHECK = "check"
    STOP = "stop"
    REMOVE_CONTAINER = "remove container"
    START_AGAIN = "start again"
    REMOVE_VOLUME = "remove volume"


class Outcome(StrEnum):
    """What became of a volume that was to go."""

    REMOVED = "removed"
    """The engine has none of that name any more: asked after it said so."""
    KEPT = "kept"
    """It is there, whole."""
    UNKNOWN = "unknown"
    """The engine went away in the middle of it and has not told since."""
    NOT_TRIED = "not tried"
    """Everything before it took too long, was cancelled, or the engine went away."""


@dataclass(frozen=True, slots=True)
class Removing:
    """A step that begins now."""

    volume: str
    doing: Doing
    container: str = ""


@dataclass(frozen=True, slots=True)
class Removed:
    """What became of one volume; every volume that was to go gets one."""

    volume: str
    outcome: Outcome
    error: EngineError | None = None
    """Why it did not go; a sentence and a hint."""
    containers: tuple[str, ...] = field(default=())
    """Names of the containers that were removed for it, also where the volume then stayed."""


Removal = Generator[Removing | Removed, None, None]


def remove(
    connection: Connection,
    volumes: Sequence[Volume],
    chosen: Mapping[str, Sequence[Holder]],
) -> Removal:
    """Remove volumes one by one. What fails or is in use stays and does not stop the others.

    `chosen`: by name of the volume, the holders the user saw and chose to stop and remove.
    """
    gone = False
    for volume in volumes:
        if gone:
            yield Removed(volume.name, Outcome.NOT_TRIED)
            continue
        removed: list[str] = []
        try:
            yield from _remove(connection, volume, chosen.get(volume.name, ()), removed)
        except (EngineUnreachable, EngineTimeout) as error:
            gone = True
            yield Removed(volume.name, Outcome.UNKNOWN, error, tuple(removed))
        except EngineError as error:
            yield Removed(volume.name, Outcome.KEPT, error, tuple(removed))
        else:
            yield Removed(volume.name, Outcome.REMOVED, None, tuple(removed))


def _remove(
    connection: Connection,
    volume: Volume,
    chosen: Sequence[Holder],
    removed: list[str],
) -> Generator[Removing, None, None]:
    yield Removing(volume.name, Doing.CHECK)
    refuse_other(volume, inspect_volume(connection, volume.name), touched=bool(chosen))
    _refuse_others(connection, volume, chosen)
    for holder in chosen:
        if holder.running:
            yield Removing(volume.name, Doing.STOP, holder.name)
            _stop(connection, holder)
    for holder in chosen:
        yield Removing(volume.name, Doing.REMOVE_CONTAINER, holder.name)
        connection.call(partial(_remove_container, holder=holder))
        removed.append(holder.name)
    yield Removing(volume.name, Doing.REMOVE_VOLUME)
    _refuse_others(connection, volume, ())
    connection.call(partial(_remove_volume, volume=volume))
    try:
        inspect_volume(connection, volume.name)
    except VolumeNotFound:
        return
    raise VolumeInUse(f"The engine said that {volume.name} was removed, and still has it.")


def _refuse_others(connection: Connection, volume: Volume, chosen: Sequence[Holder]) -> None:
    known = {holder.container_id for holder in chosen}
    others = [h for h in holders(connection, volume.name) if h.container_id not in known]
    if others:
        names = ", ".join(holder.name for holder in others)
        raise VolumeInUse(f"{volume.name} is in use by {names}.")


def _stop(connection: Connection, holder: Holder) -> None:
    """Stop with the container's own time; its signal and its time are the engine's business."""
    within = holder.stop_timeout + _AFTER_STOP
    connection.call(lambda client: client.stop(holder.container_id), within)


def _remove_container(client: APIClient, holder: Holder) -> None:
    """Never its volumes with it."""
    client.remove_container(holder.container_id, v=False)


def _remove_volume(client: APIClient, volume: Volume) -> None:
    client.remove_volume(volume.name)
