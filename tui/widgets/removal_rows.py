"""Volumes that are being removed, as rows of a table: what became of each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from tui.content.pruning import OUTCOME_WORDS
from tui.engine.model import Volume
from tui.engine.removing import Doing, Outcome, Removed, Removing
from tui.presentation import safe, sentence, size
from tui.widgets.table import Column, Order, Rows, Spans

_STYLES = {
    Outcome.UNKNOWN: "warning",
    Outcome.KEPT: "warning",
    Outcome.NOT_TRIED: "dim",
    Outcome.GONE: "dim",
    Outcome.REMOVED: "",
}

_DOING = {
    Doing.CHECK: "checking",
    Doing.STOP: "stopping",
    Doing.REMOVE_CONTAINER: "removing",
    Doing.START_AGAIN: "starting",
    Doing.REMOVE_VOLUME: "removing",
}
_CUT = 12
"""Characters of an anonymous name that are shown, as docker shows ids."""

_ORDER = list(OUTCOME_WORDS)


class RemovalRows(Rows):
    """Outcome, name, size and the reason of each volume, in the order they are removed."""

    def __init__(self, volumes: Sequence[Volume]) -> None:
        super().__init__()
        self.volumes = list(volumes)
        self.outcomes: list[Removed | None] = [None] * len(self.volumes)
        self.step: Removing | None = None
        """What is being done now."""
        self.wide = False
        """Whether there is room for whole names."""
        self.counts: Counter[Outcome] = Counter()
        self.add_names(volume.name for volume in self.volumes)
        self.positions = {name: row for row, name in enumerate(self.names)}

    @property
    def columns(self) -> tuple[Column, ...]:
        """How a row is shown."""
        return (
            Column("outcome", "Outcome", self._outcome, 9),
            Column("name", "Name", self._name),
            Column("size", "Size", self._size, 6, right=True, at=36),
            Column("reason", "Why", self._reason, at=60),
        )

    @property
    def orders(self) -> tuple[Order, ...]:
        """The ways to sort."""
        return (
            Order("turn", "t", "turn", int),
            Order("outcome", "o", "outcome", self._outcome_key),
            Order("name", "n", "name", self.name_key),
            Order("size", "s", "size", self._size_key, down=True),
        )

    def tell(self, told: Removing | Removed) -> None:
        """Take in what is being done, or what became of a volume."""
        if isinstance(told, Removing):
            self.step = told
            return
        row = self.positions.get(told.volume)
        if row is not None and self.outcomes[row] is None:
            self.outcomes[row] = told
            self.counts[told.outcome] += 1

    @property
    def done(self) -> int:
        """How many have ended somehow."""
        return self.counts.total()

    def freed(self) -> list[int | None]:
        """Sizes of those that went, as they were known before."""
        return [
            volume.size.size if volume.size else None
            for volume, told in zip(self.volumes, self.outcomes, strict=True)
            if told is not None and told.outcome is Outcome.REMOVED
        ]

    def _outcome(self, row: int) -> Spans:
        told = self.outcomes[row]
        if told is not None:
            return [(OUTCOME_WORDS[told.outcome], _STYLES[told.outcome])]
        if self.step is not None and self.step.volume == self.names[row]:
            return [(_DOING[self.step.doing], "bar")]
        return [("", "")]

    def _outcome_key(self, row: int) -> tuple[int, int]:
        told = self.outcomes[row]
        return (len(_ORDER) if told is None else _ORDER.index(told.outcome)), row

    def _name(self, row: int) -> Spans:
        told = self.outcomes[row]
        gone = told is not None and told.outcome in {Outcome.GONE, Outcome.REMOVED}
        volume = self.volumes[row]
        nameless = volume.anonymous or volume.looks_anonymous
        cut = nameless and not self.wide
        name = safe(volume.name[:_CUT]) + "…" if cut else safe(volume.name)
        return [(name, "dim" if gone else "")]

    def _size(self, row: int) -> Spans:
        known = self.volumes[row].size
        return [("?" if known is None else size(known.size), "dim")]

    def _size_key(self, row: int) -> int:
        known = self.volumes[row].size
        return -1 if known is None else known.size

    def _reason(self, row: int) -> Spans:
        told = self.outcomes[row]
        if told is not None and told.error is not None:
            # The name stands beside it.
            return [(sentence(told.error).removeprefix(f"{safe(self.names[row])} "), "dim")]
        return [("", "")]
