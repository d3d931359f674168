"""The keys of every list: the cursor and the marks."""

from __future__ import annotations

from textual.binding import Binding, BindingType

TABLE_KEYS: list[BindingType] = [
    Binding(
        "down,j", "move(1)", "Down", id="move.down", show=False,
        tooltip="Move the cursor down by a row",
    ),
    Binding(
        "up,k", "move(-1)", "Up", id="move.up", show=False,
        tooltip="Move the cursor up by a row",
    ),
    Binding(
        "pagedown", "page(1)", "A page down", id="move.page_down", show=False,
        tooltip="Move the cursor down by a page",
    ),
    Binding(
        "pageup", "page(-1)", "A page up", id="move.page_up", show=False,
        tooltip="Move the cursor up by a page",
    ),
    Binding(
        "ctrl+d", "page(0.5)", "Half a page down", id="move.half_down", show=False,
        tooltip="Move the cursor down by half a page",
    ),
    Binding(
        "ctrl+u", "page(-0.5)", "Half a page up", id="move.half_up", show=False,
        tooltip="Move the cursor up by half a page",
    ),
    Binding(
        "home,g", "go(0)", "To the top", id="move.top", show=False,
        tooltip="Move the cursor to the first row",
    ),
    Binding(
        "end,G", "go(-1)", "To the end", id="move.end", show=False,
        tooltip="Move the cursor to the last row",
    ),
    Binding(
        "space", "mark", "Mark", id="mark.one", show=False,
        tooltip="Mark the row under the cursor, or take its mark away",
    ),
    Binding(
        "v", "mark_range", "Mark a range", id="mark.range", show=False,
        tooltip="Begin a range of marks that follows the cursor, or end it",
    ),
    Binding(
        "ctrl+a", "mark_all", "Mark all", id="mark.all", show=False,
        tooltip="Mark every row that is shown",
    ),
    Binding(
        "asterisk", "mark_inverse", "Invert marks", id="mark.invert", show=False,
        tooltip="Mark what is shown and not marked, and the other way round",
    ),
]  # fmt: skip
