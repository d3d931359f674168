"""What the terminal shows, cell by cell, so that only what differs is sent to it.

Textual repaints whole regions: a line of which one character changed, a pane whose text is what it
was. Over a slow line that is most of what is sent.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from rich.cells import cell_len, get_character_cell_size
from rich.color import ColorSystem
from rich.console import COLOR_SYSTEMS, Console
from rich.segment import Segment
from rich.style import Style
from textual._compositor import ChopsUpdate, CompositorUpdate, LayoutUpdate
from textual.strip import Strip

from tui.pens import PLAIN, SEEN_ON_BLANKS, Cell, Pen, Writer

_PASSED = 4
"""Cells that differ not, yet are sent: fewer bytes than moving the cursor over them."""

_REMEMBERED = 4096
"""Styles whose codes are kept."""

_ATTRIBUTES = (
    ("bold", 1), ("dim", 2), ("italic", 3), ("underline", 4), ("blink", 5), ("blink2", 6),
    ("reverse", 7), ("conceal", 8), ("strike", 9), ("underline2", 21), ("frame", 51),
    ("encircle", 52), ("overline", 53),
)  # fmt: skip
Piece = tuple[int, int, list[Cell]]
"""Line, column and cells."""


class Changes(CompositorUpdate):
    """An update that was worked out already."""

    def __init__(self, text: str) -> None:
        self.text = text

    def __rich__(self) -> str:
        """The same for rich, which makes this something to show."""
        return self.text

    def render_segments(self, _console: Console) -> str:
        """What is to be sent."""
        return self.text


class ShownCells:
    """The cells of the terminal as far as they are known."""

    def __init__(self) -> None:
        self._lines: list[list[Cell | None]] = []
        self._size = (0, 0)
        self._pens: dict[Style, tuple[Pen, Pen]] = {}

    def forget(self) -> None:
        """Know nothing any more: others wrote to the terminal, or its size changed."""
        self._size = (0, 0)

    def changes(
        self, update: LayoutUpdate | ChopsUpdate, size: tuple[int, int], console: Console
    ) -> str:
        """What an update changes on a screen of that many columns and rows; maybe nothing."""
        if size != self._size:
            self._size = size
            self._lines = [[None] * size[0] for _ in range(size[1])]
        system = COLOR_SYSTEMS.get(console.color_system or "", ColorSystem.TRUECOLOR)
        writer = Writer()
        for y, x, strip, width in _pieces(update):
            if y < len(self._lines):
                self._write(writer, (y, x, self._cells(strip, system)[:width]))
        return writer.text()

    def _write(self, writer: Writer, piece: Piece) -> None:
        y, x, cells = piece
        line = self._lines[y]
        cells = cells[: max(0, len(line) - x)]  # The screen has shrunk since they were made.
        shown = line[x : x + len(cells)]
        if shown == cells:
            return
        whole = any(len(text) != 1 for text, _ in cells) or any(
            cell is not None and len(cell[0]) != 1 for cell in shown
        )
        for begin, end in [(0, len(cells))] if whole else _runs(shown, cells):
            writer.write(y, x + begin, cells[begin:end])
        line[x : x + len(cells)] = cells

    def _cells(self, segments: Iterable[Segment], system: ColorSystem) -> list[Cell]:
        cells: list[Cell] = []
        for text, style, control in segments:
            if control:
                continue
            pen, blank = self._pens_of(style, system) if style else (PLAIN, PLAIN)
            if text.isascii():
                cells += [(char, blank if char == " " else pen) for char in text]
            else:
                cells += _wide_cells(text, pen, blank)
        return cells

    def _pens_of(self, style: Style, system: ColorSystem) -> tuple[Pen, Pen]:
        """The pen of a style, and the one for its blanks."""
        if style not in self._pens:
            if len(self._pens) > _REMEMBERED:
                self._pens.clear()
            self._pens[style] = _pens(style, system)
        return self._pens[style]


def _pieces(update: LayoutUpdate | ChopsUpdate) -> Iterator[tuple[int, int, Strip, int]]:
    """Line, column, strip, and how many cells of it count."""
    if isinstance(update, LayoutUpdate):
        for y, strips in enumerate(update.strips, update.region.y):
            x = update.region.x
            for strip in strips:
                yield y, x, strip, strip.cell_length
                x += strip.cell_length
        return
    for y, left, right in update.spans:
        for end, (x, chop) in zip(update.chop_ends[y], update.chops[y].items(), strict=False):
            if chop is not None and x < right and end > left:
                yield y, x, chop, min(end, right) - x


def _runs(shown: list[Cell | None], cells: list[Cell]) -> Iterator[tuple[int, int]]:
    """Where cells differ, short ways between included."""
    begin = end = -1
    for index, cell in enumerate(cells):
        if cell == shown[index]:
            continue
        if begin >= 0 and index - end > _PASSED:
            yield begin, end
            begin = -1
        if begin < 0:
            begin = index
        end = index + 1
    if begin >= 0:
        yield begin, end


def _wide_cells(text: str, pen: Pen, blank: Pen) -> list[Cell]:
    widths = [get_character_cell_size(char) for char in text]
    width = cell_len(text)
    if sum(widths) != width or 0 in widths:
        # Characters that join: one piece, wherever the terminal puts its parts.
        return [(text, pen), *[("", pen)] * (width - 1)] if width else []
    cells: list[Cell] = []
    for char, cell_width in zip(text, widths, strict=True):
        cells.append((char, blank if char == " " else pen))
        cells += [("", pen)] * (cell_width - 1)
    return cells


def _pens(style: Style, system: ColorSystem) -> tuple[Pen, Pen]:
    codes = [code for name, code in _ATTRIBUTES if getattr(style, name)]
    foreground = background = ""
    if style.color:
        foreground = ";".join(style.color.downgrade(system).get_ansi_codes())
    if style.bgcolor:
        background = ";".join(style.bgcolor.downgrade(system).get_ansi_codes(foreground=False))
    pen = Pen(
        "" if foreground == "39" else foreground,
        "" if background == "49" else background,
        ";".join(map(str, codes)),
    )
    return pen, pen if SEEN_ON_BLANKS.intersection(codes) else Pen(None, pen.background, "")
