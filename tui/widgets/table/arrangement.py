"""Which rows are shown in which order, worked out in short steps: keys are served between them.

What is shown changes only when a step has finished something: a filter is shown as a whole, and
so is an order. A key pressed meanwhile means what it would have meant before.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Iterator
from itertools import compress, repeat

from tui.widgets.table.ordering import STEP, Keys, sorted_runs
from tui.widgets.table.rows import CHUNK, Rows

_GATHERED = 65_536
"""Rows picked in one step, which is quick: about three milliseconds."""

_NARROW = 4
"""A filter that narrows looks at the former result alone if that is smaller by this factor."""

_FEW = 16_384
"""Rows that are put in order by where each stands, rather than by looking through the order."""


class Arrangement:
    """Order and filter over the rows of one table."""

    def __init__(self, rows: Rows, sort: str = "name", reverse: bool = False) -> None:
        self.rows = rows
        self.sort = sort
        self.reverse = reverse
        self.query = ""
        """What names have to contain, without case; `view` follows."""
        self.order: array[int] = array("I")
        """Every row, sorted as far as that is done."""
        self.view: array[int] = array("I")
        """The rows shown, in order."""
        self._places: array[int] = array("I")
        """Where each row stands in `order`."""
        self.version = 0
        """Grows whenever steps changed `order` or `view`."""
        self._passing: bytearray | None = None
        """1 for each row that is shown; None where all are."""
        self._picked = ("", False)
        """The query `_passing` was made for, and whether rows were left out beside it."""
        self._pick: Iterator[None] | None = None
        self._sort: Iterator[None] | None = None
        self._fresh: array[int] | None = None
        """A finished order that is not shown yet."""

    @property
    def filtering(self) -> bool:
        """Whether `view` does not follow the query yet."""
        return self._pick is not None

    def position(self, row: int) -> int | None:
        """Where a row stands in the view, if it is shown."""
        if row >= len(self._places):
            return None
        if len(self.view) == len(self._places):
            return self._places[row]
        place, places = self._places[row], self._places
        at = bisect_left(self.view, place, key=places.__getitem__)
        return at if at < len(self.view) and self.view[at] == row else None

    def append(self) -> None:
        """Take in the rows that came since, behind all others."""
        start, stop = len(self.order), len(self.rows)
        if start == stop:
            return
        self.order.extend(range(start, stop))
        self._places.extend(range(start, stop))
        if self._pick is not None:
            return
        if self._passing is None:
            self.view.extend(range(start, stop))
        else:
            self._extend(self._passing, self._picked[0], stop)
            self.view.extend(compress(range(start, stop), self._passing[start:stop]))

    def filter_by(self, query: str) -> None:
        """Show only names that contain `query`, as soon as the steps are done."""
        query = query.replace("\0", "").casefold()
        self.query = query
        picked, selective = self._picked
        narrows = not self.filtering and picked in query and selective == self.rows.selective
        if narrows and len(self.view) * _NARROW < len(self.order):
            self._pick = self._narrowing(query)
        else:
            self._pick = self._picking(query)

    def sort_by(self, sort: str, *, reverse: bool) -> None:
        """Sort by a column, as soon as the steps are done; ties stay in the order they had."""
        self.sort, self.reverse = sort, reverse
        self._fresh = None
        self._sort = self._sorting(sort, reverse=reverse)

    def steps(self) -> Iterator[None]:
        """Do what was asked for and what is asked for meanwhile, the filter first."""
        while True:
            if self._pick is not None:
                pick = self._pick
                if next(pick, self) is self:
                    self._pick = None
            elif self._sort is not None:
                sort = self._sort
                if next(sort, self) is self:
                    self._sort = None
                    self._pick = self._gathering(self._passing, self._picked[0])
            else:
                return
            yield

    def _picking(self, query: str) -> Iterator[None]:
        """Look at every name, chunk by chunk, then put what passes in order."""
        if not query and not self.rows.selective:
            yield from self._gathering(None, query)
            return
        passing, known = bytearray(), len(self.order)
        while len(passing) < known:
            passing += self._matching(len(passing), query)
            yield
        yield from self._gathering(passing, query)

    def _narrowing(self, query: str) -> Iterator[None]:
        """Look at the names that passed a wider filter."""
        fold, base = self.rows.fold, self.view
        passing = bytearray(len(self.order))
        for start in range(0, len(base), STEP):
            for row in base[start : start + STEP]:
                passing[row] = query in fold(row)
            yield
        yield from self._gathering(passing, query)

    def _matching(self, start: int, query: str) -> bytearray:
        """1 for each row that passes, from a row on to the end of its chunk or of all rows."""
        chunk = start // CHUNK
        passing = self.rows.matching(chunk, query)
        if self.rows.selective:
            shown = self.rows.all_shown(chunk * CHUNK, chunk * CHUNK + len(passing))
            passing = bytearray(map(int.__and__, passing, shown))
        return passing[start - chunk * CHUNK :]

    def _extend(self, passing: bytearray, query: str, stop: int) -> None:
        """Look at the rows up to `stop` that came since the filter was made."""
        while len(passing) < stop:
            passing += self._matching(len(passing), query)

    def _gathering(self, passing: bytearray | None, query: str) -> Iterator[None]:
        """Pick the rows that pass, in order, and show them."""
        order, places = self.order, self._places
        if self._fresh is not None:
            order, places = self._fresh, array("I", self._fresh)
            yield from _place(order, places)
        known = len(order)
        view = array("I")
        if passing is not None and passing.count(1) <= _FEW:
            view.extend(sorted(_marked(passing, known), key=places.__getitem__))
        else:
            for start in range(0, known, _GATHERED):
                part = order[start : min(start + _GATHERED, known)]
                passes = repeat(1) if passing is None else map(passing.__getitem__, part)
                view.extend(compress(part, passes))
                yield
        late = range(known, len(self.order))
        if passing is not None:
            self._extend(passing, query, late.stop)
        view.extend(late if passing is None else compress(late, passing[known:]))
        if order is not self.order:
            order.extend(late)
            places.extend(late)
        self.order, self._places, self.view = order, places, view
        self._fresh, self._passing, self._picked = None, passing, (query, self.rows.selective)
        self.version += 1

    def _sorting(self, sort: str, *, reverse: bool) -> Iterator[None]:
        """Sort what is there now; what comes later stays behind it."""
        base, count = self.order, len(self.order)
        groups: tuple[array[int], array[int]] = (array("I"), array("I"))
        for start in range(0, count, STEP):
            part = base[start : min(start + STEP, count)]
            leading = list(map(self.rows.group, part))
            groups[1].extend(compress(part, leading))
            groups[0].extend(compress(part, (not group for group in leading)))
            yield
        fresh = array("I")
        for group in groups:
            for run in sorted_runs(group, self._keys(sort), reverse=reverse):
                fresh.extend(run)
                yield
        self._fresh = fresh

    def _keys(self, sort: str) -> Keys:
        chosen = self.rows.order(sort)
        if chosen is None:
            return self.rows.name_keys
        return chosen.keys or (lambda rows: list(map(chosen.key, rows)))


def _place(order: array[int], places: array[int]) -> Iterator[None]:
    """Say for each row where it stands."""
    for start in range(0, len(order), _GATHERED):
        for place, row in enumerate(order[start : start + _GATHERED], start):
            places[row] = place
        yield


def _marked(passing: bytearray, count: int) -> Iterator[int]:
    """Numbers of the rows among the first `count` that pass."""
    row = passing.find(1)
    while 0 <= row < count:
        yield row
        row = passing.find(1, row + 1)
