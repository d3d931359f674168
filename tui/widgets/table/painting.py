"""What a table looks like: header, rows, cursor, marks. The cost is that of the lines painted."""

from __future__ import annotations

from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual.reactive import reactive
from textual.scroll_view import ScrollView
from textual.strip import Strip

from tui.widgets.table.arrangement import Arrangement
from tui.widgets.table.cells import GUTTER, cell, highlight, layout
from tui.widgets.table.rows import Column, Rows, Spans

STYLES = (
    "cursor", "blurred", "mark", "header", "dim", "folder", "link", "special", "running",
    "warning", "match", "bar", "rule",
)  # fmt: skip
"""What a cell's text may be styled as: component classes of the table."""


class PaintedRows(ScrollView):
    """Paints an arrangement of rows, line by line."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {f"table--{name}" for name in STYLES}

    cursor = reactive(0, repaint=False)
    """Position in the view."""

    def __init__(self, rows: Rows, sort: str, name: str) -> None:
        super().__init__(id=name)
        self.rows = rows
        self.arrangement = Arrangement(rows, sort)
        self._rich_styles: dict[str, Style] = {}

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

    def columns_shown(self) -> list[tuple[Column, int]]:
        """Columns that fit, with their cells."""
        return layout(self.rows.columns, self.scrollable_content_region.width)

    def render_line(self, y: int) -> Strip:
        """One line of the screen: the header, then the rows from the scroll offset on."""
        position = self.scroll_offset.y + y - 1
        if y == 0:
            segments = self._header()
        elif position < len(self.arrangement.view):
            segments = self._row(position)
        else:
            segments = []
        last = self._style(self._row_style(position) if y else "")
        return Strip(segments).adjust_cell_length(self.size.width, last).simplify()

    def _row_style(self, position: int) -> str:
        if position != self.cursor or not self.arrangement.view:
            return ""
        return "cursor" if self.has_focus else "blurred"

    def _row(self, position: int) -> list[Segment]:
        row = self.arrangement.view[position]
        background = self._row_style(position)
        base = self._style(background)
        marked = bool(self.rows.marks[row])
        mark = self._style("mark") if marked and background != "cursor" else Style.null()
        segments = [Segment("● " if marked else "▌ " if background else "  ", base + mark)]
        for number, (column, width) in enumerate(self.columns_shown()):
            spans = column.spans(row)
            if column.once and self._says_above(column, position, spans):
                spans = [("", "")]
            if not column.width:
                spans = highlight(spans, self.arrangement.query)
            for text, name in cell(column, spans, width, first=not number):
                style = base if background == "cursor" or not name else base + self._style(name)
                segments.append(Segment(text, style if column.width else style + mark))
        return segments

    def _says_above(self, column: Column, position: int, spans: Spans) -> bool:
        """Whether the row above says the same and is seen."""
        above = position - 1
        return above >= self.scroll_offset.y and (
            column.spans(self.arrangement.view[above]) == spans
        )

    def _header(self) -> list[Segment]:
        style = self._style("") + self._style("header")
        arrow = "▼" if self.arrangement.reverse else "▲"
        segments = [Segment(" " * GUTTER, style)]
        for number, (column, width) in enumerate(self.columns_shown()):
            title = column.title
            if column.id == self.arrangement.sort:
                title = f"{arrow} {title}" if column.right else f"{title} {arrow}"
            cells = cell(column, [(title, "")], width, first=not number)
            segments += [Segment(text, style) for text, _ in cells]
        return segments
