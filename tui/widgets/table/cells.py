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
    fixed = sum(column.width for column in shown) + GAP * (len(shown) - 1)
    sharing = sum(not column.width for column in shown) or 1
    rest = max(1, (width - GUTTER - fixed - 1) // sharing)
    return [
        (column, (column.width or rest) + (GAP if number else 0))
        for number, column in enumerate(shown)
    ]


def highlight(spans: Spans, query: str) -> Spans:
    """Show where a name contains the filter text; a mark may stand before the name."""
    marks = spans[:1] if len(spans) > 1 and spans[0][1] == "warning" else []
    text, style = spans[len(marks)]
    at = text.casefold().find(query) if query and text.isascii() else -1
    if at < 0:
        return spans
    end = at + len(query)
    parts = [(text[:at], style), (text[at:end], "match"), (text[end:], style)]
    return [*marks, *parts, *spans[len(marks) + 1 :]]


def cell(column: Column, spans: Spans, width: int, *, first: bool) -> Spans:
    """Pieces that fill a cell: cut or padded, with the gap before it unless it is the first."""
    gap = 0 if first else GAP
    if column.right:
        text = "".join(text for text, _ in spans)
        room, cells = width - bool(gap), cell_len(text)
        if cells > room:
            return [(" " * (width - room) + set_cell_size(text, room), spans[0][1])]
        return [(" " * (width - cells), ""), *spans]
    inner = width - gap
    if column.keep_end:
        spans = _fit_end(spans, inner if not column.width else inner + 1)
    elif not column.width:
        spans = _fit(spans, inner)
    return [(" " * gap, ""), *_pad(spans, inner)]


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


def _fit_end(spans: Spans, width: int) -> Spans:
    """Cut from the left what does not fit, leaving the same gap."""
    room = width - 1
    if sum(cell_len(text) for text, _ in spans) <= room:
        return spans
    room -= 1
    fitting: list[tuple[str, str]] = []
    for text, style in reversed(spans):
        cells = cell_len(text)
        if cells >= room:
            # Its cells backwards are those of the text backwards.
            kept = set_cell_size(text[::-1], max(0, room))[::-1]
            fitting.append(("…" + kept, style))
            break
        fitting.append((text, style))
        room -= cells
    return fitting[::-1]


def _pad(spans: Spans, width: int) -> Spans:
    padded: list[tuple[str, str]] = []
    for text, style in spans:
        cells = min(cell_len(text), width)
        padded.append((set_cell_size(text, cells), style))
        width -= cells
    return [*padded, (" " * width, "")]
