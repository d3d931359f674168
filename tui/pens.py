"""Cells written to the terminal in few bytes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

SEEN_ON_BLANKS = {4, 7, 9, 21, 51, 52, 53}
"""Attributes one sees on a blank, in parameters of SGR."""


class Pen(NamedTuple):
    """How a cell is painted, in parameters of SGR; empty for what the terminal does by itself."""

    foreground: str | None
    """None: it does not matter, as nothing is written."""
    background: str
    attributes: str


PLAIN = Pen("", "", "")

Cell = tuple[str, Pen]
"""What stands in a cell, empty for those a wide character reaches into."""


class Run(NamedTuple):
    """Cells that follow one another on a line."""

    y: int
    x: int
    cells: list[Cell]


class Writer:
    """Collects runs, and writes them in the shorter of two orders.

    From the top down a pen is taken up again and again; pen by pen the cursor moves more, which is
    shorter where a colour is named by its red, green and blue.
    """

    def __init__(self) -> None:
        self._runs: list[Run] = []

    def write(self, y: int, x: int, cells: list[Cell]) -> None:
        """Write cells that follow one another."""
        self._runs.append(Run(y, x, cells))

    def text(self) -> str:
        """Everything, the terminal's own pen in the end."""
        return min(_written(self._runs), _written(_by_pen(self._runs)), key=len)


def _by_pen(runs: Iterable[Run]) -> list[Run]:
    """Cells of the same pen one after the other, the pens in the order they are needed first."""
    of_pen: dict[Pen, list[Run]] = {}
    for run in runs:
        for pen, part in _parts(run):
            of_pen.setdefault(pen, []).append(part)
    return [part for parts in of_pen.values() for part in parts]


def _parts(run: Run) -> Iterator[tuple[Pen, Run]]:
    """A run cut where its pen changes; blanks are written with the pen beside them."""
    if any(len(text) != 1 for text, _ in run.cells):
        yield run.cells[0][1], run  # Wide characters: what they cover depends on the order.
        return
    pen, begin = run.cells[0][1], 0
    for index, (_, new) in enumerate(run.cells):
        if _sgr(pen, new) and _sgr(new, pen):
            yield pen, Run(run.y, run.x + begin, run.cells[begin:index])
            begin = index
            pen = new
        elif new.foreground is not None:
            pen = new
    yield pen, Run(run.y, run.x + begin, run.cells[begin:])


def _written(runs: Iterable[Run]) -> str:
    parts: list[str] = []
    pen = PLAIN
    at: tuple[int, int] | None = None
    for y, begin, cells in runs:
        for x, (text, wanted) in enumerate(cells, begin):
            if not text:
                at = None
                continue
            if at != (y, x):
                parts.append(_move(at, y, x))
            parts += (_sgr(pen, wanted), text)
            pen = _after(pen, wanted)
            # Terminals disagree about what is more than one plain character.
            at = (y, x + 1) if len(text) == 1 and text.isprintable() else None
    if pen != PLAIN:
        parts.append("\x1b[m")
    return "".join(parts)


def _move(at: tuple[int, int] | None, y: int, x: int) -> str:
    if at is not None and at[0] == y and at[1] < x:
        return f"\x1b[{x - at[1]}C"
    return f"\x1b[{y + 1};{x + 1}H"


def _needs_reset(old: Pen, new: Pen) -> bool:
    if new.foreground is not None:
        return old.attributes not in {"", new.attributes}
    return bool(SEEN_ON_BLANKS.intersection(map(int, filter(None, old.attributes.split(";")))))


def _after(old: Pen, new: Pen) -> Pen:
    """The terminal's pen once a cell was written."""
    if new.foreground is not None:
        return new
    if _needs_reset(old, new):
        return Pen("", new.background, "")
    return Pen(old.foreground, new.background, old.attributes)


def _sgr(old: Pen, new: Pen) -> str:
    """The sequence that turns one pen into another."""
    wanted = _after(old, new)
    if wanted == old:
        return ""
    codes: list[str] = []
    if _needs_reset(old, new):
        codes.append("0")
        old = PLAIN
    if wanted.attributes != old.attributes:
        codes.append(wanted.attributes)
    if wanted.foreground != old.foreground:
        codes.append(wanted.foreground or "39")
    if wanted.background != old.background:
        codes.append(wanted.background or "49")
    return f"\x1b[{';'.join(codes)}m" if codes else ""
