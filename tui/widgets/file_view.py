"""FileView: rows of a file of any size, of which only what is on the screen is read."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable
from functools import partial
from typing import ClassVar

from textual import events, work
from textual.binding import Binding, BindingType
from textual.message import Message

from tui.engine import EngineError
from tui.engine.filesearch import Hit
from tui.viewing.blocks import Missing
from tui.viewing.rows import HexRows, Rows, TextRows
from tui.viewing.source import FileSource
from tui.viewing.window import Window
from tui.widgets.file_painting import PaintedFile, cells

PATIENCE = 3.0
"""Seconds without an answer after which the wait is told."""

WHEEL = 3
"""Rows of one notch of the mouse wheel."""

HELD = 0.6
"""Seconds after a step to the left in which another one, a key that is held, does not leave."""


class FileView(PaintedFile, can_focus=True, inherit_bindings=False):
    """Paints a `Window` over a `FileSource`; what is not read yet is read in the background."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "down,j,enter", "move(1)", "Down", id="lines.down", show=False,
            tooltip="Scroll down by a line",
        ),
        Binding(
            "up,k", "move(-1)", "Up", id="lines.up", show=False,
            tooltip="Scroll up by a line",
        ),
        Binding(
            "pagedown,space", "page(1)", "A page down", id="lines.page_down", show=False,
            tooltip="Scroll down by a page",
        ),
        Binding(
            "pageup", "page(-1)", "A page up", id="lines.page_up", show=False,
            tooltip="Scroll up by a page",
        ),
        Binding(
            "ctrl+d", "page(0.5)", "Half a page down", id="lines.half_down", show=False,
            tooltip="Scroll down by half a page",
        ),
        Binding(
            "ctrl+u", "page(-0.5)", "Half a page up", id="lines.half_up", show=False,
            tooltip="Scroll up by half a page",
        ),
        Binding(
            "home,g", "top", "To the top", id="lines.top", show=False,
            tooltip="Scroll to the first line",
        ),
        Binding(
            "end,G", "bottom", "To the end", id="lines.end", show=False,
            tooltip="Scroll to the last line",
        ),
        Binding(
            "l,right", "sideways(1)", "To the right", id="view.right", show=False,
            tooltip="Show what is further right",
        ),
        Binding(
            "h,left", "sideways(-1)", "To the left, then back", id="view.left", show=False,
            tooltip="Show what is further left; at the beginning of lines go back",
        ),
    ]  # fmt: skip

    class Moved(Message):
        """Other rows are on the screen, or the same ones anew."""

    class Left(Message):
        """The user went to the left of the first column."""

    class Waiting(Message):
        """Nothing was read for a while."""

    class Failed(Message):
        """What was to be shown cannot be read."""

        def __init__(self, error: EngineError) -> None:
            super().__init__()
            self.error = error

    def __init__(self) -> None:
        super().__init__()
        self.source: FileSource | None = None
        self._stepped_left = 0.0
        self._moves: deque[Callable[[Window], None]] = deque()
        self._busy = False
        self._early = False
        """Whether something was to be revealed before there was a size to do it in."""
        self.at_end = False
        """Whether the last row is on the screen, or asked for: then it stays there."""

    # What is shown

    def show(self, source: FileSource, *, as_hex: bool) -> None:
        """Show a file that was opened, as text or as bytes, from the row that is on top then."""
        rows: Rows = HexRows(source.blocks)
        if not as_hex and source.encoding:
            rows = TextRows(source.blocks, source.encoding)

        def move(window: Window) -> None:
            other = Window(rows)
            other.height = window.height
            other.go(window.top)
            self._window, self._left = other, 0

        if self._window is None:
            self._window = Window(rows)
        self.source = source
        self.do(move)

    # Moving

    @property
    def moving(self) -> bool:
        """Whether what was asked for has still to be read."""
        return self._busy

    def do(self, move: Callable[[Window], None]) -> None:
        """Move, at once where everything is there, else after what was asked for before."""
        if self._window is None:
            return
        self._window.height = max(1, self.size.height)
        if not self._busy:
            try:
                move(self._window)
            except Missing:
                pass
            else:
                self._moved()
                return
        self._moves.append(move)
        if not self._busy:
            self._busy = True
            self._read()

    @work(group="read")
    async def _read(self) -> None:
        timer = self.set_timer(PATIENCE, lambda: self.post_message(self.Waiting()))
        try:
            while self._moves and self.source:
                move = self._moves[0]
                await self.source.reading(partial(move, self.window))
                if self._moves and self._moves[0] is move:
                    self._moves.popleft()
                self._moved()
                timer.reset()
        except EngineError as error:
            self._moves.clear()
            self.post_message(self.Failed(error))
        finally:
            self._busy = False
            timer.stop()

    def _moved(self) -> None:
        self.at_end = self.window.at_end
        self._find_number()
        self._repaint()
        self.post_message(self.Moved())

    def action_move(self, rows: int) -> None:
        """Scroll by rows."""
        self.do(lambda window: window.scroll(rows))

    def action_page(self, pages: float) -> None:
        """Scroll by pages."""
        step = max(1, int((self.size.height - 1) * abs(pages)))
        self.action_move(step if pages > 0 else -step)

    def action_top(self) -> None:
        """Go to the first row."""
        self._left = 0
        self.do(lambda window: window.go(0))

    def action_bottom(self) -> None:
        """Go to the last row."""
        self.at_end = True
        self.do(lambda window: window.end())

    def action_sideways(self, step: int) -> None:
        """Scroll by half a screen to the right or left; left of the first column it leaves."""
        now = time.monotonic()
        if step < 0 and self._left == 0:
            if now - self._stepped_left > HELD:
                self.post_message(self.Left())
            return
        if step < 0:
            self._stepped_left = now
        room = self._room()
        longest = max((cells(self._paint(row).text) for row in self.window.shown), default=0)
        self._left = max(0, min(self._left + step * max(1, room // 2), longest - room // 2))
        self.refresh()

    def grew(self) -> None:
        """The file grew or is another one: go to its end where that was shown, else fill up."""
        if self.at_end:
            self.action_bottom()
        else:
            self.do(lambda window: window.refit())

    def go(self, offset: int) -> None:
        """Have the row on top that an offset is in."""
        self.do(lambda window: window.go(offset))

    def go_to_line(self, number: int) -> None:
        """Have a line on top, the last one if there are not so many."""

        def move(window: Window) -> None:
            if isinstance(window.rows, TextRows):
                offset = window.rows.line(self.index, number)
                window.go(window.rows.size if offset is None else offset)

        self.do(move)

    def reveal(self, hit: Hit) -> None:
        """Have something that was found on the screen, and mark it as the current one."""

        def move(window: Window) -> None:
            self._early = not self.size.height
            window.reveal(hit[0])
            if not self._early:
                self._reveal_column(hit)

        self.current = hit
        self.do(move)

    def _reveal_column(self, hit: Hit) -> None:
        row = next((row for row in self.window.shown if row.start <= hit[0] < row.end), None)
        if row is None:
            return
        painted = self._paint_anew(row, [hit])
        begin, end = painted.hits[0][:2] if painted.hits else (0, 0)
        first, last = cells(painted.text[:begin]), cells(painted.text[:end])
        room = self._room()
        if first < self._left or last >= self._left + room:
            self._left = 0 if last < room else max(0, first - room // 3)

    def on_resize(self) -> None:
        """Fill the screen, staying at the end where one is by then."""

        def move(window: Window) -> None:
            if self._early and self.current:
                window.shown = []
                window.reveal(self.current[0])
                self._reveal_column(self.current)
                self._early = False
            elif window.at_end and window.top > 0:
                window.end()
            else:
                window.refit()

        self.do(move)

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        """Scroll down."""
        event.stop()
        self.action_move(WHEEL)

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        """Scroll up."""
        event.stop()
        self.action_move(-WHEEL)
