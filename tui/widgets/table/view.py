"""VirtualTable: a list of any length whose cost per key depends on the height of the screen only."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from typing import ClassVar

from rich.cells import cell_len, set_cell_size
from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Size
from textual.message import Message
from textual.reactive import reactive
from textual.scroll_view import ScrollView
from textual.strip import Strip

from tui.widgets.table.arrangement import Arrangement
from tui.widgets.table.marking import Marking
from tui.widgets.table.rows import Column, Rows, Spans

SLICE = 0.006
"""Seconds the event loop may be kept from serving keys."""

GUTTER = 2
"""Cells before the first column: the cursor's bar or the mark, and a space."""

GAP = 2
"""Cells between columns."""

STYLES = (
    "cursor", "blurred", "mark", "header", "dim", "folder", "link", "special", "running",
    "warning", "match", "unread",
)  # fmt: skip
"""What a cell's text may be styled as: component classes of the table."""


class VirtualTable(ScrollView, can_focus=True):
    """Shows `Rows`: cursor, marks, filter, sort, mouse; rows may stream in meanwhile."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {f"table--{name}" for name in STYLES}

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down,j", "move(1)", "Down", id="move.down", show=False),
        Binding("up,k", "move(-1)", "Up", id="move.up", show=False),
        Binding("pagedown", "page(1)", "A page down", id="move.page_down", show=False),
        Binding("pageup", "page(-1)", "A page up", id="move.page_up", show=False),
        Binding("ctrl+d", "page(0.5)", "Half a page down", id="move.half_down", show=False),
        Binding("ctrl+u", "page(-0.5)", "Half a page up", id="move.half_up", show=False),
        Binding("home,g", "go(0)", "To the top", id="move.top", show=False),
        Binding("end,G", "go(-1)", "To the end", id="move.end", show=False),
        Binding("space", "mark", "Mark", id="mark.one", show=False),
        Binding("v", "mark_range", "Mark a range", id="mark.range", show=False),
        Binding("ctrl+a", "mark_all", "Mark all", id="mark.all", show=False),
        Binding("asterisk", "mark_inverse", "Invert marks", id="mark.invert", show=False),
    ]

    cursor = reactive(0, repaint=False)
    """Position in the view."""

    class Moved(Message):
        """The cursor stands on another row, or on none."""

    class Opened(Message):
        """The row under the cursor was double-clicked."""

    class Changed(Message):
        """What is shown, marked or sorted changed."""

    def __init__(self, rows: Rows, *, sort: str = "name", id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self.rows = rows
        self.arrangement = Arrangement(rows, sort)
        self.marking = Marking(rows)
        self._anchor: str | None = None
        self._arranging: asyncio.Task[None] | None = None
        self._told: str | None = None
        self._rich_styles: dict[str, Style] = {}

    # Data

    def show_rows(self, rows: Rows, *, anchor: str | None = None, keep: bool = False) -> None:
        """Show other rows in the same order, the cursor on the row named `anchor` once it is there.

        With `keep` they are a fresh reading of the same things: cursor and marks stay by name.
        """
        old = self.arrangement
        if keep:
            anchor = self._anchor
            marked = {self.rows.names[row] for row in self.rows.marked()}
            for row, name in enumerate(rows.names):
                rows.marks[row] = name in marked
        self._stop_arranging()
        self.rows, self._anchor = rows, anchor
        self.marking = Marking(rows)
        self.arrangement = Arrangement(rows, old.sort, old.reverse)
        if keep:
            self.arrangement.query = old.query
        else:
            self.set_reactive(VirtualTable.cursor, 0)
            self.scroll_to(0, 0, animate=False)
        self.arrangement.append()
        self.sort_rows()

    def rows_added(self) -> None:
        """Show the rows that were appended to `rows`, unsorted behind the others."""
        if self._arranging:
            return
        first = not self.arrangement.view
        self.arrangement.append()
        self._resize_content()
        self._return_to_anchor()
        if first or len(self.arrangement.view) < self.size.height + self.scroll_offset.y:
            self.refresh()
        self._tell()

    def seek(self, name: str) -> None:
        """Put the cursor on the row of that name, as soon as it is there."""
        self._anchor = name
        self._return_to_anchor()
        self.refresh()
        self._tell()

    def sort_rows(self, sort: str | None = None, reverse: bool | None = None) -> None:
        """Sort by a column, or again by the present one."""
        now = self.arrangement
        self._arrange(now.sorting(sort or now.sort, now.reverse if reverse is None else reverse))

    def filter_rows(self, query: str) -> None:
        """Show only rows whose name contains `query`, without regard to case."""
        self._arrange(self.arrangement.filtering(query))

    @property
    def busy(self) -> bool:
        """Whether a sort or a filter is still at work."""
        return self._arranging is not None

    @property
    def row(self) -> int | None:
        """The row under the cursor."""
        view = self.arrangement.view
        return view[self.cursor] if self.cursor < len(view) else None

    @property
    def name_under_cursor(self) -> str | None:
        """Name of the row under the cursor."""
        return None if self.row is None else self.rows.names[self.row]

    def _arrange(self, steps: Iterator[None]) -> None:
        """Do the steps: at once what fits into a slice, the rest between keys."""
        self._stop_arranging()
        self.marking.end_range()
        if _exhausted(steps):
            self._arranged()
        else:
            self._arranging = asyncio.create_task(self._arrange_rest(steps))

    async def _arrange_rest(self, steps: Iterator[None]) -> None:
        while True:
            self._resize_content()
            self.refresh()
            self._tell()
            await asyncio.sleep(0.001)
            if _exhausted(steps):
                break
        self._arranging = None
        self._arranged()

    def _arranged(self) -> None:
        self.arrangement.append()
        self._resize_content()
        if not self._return_to_anchor():
            self.cursor = 0 if self.arrangement.query else self.cursor
        self._show_cursor()
        self.refresh()
        self._tell()

    def _stop_arranging(self) -> None:
        if self._arranging:
            self._arranging.cancel()
            self._arranging = None

    def _return_to_anchor(self) -> bool:
        if self._anchor is None:
            return False
        try:
            row = self.rows.names.index(self._anchor)
            self.set_reactive(VirtualTable.cursor, self.arrangement.view.index(row))
        except ValueError:
            return False
        self._show_cursor()
        return True

    def _resize_content(self) -> None:
        rows = len(self.arrangement.view)
        self.virtual_size = Size(self.size.width, rows + 1)
        if self.cursor >= rows:
            self.set_reactive(VirtualTable.cursor, max(0, rows - 1))

    def _tell(self) -> None:
        if self.name_under_cursor != self._told:
            self._told = self.name_under_cursor
            self.post_message(self.Moved())
        self.post_message(self.Changed())

    # Painting

    def notify_style_update(self) -> None:
        """Forget styles of the former theme."""
        super().notify_style_update()
        self._rich_styles = {}

    def _style(self, name: str) -> Style:
        if name not in self._rich_styles:
            whole = name in {"cursor", "blurred"}
            self._rich_styles[name] = (
                self.get_component_rich_style(f"table--{name}", partial=not whole)
                if name
                else self.rich_style
            )
        return self._rich_styles[name]

    def _layout(self) -> list[tuple[Column, int]]:
        """Columns that fit, with their cells; the gap before a column counts as its own."""
        width = self.scrollable_content_region.width
        shown = [column for column in self.rows.columns if width >= column.at]
        fixed = sum(column.width + GAP for column in shown if column.width)
        rest = max(1, width - GUTTER - fixed)
        return [(column, column.width + GAP if column.width else rest) for column in shown]

    def render_line(self, y: int) -> Strip:
        """One line of the screen: the header, then the rows from the scroll offset on."""
        if y == 0:
            return self._header_line()
        position = self.scroll_offset.y + y - 1
        if position >= len(self.arrangement.view):
            return Strip.blank(self.size.width, self._style(""))
        row = self.arrangement.view[position]
        on_cursor = position == self.cursor
        bar = on_cursor and self.has_focus
        base = self._style("cursor" if bar else "blurred" if on_cursor else "")
        marked = bool(self.rows.marks[row])
        gutter = "● " if marked else "▌ " if on_cursor else "  "
        mark_style = self._style("mark") if marked and not bar else Style.null()
        segments = [Segment(gutter, base + mark_style)]
        for column, width in self._layout():
            spans = column.spans(row)
            if not column.width:
                spans = self._highlight(_fit(spans, width))
            for text, name in _pad(spans, width, column.right):
                plain = bar or not name
                style = base if plain else base + self._style(name)
                segments.append(Segment(text, style if column.width else style + mark_style))
        return Strip(segments).simplify()

    def _header_line(self) -> Strip:
        style = self._style("") + self._style("header")
        segments = [Segment(" " * GUTTER, style)]
        for column, width in self._layout():
            arrow = ""
            if column.id == self.arrangement.sort:
                arrow = " ▼" if self.arrangement.reverse else " ▲"
            title = column.title + arrow
            if column.right and arrow:
                title = arrow.strip() + " " + column.title
            for text, _ in _pad([(title, "")], width, column.right):
                segments.append(Segment(text, style))
        return Strip(segments).simplify().adjust_cell_length(self.size.width, self._style(""))

    def _highlight(self, spans: Spans) -> Spans:
        query = self.arrangement.query
        if not query:
            return spans
        text, style = spans[0]
        at = text.casefold().find(query) if text.isascii() else -1
        if at < 0:
            return spans
        end = at + len(query)
        return [(text[:at], style), (text[at:end], "match"), (text[end:], style), *spans[1:]]

    # Input

    def validate_cursor(self, position: int) -> int:
        """Keep the cursor on a row."""
        return max(0, min(position, len(self.arrangement.view) - 1))

    def watch_cursor(self, old: int, new: int) -> None:
        """Follow the cursor, repainting two lines unless the list scrolls."""
        self._anchor = self.name_under_cursor
        if self.marking.stretch(self.arrangement.view, new):
            self.refresh()
        if not self._show_cursor():
            self.refresh_lines(old + 1)
            self.refresh_lines(new + 1)
        self._tell()

    def _show_cursor(self) -> bool:
        """Scroll until the cursor is on the screen; whether that was needed."""
        top, height = self.scroll_offset.y, max(1, self.size.height - 1)
        if self.cursor < top:
            self.scroll_to(y=self.cursor, animate=False)
        elif self.cursor >= top + height:
            self.scroll_to(y=self.cursor - height + 1, animate=False)
        return self.scroll_offset.y != top

    def action_move(self, rows: int) -> None:
        """Move the cursor by rows."""
        self.cursor += rows

    def action_page(self, pages: float) -> None:
        """Move the cursor by pages."""
        step = max(1, int((self.size.height - 2) * abs(pages)))
        self.cursor += step if pages > 0 else -step

    def action_go(self, position: int) -> None:
        """Move the cursor to a position, -1 for the last."""
        self.cursor = position if position >= 0 else len(self.arrangement.view) - 1

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
        for column, width in self._layout():
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

    def on_resize(self) -> None:
        """Keep the cursor on the screen."""
        self._resize_content()
        self._show_cursor()

    def on_unmount(self) -> None:
        """End what is still being sorted."""
        self._stop_arranging()


def _exhausted(steps: Iterator[None]) -> bool:
    """Run steps for one slice of time; whether none are left."""
    end = time.perf_counter() + SLICE
    for _ in steps:
        if time.perf_counter() > end:
            return False
    return True


def _fit(spans: Spans, width: int) -> Spans:
    """Cut from the right what does not fit, leaving a gap of one cell to the next column."""
    room = width - 1
    if sum(cell_len(text) for text, _ in spans) <= room:
        return spans
    fitting: list[tuple[str, str]] = []
    for text, style in spans:
        cells = cell_len(text)
        if cells >= room:
            fitting.append((set_cell_size(text, max(0, room - 1)) + "…", style))
            break
        fitting.append((text, style))
        room -= cells
    return fitting


def _pad(spans: Spans, width: int, right: bool) -> Spans:
    """Fill a cell up to its width, or cut it hard."""
    if right:
        text = "".join(text for text, _ in spans)
        cells = cell_len(text)
        if cells > width:
            return [(set_cell_size(text, width), spans[0][1])]
        return [(" " * (width - cells), ""), *spans]
    padded: list[tuple[str, str]] = []
    room = width
    for text, style in spans:
        cells = min(cell_len(text), room)
        padded.append((set_cell_size(text, cells), style))
        room -= cells
    return [*padded, (" " * room, "")] if room else padded
