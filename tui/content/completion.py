"""Names that what was typed may go on to."""

from __future__ import annotations

from collections.abc import Sequence

from rich.cells import cell_len, set_cell_size
from textual.content import Content

from tui.content.lines import MUTED, Line, joined, styled
from tui.presentation import counted, safe

GAP = 2
"""Cells between two columns of names."""


def completion_text(words: str, names: Sequence[str], count: int, width: int) -> Content:
    """A sentence, then names in columns; `count` is how many there are, listed or not."""
    lines: list[Line] = styled(words, width, MUTED) if words else []
    shown = [safe(name.removesuffix("/")) + "/" * name.endswith("/") for name in names]
    if len(shown) > 1:
        lines += _columns(shown, width)
    if count > len(names):
        lines.append([(f"… and {counted(count - len(names), 'more name')}", MUTED)])
    return joined(lines)


def _columns(names: Sequence[str], width: int) -> list[Line]:
    """Down the columns, as many as fit."""
    cells = min(width, max(map(cell_len, names)) + GAP)
    columns = max(1, width // cells)
    rows = -(-len(names) // columns)
    return [
        [(set_cell_size(name, cells), _style(name)) for name in names[row::rows]]
        for row in range(rows)
    ]


def _style(name: str) -> str:
    return "$secondary bold" if name.endswith("/") else ""
