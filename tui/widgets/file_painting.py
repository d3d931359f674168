"""Painting rows of a file: line numbers, what was found, what stands beyond the screen."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip
from textual.widget import Widget

from tui.documents.hex import digits_for
from tui.engine.filesearch import Hit
from tui.engine.lineindex import LineIndex
from tui.viewing.painted import Painted, paint_hex, paint_text
from tui.viewing.rows import HexRows, Row, TextRows
from tui.viewing.window import Window

_LEAST_DIGITS = 4


def cells(text: str) -> int:
    """How wide a text is."""
    return len(text) if text.isascii() else cell_len(text)


class PaintedFile(Widget):
    """Paints the rows of a `Window`; what a row costs does not depend on the file."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"view--number", "view--hit", "view--current"}

    def __init__(self) -> None:
        super().__init__()
        self.index = LineIndex()
        self.hits: Sequence[Hit] = ()
        """What is to be marked of what is on the screen, in the order of the file."""
        self.current: Hit | None = None
        self._window: Window | None = None
        self._left = 0
        self._number: int | None = None
        self._painted: dict[int, Painted] = {}

    @property
    def window(self) -> Window:
        """The rows on the screen; there is one once a file is shown."""
        assert self._window is not None
        return self._window

    @property
    def hex(self) -> bool:
        """Whether bytes are shown instead of text."""
        return self._window is not None and isinstance(self._window.rows, HexRows)

    @property
    def lines(self) -> tuple[int, int] | None:
        """Numbers of the first and the last line on the screen, once they are known."""
        if self._number is None:
            return None
        return self._number, self._number + sum(row.starts_line for row in self.window.shown[1:])

    @property
    def line_count(self) -> int | None:
        """How many lines there are, once they are counted."""
        text = self._window is not None and isinstance(self._window.rows, TextRows)
        return len(self.index) if text and self.index.complete else None

    def mark(self, hits: Sequence[Hit]) -> None:
        """Mark what was found on the screen."""
        if tuple(hits) != tuple(self.hits):
            self.hits = hits
            self._repaint()

    def counted(self) -> None:
        """The index knows more than before."""
        if self._number is None and self._window:
            self._find_number()
            if self._number is not None:
                self._repaint()

    def _find_number(self) -> None:
        rows = self.window.rows
        self._number = None
        if isinstance(rows, TextRows) and self.window.shown:
            self._number = rows.number(self.index, self.window.top)

    def _repaint(self) -> None:
        self._painted.clear()
        self.refresh()

    def _gutter(self) -> int:
        """Cells of line numbers, known or not."""
        if self.hex:
            return 0
        return max(_LEAST_DIGITS, len(str(len(self.index)))) + 1

    def _room(self) -> int:
        return max(1, self.size.width - self._gutter())

    def _paint(self, row: Row) -> Painted:
        painted = self._painted.get(row.start)
        if painted is None:
            hits = [hit for hit in self.hits if hit[0] < row.end and hit[1] > row.start]
            painted = self._painted[row.start] = self._paint_anew(row, hits)
        return painted

    def _paint_anew(self, row: Row, hits: Sequence[Hit]) -> Painted:
        rows = self.window.rows
        if isinstance(rows, TextRows):
            return paint_text(row, rows.encoding, hits)
        return paint_hex(row, digits_for(rows.size), hits)

    def render_line(self, y: int) -> Strip:
        """One row of the screen."""
        base = self.rich_style
        shown = self._window.shown if self._window else []
        if y >= len(shown):
            return Strip.blank(self.size.width, base)
        strip = self._cropped(self._paint(shown[y]), base)
        if self._gutter():
            strip = Strip.join([Strip([self._number_of(y, base)]), strip])
        return strip.simplify().adjust_cell_length(self.size.width, base)

    def _number_of(self, y: int, base: Style) -> Segment:
        shown, digits = self.window.shown, self._gutter() - 1
        style = base + self.get_component_rich_style("view--number", partial=True)
        if self._number is None or not shown[y].starts_line:
            return Segment(" " * (digits + 1), style)
        number = self._number + sum(row.starts_line for row in shown[1 : y + 1])
        return Segment(f"{number:>{digits}} ", style)

    def _cropped(self, painted: Painted, base: Style) -> Strip:
        """What the screen shows of a row; marks tell that there is more."""
        left, room, text = self._left, self._room(), painted.text
        segments, at = [], 0
        for begin, end, hit in painted.hits:
            name = "view--current" if hit == self.current else "view--hit"
            style = base + self.get_component_rich_style(name, partial=True)
            segments += [Segment(text[at:begin], base), Segment(text[begin:end], style)]
            at = end
        strip = Strip([*segments, Segment(text[at:], base)])
        if text.isascii() and not painted.hits:
            strip = Strip([Segment(text[left : left + room], base)])
        elif left or strip.cell_length > room:
            strip = strip.crop(left, left + room)
        if strip.cell_length >= room and cells(text) > left + room:
            strip = Strip.join([strip.crop(0, room - 1), Strip([Segment("…", base)])])
        if left and strip.cell_length > 0:
            strip = Strip.join([Strip([Segment("…", base)]), strip.crop(1)])
        return strip
