"""What is sent to the terminal leaves it as if everything had been sent."""

from __future__ import annotations

import random

import pyte
from rich.console import Console
from rich.segment import Segment
from rich.style import Style
from textual._compositor import ChopsUpdate, LayoutUpdate
from textual.geometry import Region
from textual.strip import Strip

from tui.repaint import ShownCells

SIZE = (24, 6)
STYLES = [
    Style.parse(style)
    for style in ("none", "#ff0000 on #000080", "bold", "#00ff00", "on #000080", "reverse #ff0000",
                  "underline", "bold underline on #808080", "dim #112233")
]  # fmt: skip
CONSOLE = Console(color_system="truecolor", force_terminal=True)


def strip(chance: random.Random, width: int, alphabet: str) -> Strip:
    """Pieces of text of that many cells altogether."""
    segments = []
    left = width
    while left > 0:
        char = chance.choice(alphabet)
        count = chance.randint(1, 5)
        cells = 2 if char == "\u65e5" else 1
        count = min(count, left // cells)
        if not count:
            char, count, cells = " ", left, 1
        segments.append(Segment(char * count, chance.choice(STYLES)))
        left -= count * cells
    return Strip(segments, width)


def whole(strips: list[Strip]) -> LayoutUpdate:
    return LayoutUpdate([[line.crop(0, 10), line.crop(10)] for line in strips], Region(0, 0, *SIZE))


def part(strips: list[Strip], y: int) -> ChopsUpdate:
    chops = [{0: line.crop(0, 10), 10: line.crop(10)} for line in strips]
    return ChopsUpdate(chops, [(y, 0, SIZE[0])], [[10, SIZE[0]] for _ in strips])


class Painted:
    """A terminal that gets changes, and what it shows."""

    def __init__(self) -> None:
        self.cells = ShownCells()
        self.screen = pyte.Screen(*SIZE)
        self.stream = pyte.Stream(self.screen)

    def paint(self, update: LayoutUpdate | ChopsUpdate) -> int:
        sent = self.cells.changes(update, SIZE, CONSOLE)
        self.stream.feed(sent)
        return len(sent)

    def seen(self) -> list[list[object]]:
        """Character and look of each cell; the colour of a blank nobody sees is left out."""
        seen: list[list[object]] = []
        for y in range(SIZE[1]):
            line: list[object] = []
            for x in range(SIZE[0]):
                cell = self.screen.buffer[y][x]
                looks = (cell.bg, cell.reverse, cell.underscore)
                ink = (cell.fg, cell.bold)
                plain = cell.data == " " and not cell.reverse and not cell.underscore
                line.append((cell.data, looks, None if plain else ink))
            seen.append(line)
        return seen


def test_changes_leave_what_a_whole_paint_leaves() -> None:
    chance = random.Random(7)
    for alphabet in ("ab ", "ab \u25cf", "ab \u65e5"):
        painted = Painted()
        strips = [strip(chance, SIZE[0], alphabet) for _ in range(SIZE[1])]
        painted.paint(whole(strips))
        for _ in range(150):
            y = chance.randrange(SIZE[1])
            strips[y] = strip(chance, SIZE[0], alphabet)
            painted.paint(part(strips, y) if chance.random() < 0.5 else whole(strips))
            fresh = Painted()
            fresh.paint(whole(strips))
            assert painted.seen() == fresh.seen()


def test_what_is_shown_already_costs_nothing() -> None:
    chance = random.Random(1)
    painted = Painted()
    strips = [strip(chance, SIZE[0], "abc \u65e5e\u0301") for _ in range(SIZE[1])]
    assert painted.paint(whole(strips)) > 0
    assert painted.paint(whole(strips)) == 0
    assert painted.paint(part(strips, 3)) == 0
    painted.cells.forget()
    assert painted.paint(whole(strips)) > 0


def test_one_cell_is_few_bytes() -> None:
    painted = Painted()
    strips = [Strip([Segment("x" * SIZE[0], STYLES[1])]) for _ in range(SIZE[1])]
    painted.paint(whole(strips))
    strips[2] = Strip([Segment("x" * 10 + "y" + "x" * 13, STYLES[1])])
    assert 0 < painted.paint(whole(strips)) < 60


def test_a_pen_of_the_terminal_itself_is_left_behind() -> None:
    painted = Painted()
    painted.paint(whole([strip(random.Random(3), SIZE[0], "ab ") for _ in range(SIZE[1])]))
    painted.stream.feed("\x1b[1;1Hz")
    cell = painted.screen.buffer[0][0]
    assert (cell.fg, cell.bg, cell.bold, cell.reverse) == ("default", "default", False, False)


def test_what_was_made_for_a_wider_screen_is_cut() -> None:
    cells = ShownCells()
    strips = [Strip([Segment("x" * SIZE[0], STYLES[1])]) for _ in range(SIZE[1])]
    for columns in (SIZE[0], 20, 10, 7, 1):
        for update in (whole(strips), part(strips, 3)):
            sent = cells.changes(update, (columns, 4), CONSOLE)
            assert sent.count("x") <= columns * 4
