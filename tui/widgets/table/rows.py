"""What a table shows, as data: columns of arrays, and how a cell of each is written and sorted."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from tui.presentation import natural

Spans = Sequence[tuple[str, str]]
"""Pieces of text with the name of a style each: one of `view.STYLES`, or empty."""


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


class Rows:
    """Rows stored column by column; a row is its index, which never changes.

    Subclasses add arrays of their own and say how they are shown in `columns`.
    """

    columns: tuple[Column, ...] = ()
    orders: tuple[Order, ...] = ()

    def __init__(self) -> None:
        self.names: list[str] = []
        """Identity of each row: a cursor and marks survive a refresh by it."""
        self.folds: list[str] = []
        """Names without case, for the filter."""
        self.marks = bytearray()
        """1 for each marked row."""
        self.selective = False
        """Whether `shown` leaves rows out at present."""

    def __len__(self) -> int:
        return len(self.names)

    def add_names(self, names: Iterable[str]) -> None:
        """Append rows by name; the subclass appends to its arrays as well."""
        names = list(names)
        self.names.extend(names)
        self.folds.extend(map(str.casefold, names))
        self.marks.extend(bytes(len(names)))

    def shown(self, _row: int) -> bool:
        """Whether the row passes what is switched on beside the filter text."""
        return True

    def group(self, _row: int) -> int:
        """0 for rows that stand before all others whatever the order, as folders do, else 1."""
        return 1

    def name_key(self, row: int) -> str:
        """Sort key of the name: without case, numbers by value."""
        return natural(self.folds[row])

    def order(self, identifier: str) -> Order | None:
        """The way to sort of that id, if there is one."""
        return next((order for order in self.orders if order.id == identifier), None)

    def marked(self) -> list[int]:
        """Rows that carry a mark."""
        return [row for row, mark in enumerate(self.marks) if mark] if 1 in self.marks else []
