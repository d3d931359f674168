"""Rows of a screen: lines of a text, or what a line is cut into where it is too long for one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from tui.documents.hex import PER_LINE
from tui.documents.text import Encoding
from tui.engine.lineindex import LineIndex
from tui.viewing.blocks import BLOCK, Blocks, count_units

WIDTH = 8192
"""A line is cut at every multiple of so many bytes of the file that has none of its ends before it.

So where rows begin does not depend on how one came there, and nobody has to look back further than
that, be the line as long as it likes. No row is longer than twice that.
"""

CUT_OFF = 3
"""Bytes of a UTF-8 character that may stand behind a cut."""


@dataclass(frozen=True, slots=True)
class Row:
    """A part of the file that stands in one row."""

    start: int
    end: int
    """Where the next row begins."""
    data: bytes
    """From start to end, and what a character that is cut there has behind it."""
    starts_line: bool = True


class Rows(Protocol):
    """Cuts a file into rows; raises `Missing` where it was not read yet."""

    @property
    def size(self) -> int:
        """Of the file, in bytes."""

    def start_of(self, offset: int) -> int:
        """Where the row begins that an offset is in."""

    def row(self, start: int) -> Row:
        """The row that begins there."""


def following(rows: Rows, start: int, count: int) -> list[Row]:
    """At most `count` rows from the one that begins at `start`."""
    found: list[Row] = []
    while len(found) < count and start < rows.size:
        found.append(rows.row(start))
        start = found[-1].end
    return found


def preceding(rows: Rows, end: int, count: int) -> list[Row]:
    """At most `count` rows before the one that begins at `end`, in the order of the file."""
    found: list[Row] = []
    while len(found) < count and end > 0:
        found.append(rows.row(rows.start_of(end - 1)))
        end = found[-1].start
    return found[::-1]


def continued(data: bytes) -> int:
    """How many bytes at the start of data belong to a UTF-8 character that began before."""
    count = 0
    while count < min(CUT_OFF, len(data)) and data[count] & 0xC0 == 0x80:
        count += 1
    return count


class TextRows:
    """Lines of a text in one encoding."""

    def __init__(self, blocks: Blocks, encoding: Encoding) -> None:
        self._blocks = blocks
        self.encoding = encoding
        self.line_end = "\n".encode(encoding.codec)

    @property
    def size(self) -> int:
        """Of the file, in bytes."""
        return self._blocks.size

    def start_of(self, offset: int) -> int:
        """Where the row begins that an offset is in."""
        offset -= offset % len(self.line_end)
        cut = offset // WIDTH * WIDTH
        found = self._blocks.rfind(self.line_end, cut, offset)
        if found < 0 and cut:
            found = self._blocks.rfind(self.line_end, cut - WIDTH, cut)
            if found < 0:
                return cut
        return found + len(self.line_end) if found >= 0 else 0

    def row(self, start: int) -> Row:
        """The row that begins there."""
        limit = -(-start // WIDTH) * WIDTH + WIDTH
        found = self._blocks.find(self.line_end, start, limit)
        end = found + len(self.line_end) if found >= 0 else min(limit, self.size)
        before = self._blocks.slice(start - len(self.line_end), start) if start else self.line_end
        data = self._blocks.slice(start, end)
        if found < 0 and self.encoding.codec == "utf-8":
            rest = self._blocks.slice(end, end + CUT_OFF)
            data += rest[: continued(rest)]
        return Row(start, end, data, before == self.line_end)

    def number(self, index: LineIndex, start: int) -> int | None:
        """Number, from 1, of the line a row belongs to; None where that is not known yet."""
        before = index.before(start)
        block = start // BLOCK
        if before is None or (start % BLOCK and not self._blocks.has(block)):
            return None
        data = self._blocks.get(block)[: start % BLOCK] if start % BLOCK else b""
        return before + count_units(data, self.line_end) + 1

    def line(self, index: LineIndex, number: int) -> int | None:
        """Where the line with a number (from 1) begins; the last line if there are fewer.

        None where that is not known yet.
        """
        step = index.step_of(number - 1)
        if step is None:
            return self.start_of(self.size - 1) if index.complete and self.size else None
        left = number - 1 - (index.before(step) or 0)
        at = step
        while left > 0:
            found = self._blocks.find(self.line_end, at, self.size)
            if found < 0:
                break
            at = found + len(self.line_end)
            left -= 1
        return at if at < self.size else self.start_of(max(0, self.size - 1))


class HexRows:
    """Sixteen bytes each."""

    def __init__(self, blocks: Blocks) -> None:
        self._blocks = blocks

    @property
    def size(self) -> int:
        """Of the file, in bytes."""
        return self._blocks.size

    def start_of(self, offset: int) -> int:
        """Where the row begins that an offset is in."""
        return offset // PER_LINE * PER_LINE

    def row(self, start: int) -> Row:
        """The row that begins there."""
        end = min(start + PER_LINE, self.size)
        return Row(start, end, self._blocks.slice(start, end))
