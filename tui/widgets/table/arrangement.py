"""Which rows are shown in which order, worked out in short steps: keys are served between them.

`list.sort` holds the GIL, so a thread would freeze the screen just the same; the order of a million
rows is therefore a sample sort: split by pivots, then sort bucket by bucket. The first screen is
right after the first bucket.
"""

from __future__ import annotations

from array import array
from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from tui.widgets.table.rows import Rows

STEP = 2048
"""Rows handled between two chances to stop: about a millisecond."""

SCREENFUL = 256
"""Rows in order that are worth showing before the rest is sorted."""


class Arrangement:
    """Order and filter over the rows of one table."""

    def __init__(self, rows: Rows, sort: str = "name", reverse: bool = False) -> None:
        self.rows = rows
        self.sort = sort
        self.reverse = reverse
        self.query = ""
        self.order: array[int] = array("I")
        """Every row, sorted."""
        self.view: array[int] = array("I")
        """The rows shown, sorted."""
        self._sorted = True
        """Whether no sort was left half done."""
        self._complete = True
        """Whether `view` holds every row that passes."""

    def append(self) -> None:
        """Take in the rows that came since, behind all others."""
        new = range(len(self.order), len(self.rows))
        self.order.extend(new)
        self.view.extend(self._passing(new))

    def filtering(self, query: str) -> Iterator[None]:
        """Show only names that contain `query`; one step per item."""
        query = query.casefold()
        narrows = self._complete and bool(self.query) and self.query in query != self.query
        self.query = query
        if not self._sorted:
            yield from self.sorting(self.sort, self.reverse)
            return
        base = self.view if narrows else self.order
        self._complete = False
        self.view = view = array("I")
        for start in range(0, len(base), STEP):
            view.extend(self._passing(base[start : start + STEP]))
            yield
        self._complete = True

    def sorting(self, sort: str, reverse: bool) -> Iterator[None]:
        """Sort by a column; ties stay in the order they had. One step per item."""
        self.sort, self.reverse = sort, reverse
        chosen = self.rows.order(sort)
        sort_key = chosen.key if chosen else self.rows.name_key
        self._sorted = self._complete = False
        base = self.order
        keys: dict[int, Any] = {}
        groups: tuple[list[int], list[int]] = ([], [])
        for start in range(0, len(base), STEP):
            for row in base[start : start + STEP]:
                keys[row] = sort_key(row)
                groups[self.rows.group(row)].append(row)
            yield
        order: array[int] = array("I")
        view: array[int] = array("I")
        for group in groups:
            for run in _sorted_runs(group, keys.__getitem__, reverse):
                order.extend(run)
                view.extend(self._passing(run))
                if len(view) > SCREENFUL:
                    self.view = view
                yield
        self.order, self.view = order, view
        self._sorted = self._complete = True

    def _passing(self, rows: Sequence[int]) -> Sequence[int]:
        if self.rows.selective:
            rows = [row for row in rows if self.rows.shown(row)]
        if not self.query:
            return rows
        query, folds = self.query, self.rows.folds
        return [row for row in rows if query in folds[row]]


def _sorted_runs(
    rows: list[int], key: Callable[[int], Any], reverse: bool
) -> Iterator[Sequence[int]]:
    """Runs that make the sorted rows when joined; an empty one after each step of work before."""
    if len(rows) <= STEP:
        yield sorted(rows, key=key, reverse=reverse)
        return
    sample = sorted({key(row) for row in rows[:: max(1, len(rows) // STEP)]})
    pivots = sample[16::16]
    buckets: list[list[int]] = [[] for _ in range(len(pivots) + 1)]
    for start in range(0, len(rows), STEP):
        for row in rows[start : start + STEP]:
            buckets[bisect_right(pivots, key(row))].append(row)
        yield ()
    for bucket in reversed(buckets) if reverse else buckets:
        yield sorted(bucket, key=key, reverse=reverse)
