"""VirtualTable: a list of any length; what a key costs depends on the height of the screen only."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any, ClassVar

from textual import events
from textual.binding import BindingType
from textual.message import Message

from tui.widgets.table.arrangement import Arrangement
from tui.widgets.table.cells import GUTTER
from tui.widgets.table.cursor import RowsWithCursor
from tui.widgets.table.keys import TABLE_KEYS
from tui.widgets.table.marking import Marking
from tui.widgets.table.rows import Rows
from tui.widgets.table.stepping import AT_ONCE, Stepper, let_keys_pass

LARGE = 20_000
"""Rows that take so long to sort that it would be seen."""


class VirtualTable(RowsWithCursor, can_focus=True, inherit_bindings=False):
    """Shows `Rows`: cursor, marks, filter, sort, mouse; rows may stream in meanwhile."""

    BINDINGS: ClassVar[list[BindingType]] = TABLE_KEYS

    class Moved(Message):
        """The cursor stands on another row, or on none."""

    class Opened(Message):
        """The row under the cursor was double-clicked."""

    class Changed(Message):
        """What is shown, marked or sorted changed."""

    def __init__(self, rows: Rows, name: str, *, sort: str = "name") -> None:
        super().__init__(rows, sort, name)
        self.marking = Marking(rows)
        self._filtered = False
        """Whether the cursor goes to the top once the filter under way is shown."""
        self._coming: Arrangement | None = None
        """A fresh reading that is shown once it is in order."""
        self._steady = False
        """Whether what is being arranged may not move what is seen."""
        self._version = 0
        self._stepper = Stepper(self, self._stepped, self._rest)
        self._told: str | None = None

    # Data

    def show_rows(self, rows: Rows, *, anchor: str | None = None, keep: bool = False) -> None:
        """Show other rows in the same order, the cursor on the row named `anchor` once it is there.

        With `keep` they are a fresh reading of the same things: cursor and marks stay by name.
        """
        old = self.arrangement
        if self._coming is not None:
            self._coming.abandon()
            self._coming = None
        if keep:
            if len(rows) > LARGE and old.view:
                self._renew(rows)
                return
            anchor = self._anchor
            self._keep_marks(rows)
        self._stepper.stop()
        old.abandon()
        self.rows, self._anchor = rows, anchor
        self.marking = Marking(rows)
        self.arrangement = Arrangement(rows, old.sort, old.reverse)
        self._version, self._filtered, self._steady = -1, False, False
        if not keep:
            self.set_reactive(VirtualTable.cursor, 0)
            self.scroll_to(0, 0, animate=False)
        self.arrangement.filter_by(old.query if keep else "")
        self.arrangement.append()
        self.arrangement.sort_by(old.sort, reverse=old.reverse)
        self._stepper.start(self.arrangement.steps(), AT_ONCE)

    def _renew(self, rows: Rows) -> None:
        """Put a fresh reading in order before it is shown."""
        now = self.arrangement
        self._coming = coming = Arrangement(rows, now.sort, now.reverse)
        coming.filter_by(now.query)
        coming.append()
        coming.sort_by(now.sort, reverse=now.reverse)
        self._stepper.start(self._renewing(coming), AT_ONCE)

    def _renewing(self, coming: Arrangement) -> Iterator[None]:
        yield from coming.steps()
        self._take_what_comes()

    def _take_what_comes(self) -> None:
        """Show a fresh reading that was being put in order, as far as that was done."""
        if self._coming is not None:
            self._keep_marks(self._coming.rows)
            self._coming.rows.selective = self.rows.selective
            self.arrangement.abandon()
            self.arrangement, self.rows, self._coming = self._coming, self._coming.rows, None
            self.marking = Marking(self.rows)
            self._version, self._steady = -1, True

    def _keep_marks(self, rows: Rows) -> None:
        marked = {self.rows.names[row] for row in self.rows.marked()}
        for row, name in enumerate(rows.names if marked else ()):
            rows.marks[row] = name in marked

    def rows_added(self) -> None:
        """Show the rows that were appended to `rows`, unsorted behind the others."""
        first = not self.arrangement.view
        known, shown = len(self.arrangement.order), len(self.arrangement.view)
        self.arrangement.append()
        if len(self.arrangement.order) == known:
            return
        self._resize_content()
        if self.name_under_cursor != self._anchor:
            self._return_to_anchor(known)
        if first or shown < self.size.height + self.scroll_offset.y:
            self.refresh()
        self._tell()

    def seek(self, name: str) -> None:
        """Put the cursor on the row of that name, as soon as it is there."""
        self._anchor = name
        self._return_to_anchor()
        self.refresh()
        self._tell()

    def sort_rows(self, sort: str | None = None, reverse: bool | None = None) -> None:
        """Sort by a column, or again by the present one; what is shown changes when it is done."""
        self._take_what_comes()
        now = self.arrangement
        self.marking.end_range()
        now.append()
        now.sort_by(sort or now.sort, reverse=now.reverse if reverse is None else reverse)
        self._stepper.start(now.steps())

    def filter_rows(self, query: str) -> None:
        """Show only rows whose name contains `query`, without regard to case, when that is done."""
        self._take_what_comes()
        self.marking.end_range()
        self.arrangement.append()
        self.arrangement.filter_by(query)
        self._filtered = bool(query)
        self._stepper.start(self.arrangement.steps())

    def merge_rows(self, items: Mapping[str, Any], gone: Collection[str]) -> None:
        """Take in rows that are new or different, by name, and leave those out that are gone.

        Only while not `busy`. Cursor and marks stay by name, and the cursor where it is seen.
        """
        self._steady = True
        self.arrangement.merge(items, gone)
        self._stepper.start(self.arrangement.steps())

    @property
    def busy(self) -> bool:
        """Whether a sort or a filter is still at work."""
        return self._stepper.busy

    @property
    def filtering(self) -> bool:
        """Whether the rows shown do not follow the filter yet."""
        return self.arrangement.filtering

    async def _rest(self) -> None:
        await let_keys_pass(self.app)

    def _stepped(self) -> None:
        if self._version != self.arrangement.version:
            self._version = self.arrangement.version
            self._arranged()
        elif not self._stepper.busy:
            self._tell()

    def _arranged(self) -> None:
        before, top = self.cursor, self.scroll_offset.y
        self._resize_content()
        if not self._return_to_anchor():
            if self._filtered:
                self.set_reactive(VirtualTable.cursor, 0)
            elif self._steady:  # What the cursor stood on is gone.
                self.stay()
        if self._steady and top:
            self.scroll_to(y=top + self.cursor - before, animate=False)
        self._steady = False
        self._filtered = self._filtered and self.filtering
        self._show_cursor()
        self.refresh()
        self._tell()

    def _tell(self) -> None:
        if self.name_under_cursor != self._told:
            self._told = self.name_under_cursor
            self.post_message(self.Moved())
        self.post_message(self.Changed())

    # Input

    def watch_cursor(self, old: int, new: int) -> None:
        """Follow the cursor, repainting two lines unless the list scrolls."""
        self.stay()
        if self.marking.stretch(self.arrangement.view, new):
            self.refresh()
        if not self._show_cursor():
            self.refresh_lines(old + 1)
            self.refresh_lines(new + 1)
        self._tell()

    def action_mark(self) -> None:
        """Mark the row under the cursor, or take its mark away, and go to the next."""
        if self.row is not None:
            self.marking.toggle(self.row)
            self.refresh_lines(self.cursor + 1)
            self.cursor += 1
            self._tell()

    def action_mark_range(self) -> None:
        """Begin a range of marks that follows the cursor, or end it."""
        self.marking.begin_or_end(self.arrangement.view, self.cursor)
        self.refresh()
        self._tell()

    def action_mark_all(self) -> None:
        """Mark every row that is shown."""
        self.marking.mark_all(self.arrangement.view)
        self.refresh()
        self._tell()

    def action_mark_inverse(self) -> None:
        """Mark what is shown and not marked, and the other way round."""
        self.marking.invert(self.arrangement.view)
        self.refresh()
        self._tell()

    def on_click(self, event: events.Click) -> None:
        """Sort by the header, select a row, open it by a double click."""
        if event.y == 0:
            self._sort_by_header(event.x - GUTTER)
            return
        position = self.scroll_offset.y + event.y - 1
        if position >= len(self.arrangement.view):
            return
        self.cursor = position
        if event.chain == 2:
            self.post_message(self.Opened())

    def _sort_by_header(self, x: int) -> None:
        for column, width in self.columns_shown():
            if x < width:
                now = self.arrangement
                if self.rows.order(column.id):
                    self.sort_rows(column.id, now.sort == column.id and not now.reverse)
                return
            x -= width

    def on_focus(self) -> None:
        """Paint the cursor as a bar."""
        self.refresh_lines(self.cursor + 1)

    def on_blur(self) -> None:
        """Paint the cursor dimmer."""
        self.refresh_lines(self.cursor + 1)

    def on_unmount(self) -> None:
        """End what is still being sorted."""
        self._stepper.stop()
