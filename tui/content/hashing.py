"""How far the hash of a file is, and what it is."""

from __future__ import annotations

from rich.cells import chop_cells
from textual.content import Content

from tui.content.lines import MUTED, Line, joined, styled
from tui.engine.hashing import Hashed
from tui.presentation import size_words

BAR = 40
"""Cells of the bar at most."""


def hash_text(place: str, told: Hashed | None, words: str, width: int) -> Content:
    """The file, its digest whole or how much was read, and a sentence; all safe to show."""
    lines: list[Line] = [*styled(place, width, "bold"), []]
    if told is not None and told.digest:
        lines += [[(part, "$success")] for part in chop_cells(told.digest, max(4, width))]
        lines += [[], [(f"{size_words(told.done)} read", MUTED)]]
        if told.changed:
            changed = "The file was written to meanwhile: the hash may be that of no state it had."
            lines += styled(changed, width, "$warning")
    elif told is not None:
        lines += [_bar(told, min(BAR, width - 6)), []]
        so_far = f"{size_words(told.done)} of {size_words(told.size)}"
        lines.append([(so_far, MUTED)])
    if words:
        lines += styled(words, width, "")
    return joined(lines)


def _bar(told: Hashed, cells: int) -> Line:
    share = min(1.0, told.done / told.size) if told.size else 0.0
    full = int(cells * share)
    return [("━" * full, "$primary"), ("─" * (cells - full), MUTED), (f" {share:4.0%}", "")]
