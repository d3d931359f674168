"""Draws the cells of a terminal as a PNG: text with a font, lines and blocks as shapes."""

from __future__ import annotations

from pathlib import Path

from PIL import Image, ImageDraw, ImageFont
from pyte import Screen
from pyte.screens import Char

SIZE = 16
MARGIN = 14
FOREGROUND, BACKGROUND = "#c8ccd4", "#0c1016"
FONTS = {False: "DejaVuSansMono.ttf", True: "DejaVuSansMono-Bold.ttf"}

PALETTE = {
    "black": "#15191f", "red": "#e06c75", "green": "#98c379", "brown": "#d9b86c",
    "blue": "#61afef", "magenta": "#c678dd", "cyan": "#56b6c2", "white": "#c8ccd4",
    "brightblack": "#5c6370", "brightred": "#ff7a85", "brightgreen": "#b5e890",
    "brightbrown": "#ffe08a", "brightyellow": "#ffe08a", "brightblue": "#8cc8ff",
    "brightmagenta": "#e29cff", "bfightmagenta": "#e29cff", "brightcyan": "#86e0ea",
    "brightwhite": "#ffffff",
}  # fmt: skip
"""The 16 colours of a terminal, in pyte's words (one of them misspelt there)."""

_LINES = {
    "─": "lr", "━": "lr", "│": "tb", "╭": "rb", "╮": "lb", "╰": "tr", "╯": "tl",
    "├": "tbr", "┤": "tbl", "╸": "l", "╺": "r", "▏": "", "▕": "",
}  # fmt: skip
"""Box-drawing characters by the edges of the cell their lines reach."""

_BLOCKS = {
    "▌": (0, 0, 4, 8), "▐": (4, 0, 8, 8), "█": (0, 0, 8, 8), "▎": (0, 0, 2, 8),
    "▊": (0, 0, 6, 8), "▀": (0, 0, 8, 4), "▄": (0, 4, 8, 8), "▔": (0, 0, 8, 1),
    "▁": (0, 7, 8, 8), "▂": (0, 6, 8, 8), "▃": (0, 5, 8, 8), "▅": (0, 3, 8, 8),
    "▆": (0, 2, 8, 8), "▇": (0, 1, 8, 8), "▍": (0, 0, 3, 8), "▋": (0, 0, 5, 8),
    "▉": (0, 0, 7, 8),
}  # fmt: skip
"""Block characters as rectangles in eighths of the cell."""


class _Canvas:
    def __init__(self, columns: int, rows: int) -> None:
        self.fonts = {bold: ImageFont.truetype(name, SIZE) for bold, name in FONTS.items()}
        ascent, descent = self.fonts[False].getmetrics()
        self.width, self.height = round(self.fonts[False].getlength("M")), ascent + descent
        self.baseline = ascent
        size = (columns * self.width + 2 * MARGIN, rows * self.height + 2 * MARGIN)
        self.image = Image.new("RGB", size, BACKGROUND)
        self.pen = ImageDraw.Draw(self.image)

    def cell(self, column: int, row: int) -> tuple[int, int]:
        return MARGIN + column * self.width, MARGIN + row * self.height

    def fill(self, column: int, row: int, colour: str) -> None:
        x, y = self.cell(column, row)
        self.pen.rectangle((x, y, x + self.width - 1, y + self.height - 1), fill=colour)

    def write(self, column: int, row: int, char: Char, colour: str) -> None:
        x, y = self.cell(column, row)
        if char.data in _LINES:
            self._lines(x, y, char.data, colour)
        elif char.data in _BLOCKS:
            self._block(x, y, char.data, colour)
        elif char.data.strip():
            self.pen.text((x, y), char.data, font=self.fonts[char.bold], fill=colour)
        if char.underscore:
            under = y + self.baseline + 1
            self.pen.line((x, under, x + self.width - 1, under), fill=colour)
        if char.strikethrough:
            middle = y + self.height // 2
            self.pen.line((x, middle, x + self.width - 1, middle), fill=colour)

    def _lines(self, x: int, y: int, char: str, colour: str) -> None:
        middle = (x + self.width // 2, y + self.height // 2)
        ends = {
            "l": (x, middle[1]),
            "r": (x + self.width, middle[1]),
            "t": (middle[0], y),
            "b": (middle[0], y + self.height),
        }
        thickness = 3 if char in "━╸╺" else 1
        if char in "╭╮╰╯":
            self._corner(middle, _LINES[char], ends, colour)
            return
        for edge in _LINES[char]:
            self.pen.line((middle, ends[edge]), fill=colour, width=thickness)

    def _corner(
        self, middle: tuple[int, int], edges: str, ends: dict[str, tuple[int, int]], colour: str
    ) -> None:
        radius = self.width // 2
        across, along = (edges[0], edges[1]) if edges[0] in "lr" else (edges[1], edges[0])
        right, down = 1 if across == "r" else -1, 1 if along == "b" else -1
        centre = (middle[0] + right * radius, middle[1] + down * radius)
        start = {(1, 1): 180, (-1, 1): 270, (-1, -1): 0, (1, -1): 90}[right, down]
        box = (centre[0] - radius, centre[1] - radius, centre[0] + radius, centre[1] + radius)
        self.pen.arc(box, start, start + 90, fill=colour)
        self.pen.line(((middle[0], centre[1]), ends[along]), fill=colour)

    def _block(self, x: int, y: int, char: str, colour: str) -> None:
        left, top, right, bottom = _BLOCKS[char]
        box = (
            x + left * self.width // 8,
            y + top * self.height // 8,
            x + right * self.width // 8 - 1,
            y + bottom * self.height // 8 - 1,
        )
        self.pen.rectangle(box, fill=colour)


def draw(screen: Screen, path: Path) -> None:
    """Write a picture of the screen to a PNG file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    drawn(screen).save(path, optimize=True)


def drawn(screen: Screen) -> Image.Image:
    """A picture of the screen."""
    canvas = _Canvas(screen.columns, screen.lines)
    cells = [
        (column, row, screen.buffer[row][column])
        for row in range(screen.lines)
        for column in range(screen.columns)
    ]
    for column, row, char in cells:
        _, background = _colours(char)
        if background != BACKGROUND:
            canvas.fill(column, row, background)
    for column, row, char in cells:
        canvas.write(column, row, char, _colours(char)[0])
    return canvas.image


def _colours(char: Char) -> tuple[str, str]:
    foreground = _colour(char.fg, FOREGROUND)
    background = _colour(char.bg, BACKGROUND)
    return (background, foreground) if char.reverse else (foreground, background)


def _colour(name: str, default: str) -> str:
    return default if name == "default" else PALETTE.get(name) or f"#{name}"
