"""Lines of styled text, wrapped by ourselves so that what continues is indented."""

from __future__ import annotations

from collections.abc import Iterable

from rich.cells import cell_len, chop_cells
from textual.content import Content

Line = list[tuple[str, str]]
"""Pieces of text with a style each."""

KEY = "bold $footer-key-foreground"
MUTED = "$text-muted"

LABEL = 9
"""Cells of the names on the left of values."""


def joined(lines: Iterable[Line]) -> Content:
    """The lines as one content."""
    return Content("\n").join(Content.assemble(*line) for line in lines)


def wrapped(text: str, width: int) -> list[str]:
    """Lines of at most `width` cells, broken at spaces where there are some."""
    width = max(4, width)
    lines: list[str] = []
    line = ""
    for word in text.split(" "):
        longer = f"{line} {word}" if line else word
        if cell_len(longer) <= width:
            line = longer
            continue
        if line:
            lines.append(line)
        *whole, line = chop_cells(word, width) or [""]
        lines += whole
    return [*lines, line]


def styled(text: str, width: int, style: str) -> list[Line]:
    """The same, each line in one style."""
    return [[(line, style)] for line in wrapped(text, width)]


def indented(lines: Iterable[Line], first: tuple[str, str]) -> list[Line]:
    """The first line behind a piece of text, the others below its end."""
    rest = (" " * cell_len(first[0]), "")
    return [[rest if number else first, *line] for number, line in enumerate(lines)]


def labelled(label: str, value: str, width: int, style: str) -> list[Line]:
    """A value behind its name."""
    lines = styled(value, max(8, width - LABEL), style)
    return indented(lines, (label.ljust(LABEL), MUTED))
