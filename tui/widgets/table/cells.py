"""Cells of a table as pieces of text of the right width."""

from __future__ import annotations

from collections.abc import Sequence

from rich.cells import cell_len, set_cell_size

from tui.widgets.table.rows import Column, Spans

GUTTER = 2
"""Cells before the first column: the cursor's bar or the mark, and a space."""

GAP = 2
"""Cells between columns."""


def layout(columns: Sequence[Column], width: int) -> list[tuple[Column, int]]:
    """Columns that fit, with their cells; the gap before a column counts as its own."""
    shown = [column for column in columns if width >= column.at]
    fixed = sum(column.width + GAP for column in shown if column.width)
    rest = max(1, width - GUTTER - fixed - 1)
    return [(column, column.width + GAP if column.width else rest) for column in shown]


def highlight(spans: Spans, query: str) -> Spans:
    """Show where a name contains the filter text."""
    text, style = spans[0]
    at = text.casefold().find(query) if query and text.isascii() else -1
    if at < 0:
        return spans
    end = at + len(query)
    return [(text[:at], style), (text[at:end], "match"), (text[end:], style), *spans[1:]]


def cell(column: Column, spans: Spans, width: int) -> Spans:
    """Pieces that fill a cell: cut or padded, with the gap before it."""
    if not column.width:
        return _pad(_fit(spans, width), width)
    if not column.right:
        return [(" " * GAP, ""), *_pad(spans, width - GAP)]
    text = "".join(text for text, _ in spans)
    cells = cell_len(text)
    if cells > width - 1:
        return [(" " + set_cell_size(text, width - 1), spans[0][1])]
    return [(" " * (width - cells), ""), *spans]


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


def _pad(spans: Spans, width: int) -> Spans:
    padded: list[tuple[str, str]] = []
    for text, style in spans:
        cells = min(cell_len(text), width)
        padded.append((set_cell_size(text, cells), style))
        width -= cells
    return [*padded, (" " * width, "")]
