"""Marks on rows: one by one, all, inverted, or a range that follows the cursor."""

from __future__ import annotations

from collections.abc import Sequence

from tui.widgets.table.rows import Rows

_INVERTED = bytes([1, 0]) + bytes(254)
"""What becomes of a mark; any number of rows at once."""


class Marking:
    """Changes the marks of rows."""

    def __init__(self, rows: Rows) -> None:
        self._rows = rows
        self._start: int | None = None
        self._before = b""

    @property
    def count(self) -> int:
        """Number of marked rows, shown or not."""
        return self._rows.marks.count(1)

    @property
    def ranging(self) -> bool:
        """Whether a range follows the cursor."""
        return self._start is not None

    def toggle(self, row: int) -> None:
        """Mark one row or take its mark away; a range ends there."""
        if not self.ranging:
            self._rows.marks[row] ^= 1
        self._start = None
        self._unmark_barred()

    def begin_or_end(self, view: Sequence[int], position: int) -> None:
        """Begin a range at a position of the view, or end the one that follows the cursor."""
        if self.ranging:
            self._start = None
        elif position < len(view):
            self._start, self._before = position, bytes(self._rows.marks)
            self.stretch(view, position)

    def end_range(self) -> None:
        """Keep the marks of the range and let the cursor go."""
        self._start = None

    def stretch(self, view: Sequence[int], position: int) -> bool:
        """Let the range reach to the cursor; False where there is none."""
        if self._start is None:
            return False
        marks = self._rows.marks
        marks[: len(self._before)] = self._before
        low, high = sorted((self._start, position))
        for row in view[low : high + 1]:
            marks[row] = 1
        self._unmark_barred()
        return True

    def mark_all(self, view: Sequence[int]) -> None:
        """Mark every row of the view."""
        if len(view) == len(self._rows):
            self._rows.marks[:] = b"\1" * len(view)
        else:
            for row in view:
                self._rows.marks[row] = 1
        self._start = None
        self._unmark_barred()

    def invert(self, view: Sequence[int]) -> None:
        """Turn every mark of the view around."""
        if len(view) == len(self._rows):
            self._rows.marks[:] = self._rows.marks.translate(_INVERTED)
        else:
            for row in view:
                self._rows.marks[row] ^= 1
        self._start = None
        self._unmark_barred()

    def _unmark_barred(self) -> None:
        for row in self._rows.barred:
            self._rows.marks[row] = 0
