"""Removing volumes of the engine in memory, and what a dead client left stopped there."""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping, Sequence

from tui.engine.cancel import Cancel
from tui.engine.errors import Cancelled, ContainerGone, EngineError, VolumeInUse
from tui.engine.holders import Holder
from tui.engine.journal import Stopped
from tui.engine.model import Volume
from tui.engine.removing import Doing, Outcome, Removal, Removed, Removing
from tui.engine.stopping import StartedAgain


class FakeRemoving:
    """Needs `wait`, `listed` and `refuse_read_only` of the fake engine it is mixed into."""

    wait: Callable[[], None]
    refuse_read_only: Callable[[], None]
    listed: list[Volume]
    held: dict[str, list[Holder]]
    """Who holds a volume, by its name."""
    unremovable: dict[str, EngineError]
    """Why volumes stay, by their names."""
    asked_to_remove: list[Volume]
    """What `remove` was called with."""
    served: dict[str, tuple[str, ...]]
    """Swarm services that name a volume, by its name."""
    stopped_told: list[Stopped]
    """Who was stopped by a client that is dead."""
    unstartable: dict[str, EngineError]
    """Why such containers do not come back, by their names."""

    def holders(self, volume: Volume) -> list[Holder]:
        self.wait()
        return list(self.held.get(volume.name, ()))

    def services(self) -> dict[str, tuple[str, ...]]:
        self.wait()
        return dict(self.served)

    def remove(
        self,
        volumes: Sequence[Volume],
        chosen: Mapping[str, Sequence[Holder]] | None = None,
        cancel: Cancel | None = None,
    ) -> Removal:
        self.refuse_read_only()
        self.asked_to_remove += volumes
        for volume in volumes:
            if cancel is not None and cancel.called:
                yield Removed(volume.name, Outcome.NOT_TRIED)
            else:
                yield from self._remove(volume, (chosen or {}).get(volume.name, ()), cancel)

    def _remove(self, volume: Volume, chosen: Sequence[Holder], cancel: Cancel | None) -> Removal:
        yield Removing(volume.name, Doing.CHECK)
        stopped: list[str] = []
        for holder in chosen:
            self.wait()
            if holder.running:
                yield Removing(volume.name, Doing.STOP, holder.name)
                stopped.insert(0, holder.name)
        self.wait()
        if cancel is not None and cancel.called:
            for name in stopped:
                yield Removing(volume.name, Doing.START_AGAIN, name)
            error = Cancelled("The removal was cancelled.")
            yield Removed(volume.name, Outcome.NOT_TRIED, error, (), tuple(stopped))
            return
        for holder in chosen:
            yield Removing(volume.name, Doing.REMOVE_CONTAINER, holder.name)
        yield Removing(volume.name, Doing.REMOVE_VOLUME)
        yield self._removed(volume, chosen)

    def stopped(self) -> list[Stopped]:
        self.wait()
        return list(self.stopped_told)

    def start_again(self, stopped: Sequence[Stopped]) -> Generator[StartedAgain, None, None]:
        self.refuse_read_only()
        for each in reversed(stopped):
            self.wait()
            error = self.unstartable.get(each.name)
            if error is None or isinstance(error, ContainerGone):
                self.stopped_told.remove(each)
            yield StartedAgain(each, error)

    def leave_stopped(self, stopped: Sequence[Stopped]) -> None:
        self.stopped_told = [each for each in self.stopped_told if each not in stopped]

    def _removed(self, volume: Volume, chosen: Sequence[Holder]) -> Removed:
        self.wait()
        known = {holder.container_id for holder in chosen}
        names = tuple(holder.name for holder in chosen)
        if volume.name in self.unremovable:
            return Removed(volume.name, Outcome.KEPT, self.unremovable[volume.name])
        if any(h.container_id not in known for h in self.held.get(volume.name, ())):
            error = VolumeInUse(f"{volume.name} is in use.")
            return Removed(volume.name, Outcome.KEPT, error)
        self.held.pop(volume.name, None)
        self.listed = [other for other in self.listed if other.name != volume.name]
        return Removed(volume.name, Outcome.REMOVED, None, names)
