"""Lines that match a pattern, as rows of a table."""

from __future__ import annotations

from array import array
from collections.abc import Sequence

from rich.cells import cell_len

from tui.engine.search import Matched
from tui.presentation import natural, safe, safe_text
from tui.widgets.table import Column, Order, Rows, Spans

NARROWEST = 12
"""Cells that the places of the matches have at least."""

BEFORE = 16
"""Characters before a match that are shown, where the line does not fit."""


class MatchRows(Rows):
    """Where each match is and the line it is in."""

    def __init__(self, root: str) -> None:
        super().__init__()
        self._cut = len(root.rstrip("/")) + 1
        self.paths: list[str] = []
        self.lines, self.offsets = array("Q"), array("Q")
        self._texts: list[str] = []
        self._begins, self._ends = array("I"), array("I")
        self._longest = NARROWEST
        self.fit(80)

    @property
    def columns(self) -> tuple[Column, ...]:
        """How a row is shown."""
        return (
            Column("place", "Place", self._place, self._room, keep_end=True),
            Column("text", "Text", self._text),
        )

    @property
    def orders(self) -> tuple[Order, ...]:
        """The ways to sort."""
        return (
            Order("place", "n", "file and line", self._place_key),
            Order("text", "t", "text", self._text_key),
        )

    def fit(self, width: int) -> None:
        """Share a number of cells between the places and the lines."""
        self._room = max(NARROWEST, min(self._longest, width * 2 // 5))

    def extend(self, matches: Sequence[Matched]) -> None:
        """Append matches; the name of a row is its place."""
        self.add_names(f"{each.path[self._cut :]}:{each.line}:{each.offset}" for each in matches)
        self.paths.extend(each.path for each in matches)
        self.lines.extend(each.line for each in matches)
        self.offsets.extend(each.offset for each in matches)
        self._texts.extend(each.text for each in matches)
        self._begins.extend(each.begin for each in matches)
        self._ends.extend(each.end for each in matches)
        for each in matches:
            cells = len(each.path) - self._cut + 1 + len(str(each.line))
            self._longest = max(self._longest, cells)

    def _place_key(self, row: int) -> tuple[str, int]:
        return natural(self.paths[row]), self.lines[row]

    def _text_key(self, row: int) -> str:
        return self._texts[row].strip()

    def _place(self, row: int) -> Spans:
        path = safe(self.paths[row][self._cut :])
        slash = path.rfind("/") + 1
        return [(path[:slash], "dim"), (path[slash:], ""), (f":{self.lines[row]}", "dim")]

    def _text(self, row: int) -> Spans:
        text, begin, end = self._texts[row], self._begins[row], self._ends[row]
        before = safe_text(text[:begin].lstrip())
        if cell_len(before) > BEFORE and len(text) > BEFORE * 3:
            before = "…" + before[-BEFORE:]
        return [(before, ""), (safe_text(text[begin:end]), "match"), (safe_text(text[end:]), "")]
