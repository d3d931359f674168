"""A pane with a table, its filter, and a sentence in place of the table where there is none."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static

from tui.presentation import counted
from tui.widgets.notice import Notice
from tui.widgets.pane import Pane
from tui.widgets.table import Rows, VirtualTable

if TYPE_CHECKING:
    from textual.widgets import Input

    from tui.widgets.filter_line import FilterLine

PATIENCE = 3
"""Seconds without an answer after which the wait is told."""

HOLD = 0.5
"""Seconds that keys wait for rows they are meant for; from then on they mean what is shown."""

CHOOSES = {"enter", "up", "down"}
"""Keys in the line of a filter that depend on the rows it leaves."""

LEAVES = {"h", "left", "backspace"}
"""Keys that go back, whatever is listed."""

NEEDS_ROW = {"open", "follow", "inspect", "copy"}
"""Actions on the row under the cursor."""


class ListPane(Pane):
    """A table that can be filtered; says why where there is nothing to list."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "escape", "clear_filter", "Clear filter", id="filter.clear", key_display="Esc",
            tooltip="Show every name again",
        ),
    ]  # fmt: skip

    def __init__(self, title: str, rows: Rows, name: str) -> None:
        super().__init__(title, name)
        self.table = VirtualTable(rows, f"{name}-table")
        self._filter: FilterLine | None = None
        self.notice = Notice()
        self.stale = Static(classes="stale", markup=False)
        self.warning: str | None = None
        """What the line above the list says."""
        self._has_row = False
        self.expected: float | None = None
        """Monotonic time since when other rows are about to be shown."""
        self._question: object = None
        """Stands for the question that was asked last."""
        self._asked: float | None = None
        """Monotonic time since when it waits for an answer."""

    def compose(self) -> ComposeResult:
        """Title, warning, filter, then the table or the sentence."""
        yield from super().compose()
        yield self.stale
        yield self.notice
        yield self.table

    def on_mount(self) -> None:
        """Hide what has nothing to say yet."""
        self.stale.display = self.table.display = False
        self.set_interval(1, self._tell_wait)

    def say(self, sentence: Content | None) -> None:
        """Show a sentence in place of the table, or the table."""
        had_focus = self.has_focus_within
        if sentence is not None:
            self.notice.say(sentence)
        self.notice.display = sentence is not None
        self.table.display = sentence is None
        if had_focus and not (self._filter and self._filter.has_focus_within):
            self.take_focus()

    def warn(self, sentence: str | None) -> None:
        """Show that the list is older than it should be, on one line above it."""
        self.warning = sentence
        self.stale.display = sentence is not None
        self.stale.update(Content(sentence or ""))

    @property
    def front(self) -> Widget:
        """The table, or the sentence that stands for it."""
        return self.table if self.table.display else self.notice

    @contextmanager
    def asking(self) -> Iterator[None]:
        """While a question to the engine is open, a long wait is told."""
        self._question = question = object()
        self._asked = time.monotonic()
        try:
            yield
        finally:
            if self._question is question:
                self._asked = None

    def heard(self) -> None:
        """A part of the answer came: the wait begins anew."""
        if self._asked is not None:
            self._asked = time.monotonic()

    @property
    def waits_for_answer(self) -> bool:
        """Whether a question to the engine is open."""
        return self._asked is not None

    def _tell_wait(self) -> None:
        if self._asked is not None:
            seconds = int(time.monotonic() - self._asked)
            if seconds >= PATIENCE:
                self.tell_wait(seconds)

    def tell_wait(self, seconds: int) -> None:
        """Say that the engine has not answered for so long; the pane knows where."""

    def arranged(self) -> None:
        """Say why nothing is listed, or how much is; called when the table changed."""

    def counts(self, thing: str = "") -> str:
        """How many rows there are, are shown, are marked."""
        shown, total = len(self.table.arrangement.view), len(self.table.rows)
        words = counted(total, thing) if thing else f"{total:,}"
        if shown != total:
            words = f"{shown:,} of {words}"
        marked = self.table.marking.count
        return f"{words}, {marked:,} marked" if marked else words

    @on(VirtualTable.Moved)
    def _row_changed(self) -> None:
        if self._has_row != (self.table.row is not None):
            self._has_row = not self._has_row
            self.refresh_bindings()

    @on(VirtualTable.Changed)
    def _table_changed(self) -> None:
        self.arranged()

    def on_input_changed(self, event: Input.Changed) -> None:
        """Filter as the user types."""
        event.stop()
        if self._filter:
            self.table.filter_rows(event.value)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Go back to the list; the filter stays if there is one."""
        event.stop()
        if event.value:
            self.table.stay()
            self.take_focus()
        else:
            self.action_clear_filter()

    @property
    def filter_text(self) -> str:
        """What the list is filtered by, as it was typed."""
        return self._filter.text if self._filter else ""

    async def open_filter(self) -> None:
        """Let the user type what to filter by, the keys already typed included."""
        if self._filter:
            self._filter.take_focus()
            return
        from tui.widgets.filter_line import FilterLine

        self._filter = FilterLine(self.table)
        await self.mount(self._filter, before=self.notice)
        self._filter.take_focus()

    def close_filter(self) -> None:
        """Filter by nothing, and take no place."""
        if self._filter:
            self._filter.remove()
            self._filter = None
            self.table.filter_rows("")
            self.refresh_bindings()

    def action_clear_filter(self) -> None:
        """Show every name again."""
        self.take_focus()
        self.close_filter()

    def holds(self, typed: events.Key | events.Paste) -> bool:
        """Whether a key has to wait for the rows it is meant for."""
        key = typed.key if isinstance(typed, events.Key) else ""
        if self.expected is not None and key not in LEAVES:
            return time.monotonic() < self.expected + HOLD
        types = self._filter is not None and self._filter.has_focus_within
        return self.table.filtering and (key in CHOOSES or not types)

    def check_action(self, action: str, _parameters: tuple[object, ...]) -> bool | None:
        """Grey what needs a row where there is none; hide what clears a filter that is empty."""
        if action == "clear_filter":
            return self._filter is not None
        return None if action in NEEDS_ROW and self.table.row is None else True

    def reason(self, _action: str) -> str:
        """Why a greyed action cannot be done."""
        return "nothing is listed here."
