"""Removing volumes: exactly the named ones, each looked at again in the moment it goes.

Source: Engine API `DELETE /containers/{id}`.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import partial
from typing import Any

from tui.engine.cancel import Cancel
from tui.engine.connection import Connection
from tui.engine.deletion import INSPECT_WITHIN, LOST, REMOVE_WITHIN, delete
from tui.engine.errors import (
    CallTimeout,
    Cancelled,
    ContainerGone,
    EngineError,
    EngineFailed,
    EngineTimeout,
    EngineUnreachable,
    VolumeChanged,
    VolumeInUse,
    VolumeNotFound,
)
from tui.engine.holders import Holder, holders, in_use
from tui.engine.identity import inspect_volume, refuse_other
from tui.engine.journal import Journal, Stopped
from tui.engine.model import ContainerState, Volume
from tui.engine.stopping import Stopping
from tui.engine.volumes import parse_volume

_GOING_WITHIN = 10.0
"""Seconds that a container may take which somebody else removes."""
_ENGINE_WITHIN = 10.0
"""Seconds that an engine which went away has to come back and start what was stopped."""
_POLL = 0.2


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
    """By us: the engine has it no more, asked after it said so."""
    GONE = "gone"
    """It did not exist any more when its turn came: somebody else removed it."""
    KEPT = "kept"
    """The engine has it; `error` says why."""
    UNKNOWN = "unknown"
    """The engine went away while it removed the volume, or has it still: not all may be there."""
    NOT_TRIED = "not tried"
    """Nothing was asked of the engine for it: it went away, or the removal was cancelled before."""


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
    """Why it did not go, and which containers did not come back; a sentence and a hint."""
    containers: tuple[str, ...] = ()
    """Names of the containers that were removed for it, also where the volume then stayed."""
    started_again: tuple[str, ...] = ()
    """Names of the containers that were stopped for it and are as before again."""


Removal = Generator[Removing | Removed, None, None]


def remove(
    connection: Connection,
    volumes: Sequence[Volume],
    chosen: Mapping[str, Sequence[Holder]],
    journal: Callable[[], Journal],
    cancel: Cancel,
) -> Removal:
    """Remove volumes one by one. What fails or is in use stays and does not stop the others.

    `chosen`: by name of the volume, the holders the user saw and chose to stop and remove.
    `cancel`: call it, and what was stopped is started again and told, and the rest is not tried.
    Closing the generator starts again what was stopped too, but then nobody hears of it.
    """
    lost = False
    left = list(volumes)
    while left:
        volume = left.pop(0)
        if lost or cancel.called:
            yield Removed(volume.name, Outcome.NOT_TRIED)
            continue
        with closing(Stopping(connection, journal(), volume.name)) as stopping:
            one = _One(connection, volume, chosen.get(volume.name, ()), left, stopping, cancel)
            removed = yield from one.remove()
        lost = one.lost
        yield removed


class _One:
    """The removal of one volume."""

    def __init__(
        self,
        connection: Connection,
        volume: Volume,
        chosen: Sequence[Holder],
        later: list[Volume],
        stopping: Stopping,
        cancel: Cancel,
    ) -> None:
        self.lost = False
        """Whether the engine went away meanwhile."""
        self._connection = connection
        self._volume = volume
        """As it was when it was last known to be the one that was listed."""
        self._chosen = [holder.container_id for holder in chosen]
        self._later = later
        """Volumes whose turn comes, each as it was seen last."""
        self._stopped_before = {h.container_id for h in chosen if not h.running}
        self._stopping = stopping
        self._cancel = cancel
        self._asked = False
        """Whether the engine was asked to remove the volume."""
        self._removing = ""
        """Id of the container that the engine was asked to remove last."""
        self._removed: list[str] = []

    def remove(self) -> Generator[Removing, None, Removed]:
        """Go through all steps; whatever goes wrong is in what this returns."""
        try:
            yield self._step(Doing.CHECK)
            if self._chosen:
                yield from self._remove_holders()
            yield self._step(Doing.REMOVE_VOLUME)
            self._remove_volume()
        except EngineError as error:
            return (yield from self._failed(error))
        return Removed(self._volume.name, Outcome.REMOVED, None, tuple(self._removed))

    def _step(self, doing: Doing, container: str = "") -> Removing:
        """The step that begins now; raises `Cancelled` where none is to begin any more."""
        if self._cancel.called:
            raise Cancelled("The removal was cancelled.")
        return Removing(self._volume.name, doing, container)

    # The containers that hold it

    def _remove_holders(self) -> Generator[Removing, None, None]:
        """Look at all of them before the first is stopped, and again before one is removed."""
        found = self._holders()
        for holder in found:
            self._refuse_unfit(holder)
        listed = {mount.container_id for mount in self._volume.mounts}
        self._look(held=any(holder.container_id in listed for holder in found))
        for holder in found:
            if holder.running:
                yield self._step(Doing.STOP, holder.name)
                self._stopping.stop(holder)
        found = self._holders()
        self._look(held=bool(found))
        self._look_at_later(found)
        for holder in found:
            yield self._step(Doing.REMOVE_CONTAINER, holder.name)
            self._remove_container(holder)

    def _holders(self) -> list[Holder]:
        """The chosen ones that are still there, in their order; raises `VolumeInUse` for others."""
        found = {h.container_id: h for h in holders(self._connection, self._volume.name)}
        others = [holder for each, holder in found.items() if each not in self._chosen]
        if others:
            raise in_use(self._volume.name, others)
        return [found[each] for each in self._chosen if each in found]

    def _refuse_unfit(self, holder: Holder) -> None:
        if holder.refusal:
            raise VolumeInUse(f"{holder.name} is not removed. {holder.refusal}")
        if holder.running and holder.container_id in self._stopped_before:
            raise VolumeInUse(f"{holder.name} was started meanwhile.", hint="Look again.")

    def _remove_container(self, holder: Holder) -> None:
        """Remove a container, never a volume with it; one that somebody else removes is fine."""
        container = self._removing = holder.container_id
        try:
            self._connection.wait_for(
                lambda client: client.remove_container(container, v=False), REMOVE_WITHIN
            )
        except EngineFailed:
            if not self._going(container):
                raise
        else:
            self._removed.append(holder.name)
        self._stopping.removed(container)

    def _going(self, container: str) -> bool:
        """Whether a container is gone, which is awaited where somebody else removes it."""
        end = time.monotonic() + _GOING_WITHIN
        while time.monotonic() < end:
            left = {holder.container_id: holder.state for holder in self._holders()}
            if container not in left:
                return True
            if left[container] is not ContainerState.REMOVING:
                break
            time.sleep(_POLL)
        return False

    # The volume

    def _look(self, *, held: bool) -> None:
        """Refuse another volume of that name. A volume that containers `held` ever since it was
        seen is the same for certain: as long as they exist it cannot go.
        """
        attrs = self._inspect(self._volume.name)
        refuse_other(self._volume, attrs)
        stamp = parse_volume(attrs).stamp
        if stamp != self._volume.stamp and not held:
            self._holders()  # That it is in use says more than that it was changed.
        refuse_other(self._volume, attrs, touched=held)
        self._volume = replace(self._volume, stamp=stamp)

    def _look_at_later(self, found: Sequence[Holder]) -> None:
        """See the volumes that go later and are held by these until now: in their turn nothing
        else tells whether they changed by them or were made anew.
        """
        going = {holder.container_id for holder in found}
        for index, volume in enumerate(self._later):
            if not going.isdisjoint(mount.container_id for mount in volume.mounts):
                with suppress(VolumeNotFound, VolumeChanged):
                    attrs = self._inspect(volume.name)
                    refuse_other(volume, attrs)
                    self._later[index] = replace(volume, stamp=parse_volume(attrs).stamp)

    def _inspect(self, name: str) -> dict[str, Any]:
        ask = partial(inspect_volume, self._connection, name, INSPECT_WITHIN)
        return self._connection.patiently(ask)

    def _remove_volume(self) -> None:
        """Look last, as close before the removal as the API allows; the engine itself refuses a
        volume that somebody holds.
        """
        name = self._volume.name
        if self._chosen and (left := self._holders()):
            raise in_use(name, left)
        try:
            self._delete()
        except VolumeInUse:
            if found := holders(self._connection, name):
                raise in_use(name, found) from None
            self._delete()  # Whoever held it went meanwhile.

    def _delete(self) -> None:
        self._look(held=False)
        self._asked = True
        delete(self._connection, self._volume, lambda: self._cancel.called)

    # What went wrong

    def _failed(self, error: EngineError) -> Generator[Removing, None, Removed]:
        """Start everything again that was stopped, and say what became of the volume."""
        gone = isinstance(error, EngineUnreachable | EngineTimeout)
        self.lost = gone and not isinstance(error, CallTimeout)
        again, failed = [], []
        if self.lost and self._stopping.stopped and not self._answers():
            failed = [_not_running(each) for each in self._stopping.stopped]
            self._stopping.give_up()
        for stopped in self._stopping.stopped:
            yield Removing(self._volume.name, Doing.START_AGAIN, stopped.name)
            problem = self._stopping.start_again(stopped)
            if problem is None:
                again.append(stopped.name)
            elif isinstance(problem, ContainerGone) and stopped.container_id == self._removing:
                self._removed.append(stopped.name)  # Only the answer was lost.
            else:
                failed.append(f"{_not_running(stopped)[:-1]}: {problem}")
        return Removed(
            self._volume.name,
            self._outcome(error),
            _joined(error, failed),
            tuple(self._removed),
            tuple(again),
        )

    def _answers(self) -> bool:
        """Whether the engine comes back soon."""
        end = time.monotonic() + _ENGINE_WITHIN
        while (left := end - time.monotonic()) > 0:
            with suppress(*LOST):
                self._connection.ping(left)
                return True
            time.sleep(_POLL)
        return False

    def _outcome(self, error: EngineError) -> Outcome:
        if isinstance(error, VolumeNotFound):
            return Outcome.GONE
        if isinstance(error, (*LOST, Cancelled)):
            return Outcome.UNKNOWN if self._asked else Outcome.NOT_TRIED
        return Outcome.KEPT


def _not_running(stopped: Stopped) -> str:
    return f"{stopped.name} was stopped and does not run again."


def _joined(error: EngineError, failed: Sequence[str]) -> EngineError:
    if not failed:
        return error
    said = " ".join([str(error), *failed])
    return EngineError(said, hint="voltui helpers --recover starts what was stopped.")
