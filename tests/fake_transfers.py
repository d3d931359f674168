"""Transfers of the engine in memory, and what a dead client left half-made there."""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from dataclasses import replace

from tui.engine.creating import NewVolume
from tui.engine.errors import EngineError
from tui.engine.holders import Holder
from tui.engine.model import Volume
from tui.engine.transfers.journal import Filling
from tui.engine.transfers.leftovers import Discarded
from tui.engine.transfers.progress import Operation, Progress, Report, Stage, Sums


class FakeTransfers:
    """Needs `wait`, `listed`, `create`, `holders` of the fake engine it is mixed into."""

    wait: Callable[[], None]
    listed: list[Volume]
    create: Callable[[NewVolume], Volume]
    holders: Callable[[Volume], list[Holder]]
    left_half_made: list[Filling]
    """Volumes that a client which is dead was filling."""
    undiscardable: dict[str, EngineError]
    """Why such volumes stay, by their names."""
    cloned: list[tuple[str, NewVolume, bool]]
    """What was cloned, to what, and whether hot."""

    def writers(self, volume: Volume) -> list[Holder]:
        return [holder for holder in self.holders(volume) if holder.writes]

    def clone(self, source: Volume, new: NewVolume, *, hot: bool = False) -> Operation:
        """Two states of each stage, each after a `wait`."""
        self.cloned.append((source.name, new, hot))
        total = Sums(2, 2, 0, 2048)
        made: Volume | None = None
        for stage in (Stage.PREPARING, Stage.COPYING, Stage.VERIFYING, Stage.FINISHING):
            yield Progress(stage, Sums(), total)
            self.wait()
            made = made or replace(self.create(new), incomplete=True)
            yield Progress(stage, total, total)
        yield Progress(Stage.DONE, total, report=Report(total, volume=made))

    def leftovers(self) -> list[Filling]:
        self.wait()
        return list(self.left_half_made)

    def discard(self, found: Sequence[Filling]) -> Generator[Discarded, None, None]:
        for filling in found:
            self.wait()
            error = self.undiscardable.get(filling.volume)
            if error is None:
                self.left_half_made.remove(filling)
            yield Discarded(filling, error is None, error=error)

    def leave_half_made(self, found: Sequence[Filling]) -> None:
        self.left_half_made = [each for each in self.left_half_made if each not in found]
