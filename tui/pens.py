"""Cells written to the terminal in few bytes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import chain
from typing import NamedTuple

SEEN_ON_BLANKS = {4, 7, 9, 21, 51, 52, 53}
"""Attributes one sees on a blank, in parameters of SGR."""


_REMEMBERED = 4096
"""Changes of the pen whose sequences are kept."""


class Pen(NamedTuple):
    """How a cell is painted, in parameters of SGR; empty for what the terminal does by itself."""

    foreground: str | None
    """None: it does not matter, as nothing is written."""
    background: str
    attributes: str


PLAIN = Pen("", "", "")

Cell = tuple[str, Pen]
"""What stands in a cell, empty for those a wide character reaches into."""


class Stroke(NamedTuple):
    """Text on one line, written with one pen."""

    y: int
    x: int
    pen: Pen
    text: str
    plain: bool = True
    """Whether each character is known to take one cell: terminals disagree about the others."""


class Writer:
    """Collects cells, and writes them in the shorter of two orders.

    From the top down a pen is taken up again and again; pen by pen the cursor moves more, which is
    shorter where a colour is named by its red, green and blue.
    """

    def __init__(self) -> None:
        self._strokes: list[Stroke] = []

    def write(self, y: int, x: int, cells: list[Cell]) -> None:
        """Write cells that follow one another."""
        self._strokes += _strokes(y, x, cells)

    def text(self) -> str:
        """Everything, the terminal's own pen in the end."""
        text = _written(self._strokes)
        if not all(stroke.plain for stroke in self._strokes):
            return text  # What a wide character covers depends on the order.
        return min(text, _written(_pen_by_pen(self._strokes)), key=len)


def _strokes(y: int, x: int, cells: list[Cell]) -> Iterator[Stroke]:
    """Cells cut where the pen changes; blanks are written with the pen beside them."""
    pen, begin, text = PLAIN, x, ""
    for at, (char, new) in enumerate(cells, x):
        plain = len(char) == 1 and char.isprintable()
        if text and (not plain or not _same(pen, new)):
            yield Stroke(y, begin, pen, text, plain=bool(char))  # Else its last one takes two.
            text = ""
        if plain:
            begin, text = begin if text else at, text + char
            pen = pen if text[:-1] and pen.foreground is not None else new
        elif char:
            yield Stroke(y, at, new, char, plain=False)
    if text:
        yield Stroke(y, begin, pen, text)


def _same(one: Pen, other: Pen) -> bool:
    """Whether two pens leave the same; a blank does not show all of one."""
    return one is other or not _change(one, other)[0] or not _change(other, one)[0]


def _pen_by_pen(strokes: Iterable[Stroke]) -> Iterator[Stroke]:
    """The pens in the order they are needed first."""
    by_pen: dict[Pen, list[Stroke]] = {}
    for stroke in strokes:
        by_pen.setdefault(stroke.pen, []).append(stroke)
    return chain.from_iterable(by_pen.values())


def _written(strokes: Iterable[Stroke]) -> str:
    parts: list[str] = []
    pen = PLAIN
    at: tuple[int, int] | None = None
    for y, x, wanted, text, plain in strokes:
        if at != (y, x):
            parts.append(_move(at, y, x))
        sequence, pen = _change(pen, wanted)
        parts += (sequence, text)
        at = (y, x + len(text)) if plain else None
    if pen != PLAIN:
        parts.append("\x1b[m")
    return "".join(parts)


def _move(at: tuple[int, int] | None, y: int, x: int) -> str:
    if at is not None and at[0] == y and at[1] < x:
        return f"\x1b[{x - at[1]}C"
    return f"\x1b[{y + 1};{x + 1}H"


@lru_cache(_REMEMBERED)
def _change(old: Pen, new: Pen) -> tuple[str, Pen]:
    """The sequence that turns one pen into another, and the terminal's pen then."""
    wanted = _after(old, new)
    if wanted == old:
        return "", old
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
    return f"\x1b[{';'.join(codes)}m" if codes else "", wanted


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
