"""Rows as text that is safe to show, with what was found in them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from rich.cells import cell_len

from tui.documents.hex import PER_LINE, hex_lines
from tui.documents.text import TAB, Encoding
from tui.engine.filesearch import Hit
from tui.presentation import safe_text
from tui.viewing.rows import Row, continued


@dataclass(frozen=True, slots=True)
class Painted:
    """One row on the screen."""

    text: str
    hits: tuple[tuple[int, int, Hit], ...] = ()
    """From which to which character of the text something was found, and what."""


def paint_text(row: Row, encoding: Encoding, hits: Sequence[Hit] = ()) -> Painted:
    """A row of text: tabs as spaces, no line end, nothing raw."""
    data, start = _whole_characters(row, encoding)
    text = _Cells()
    found = []
    at = 0
    for hit in hits:
        begin, end = (min(max(at, place - start), len(data)) for place in hit)
        text.add(_decoded(data[at:begin], encoding))
        first = text.length
        text.add(_decoded(data[begin:end], encoding))
        found.append((first, text.length, hit))
        at = end
    text.add(_decoded(data[at:], encoding))
    return Painted(text.value, tuple(found))


def paint_hex(row: Row, digits: int, hits: Iterable[Hit] = ()) -> Painted:
    """A row of bytes; what was found is marked among the numbers and among the characters."""
    (text,) = hex_lines(row.data, row.start, digits) or [""]
    first, last = digits + 2, digits + 2 + PER_LINE * 3 + 2
    found = []
    for hit in hits:
        begin, end = (min(max(0, place - row.start), len(row.data)) for place in hit)
        if begin < end:
            found.append((first + _hex_at(begin), first + _hex_at(end - 1) + 2, hit))
            found.append((last + begin, last + end, hit))
    return Painted(text, tuple(sorted(found)))


def _hex_at(byte: int) -> int:
    """Column of a byte among the numbers."""
    return byte * 3 + (1 if byte >= PER_LINE // 2 else 0)


class _Cells:
    """Text that grows; a tab reaches to the next stop, counted in cells."""

    def __init__(self) -> None:
        self._parts: list[str] = []
        self._cells = 0
        self.length = 0

    @property
    def value(self) -> str:
        return "".join(self._parts)

    def add(self, text: str) -> None:
        if not text:
            return
        first, *others = text.split("\t")
        self._append(first)
        for part in others:
            self._append(" " * (TAB - self._cells % TAB))
            self._append(part)

    def _append(self, text: str) -> None:
        shown = safe_text(text)
        self._parts.append(shown)
        self._cells += len(shown) if shown.isascii() else cell_len(shown)
        self.length += len(shown)


def _decoded(data: bytes, encoding: Encoding) -> str:
    errors = "surrogateescape" if encoding.codec == "utf-8" else "replace"
    return data.decode(encoding.codec, errors)


def _whole_characters(row: Row, encoding: Encoding) -> tuple[bytes, int]:
    """The bytes of a row without its line end, its mark and half a character; where they begin."""
    data, start = row.data, row.start
    for end in ("\r\n", "\n"):
        if data.endswith(unit := end.encode(encoding.codec)):
            data = data[: -len(unit)]
            break
    if start == 0 and encoding.mark:
        data, start = data.removeprefix(encoding.mark), len(encoding.mark)
    if encoding.codec == "utf-8" and not row.starts_line:
        lead = continued(data)
        data, start = data[lead:], start + lead
    return data, start
