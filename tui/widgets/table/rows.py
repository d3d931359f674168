"""What a table shows, as data: columns of arrays, and how a cell of each is written and sorted."""

from __future__ import annotations

from collections.abc import Callable, Iterable, MutableSequence, Sequence
from dataclasses import dataclass
from itertools import accumulate, repeat
from operator import contains
from typing import Any, NamedTuple, Self

from tui.presentation import natural

Spans = Sequence[tuple[str, str]]
"""Pieces of text with the name of a style each: one of `view.STYLES`, or empty."""

CHUNK = 4096
"""Rows whose names are searched at once: joined by NUL, which no name has."""

_DENSE = 8
"""Where more than one name in so many matches, names are looked at one by one."""

_SAMPLE = 8192
"""Characters of a chunk by which that is judged."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a table."""

    id: str
    title: str
    spans: Callable[[int], Spans]
    """Text of the cell in a row, safe to show."""
    width: int = 0
    """Cells; 0: whatever the others leave."""
    right: bool = False
    """Aligned right, as numbers are."""
    at: int = 0
    """Width of the table from which on the column is shown."""
    keep_end: bool = False
    """Cut from the left what does not fit, as the end of a path says most."""
    once: bool = False
    """Blank where the row above says the same, as groups do."""


@dataclass(frozen=True, slots=True)
class Order:
    """One way to sort the rows."""

    id: str
    """Also the id of the column whose header chooses it, if there is one."""
    letter: str
    """Key that chooses it after `,`."""
    words: str
    key: Callable[[int], Any]
    """Comparable value of a row."""
    keys: Callable[[Sequence[int]], Sequence[Any]] | None = None
    """The values of several rows, where that is cheaper than one by one."""
    down: bool = False
    """Whether the largest comes first when the order is chosen."""


class _Folded(NamedTuple):
    """Names of a chunk without case."""

    text: str
    """All of them, joined by NUL."""
    plain: bool
    """Whether they have none to begin with."""

    @classmethod
    def of(cls, names: Sequence[str]) -> Self:
        joined = _joined(names)
        text = joined.casefold()
        return cls(text, text == joined)


class Rows:
    """Rows stored column by column; a row is its index, which never changes.

    Subclasses add arrays of their own and say how they are shown in `columns`.
    """

    def __init__(self) -> None:
        self.names: list[str] = []
        """Identity of each row: a cursor and marks survive a refresh by it."""
        self._folds: list[_Folded] = []
        """Names without case, chunk by chunk; made when a filter first needs them."""
        self.marks = bytearray()
        """1 for each marked row."""
        self.barred: Sequence[int] = ()
        """Rows that take no mark."""
        self.selective = False
        """Whether `shown` leaves rows out at present."""

    @property
    def columns(self) -> tuple[Column, ...]:
        """How a row is shown. Made when asked for: kept, they and the rows would hold each other,
        and rows that nobody shows any more would stay until a full collection."""
        return ()

    @property
    def orders(self) -> tuple[Order, ...]:
        """The ways to sort."""
        return ()

    def __len__(self) -> int:
        return len(self.names)

    def add_names(self, names: Iterable[str]) -> None:
        """Append rows by name; the subclass appends to its arrays as well."""
        names = list(names)
        self.names.extend(names)
        self.marks.extend(bytes(len(names)))

    def add(self, item: Any) -> None:
        """Append one row; `item` is whatever the subclass makes a row of."""
        raise NotImplementedError

    def put(self, row: int, item: Any) -> None:
        """Let a row show something else of the same name."""
        raise NotImplementedError

    def drop(self, row: int) -> None:
        """Take a row away; the last one gets its number. The subclass does so in its arrays too."""
        drop(self.names, row)
        drop(self.marks, row)
        for chunk in {row // CHUNK, len(self.names) // CHUNK}:
            if chunk < len(self._folds):
                self._fold_again(chunk)

    def shown(self, _row: int) -> bool:
        """Whether the row passes what is switched on beside the filter text."""
        return True

    def all_shown(self, start: int, stop: int) -> Iterable[int]:
        """The same for several rows: 1 for those that pass."""
        return map(int, map(self.shown, range(start, stop)))

    def group(self, _row: int) -> int:
        """0 for rows that stand before all others whatever the order, as folders do, else 1."""
        return 1

    def name_key(self, row: int) -> str:
        """Sort key of the name: without case, numbers by value."""
        return natural(self.fold(row))

    def name_keys(self, rows: Sequence[int]) -> Sequence[str]:
        """Sort keys of several names, made at once."""
        joined = _joined(list(map(self.names.__getitem__, rows)))
        return natural(joined.casefold()).split("\0") if rows else ()

    def fold(self, row: int) -> str:
        """The name without case."""
        return self.names[row].casefold()

    def matching(self, chunk: int, query: str) -> bytearray:
        """1 for each row of a chunk whose name contains `query`, which has no case."""
        text, plain = self._folded(chunk)
        start, stop = chunk * CHUNK, min((chunk + 1) * CHUNK, len(self.names))
        if start >= stop:
            return bytearray()
        dense = text.count(query, 0, _SAMPLE) * _DENSE > text.count("\0", 0, _SAMPLE)
        if not query or dense:
            names = self.names[start:stop] if plain else text.split("\0")
            return bytearray(map(contains, names, repeat(query)))
        matching = bytearray(stop - start)
        # The number of separators before a match is its row.
        pieces = text.split(query)
        del pieces[-1]
        for row in accumulate(map(str.count, pieces, repeat("\0"))):
            matching[row] = 1
        return matching

    def _folded(self, chunk: int) -> _Folded:
        if chunk < len(self._folds):
            return self._folds[chunk]
        names = self.names[chunk * CHUNK : (chunk + 1) * CHUNK]
        folded = _Folded.of(names)
        if chunk == len(self._folds) and len(names) == CHUNK:
            self._folds.append(folded)
        return folded

    def _fold_again(self, chunk: int) -> None:
        names = self.names[chunk * CHUNK : (chunk + 1) * CHUNK]
        if len(names) == CHUNK:
            self._folds[chunk] = _Folded.of(names)
        else:
            del self._folds[chunk:]

    def order(self, identifier: str) -> Order | None:
        """The way to sort of that id, if there is one."""
        return next((order for order in self.orders if order.id == identifier), None)

    def marked(self) -> list[int]:
        """Rows that carry a mark."""
        return [row for row, mark in enumerate(self.marks) if mark] if 1 in self.marks else []


def drop(column: MutableSequence[Any], row: int) -> None:
    """Take a row out of a column, the last one in its place."""
    last = column.pop()
    if row < len(column):
        column[row] = last


def _joined(names: Sequence[str]) -> str:
    """Names joined by NUL, as many as there are even if an engine tells one with a NUL in it."""
    text = "\0".join(names)
    if text.count("\0") >= len(names):
        text = "\0".join(name.replace("\0", "\1") for name in names)
    return text
