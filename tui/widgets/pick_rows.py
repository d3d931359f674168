"""A few things to choose from, as rows of a table."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from tui.widgets.table import Column, Rows, Spans


class Title(NamedTuple):
    """What stands over a column of cells."""

    words: str
    width: int = 0
    """Cells; 0: whatever the others leave."""
    at: int = 0
    """Width of the table from which on the column is shown."""
    keep_end: bool = False


class PickRows(Rows):
    """Cells that are there already, in the order they are given in."""

    def __init__(self, titles: Sequence[Title], cells: Sequence[Sequence[Spans]]) -> None:
        super().__init__()
        self._cells = cells
        self._titles = titles
        self.add_names(f"{row:06}" for row in range(len(cells)))

    @property
    def columns(self) -> tuple[Column, ...]:
        """How a row is shown."""
        return tuple(
            Column(
                title.words, title.words, self._column(number), title.width, at=title.at,
                keep_end=title.keep_end,
            )
            for number, title in enumerate(self._titles)
        )  # fmt: skip

    def _column(self, number: int) -> Callable[[int], Spans]:
        return lambda row: self._cells[row][number]
