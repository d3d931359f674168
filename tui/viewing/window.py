"""Window: the rows on the screen, and where one goes from there."""

from __future__ import annotations

from tui.viewing.rows import Row, Rows, following, preceding

CONTEXT = 3
"""What was looked for stands below this part of the screen: a third."""


class Window:
    """Moves over rows; every move raises `Missing`, and moves nothing, where something is not read.

    The last row of a file never stands above the last row of the screen where there are enough.
    """

    def __init__(self, rows: Rows) -> None:
        self.rows = rows
        self.height = 1
        self.shown: list[Row] = []

    @property
    def top(self) -> int:
        """Where the first row on the screen begins."""
        return self.shown[0].start if self.shown else 0

    @property
    def bottom(self) -> int:
        """Where the last row on the screen ends."""
        return self.shown[-1].end if self.shown else 0

    @property
    def at_end(self) -> bool:
        """Whether the last row of the file is on the screen."""
        return self.bottom >= self.rows.size

    def refit(self) -> None:
        """Fill the screen anew from the same row: its height or the file changed."""
        self.go(self.top)

    def go(self, offset: int) -> None:
        """Put the row that an offset is in on top."""
        offset = max(0, min(offset, self.rows.size - 1))
        self._fill(self.rows.start_of(offset))

    def scroll(self, count: int) -> None:
        """Move by rows, down or up."""
        if count > 0:
            rows = following(self.rows, self.top, count + self.height)
            self.shown = rows[-self.height :] if len(rows) > self.height else self._last(rows)
        else:
            before = preceding(self.rows, self.top, -count)
            self._fill(before[0].start if before else self.top)

    def end(self) -> None:
        """Show the last rows."""
        self.shown = preceding(self.rows, self.rows.size, self.height)

    def reveal(self, offset: int) -> None:
        """Have the row on the screen that an offset is in."""
        if not self.top <= offset < self.bottom:
            start = self.rows.start_of(offset)
            before = preceding(self.rows, start, self.height // CONTEXT)
            self._fill(before[0].start if before else start)

    def _fill(self, start: int) -> None:
        rows = following(self.rows, start, self.height)
        self.shown = rows if len(rows) == self.height else self._last(rows)

    def _last(self, rows: list[Row]) -> list[Row]:
        """As many rows up to the end as fit, of which some are known."""
        if not rows:
            return preceding(self.rows, self.rows.size, self.height)
        return preceding(self.rows, rows[0].start, self.height - len(rows)) + rows
