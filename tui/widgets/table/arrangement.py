"""Which rows are shown in which order, worked out in short steps: keys are served between them.

What is shown changes only when a step has finished something: a filter is shown as a whole, and
so is an order. A key pressed meanwhile means what it would have meant before.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Callable, Collection, Iterator, Mapping
from itertools import compress
from operator import itemgetter
from typing import Any

from tui.widgets.table.merging import Sorting, find, moves, update, without
from tui.widgets.table.ordering import STEP, Keys, sorted_runs
from tui.widgets.table.rows import CHUNK, Rows, drop

_GATHERED = 16_384
"""Rows picked in one step, which is quick: about a millisecond."""

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
        self._merge: Iterator[None] | None = None
        self._placed = True
        """Whether `_places` follows `order`."""

    @property
    def filtering(self) -> bool:
        """Whether `view` does not follow the query yet."""
        return self._pick is not None

    def position(self, row: int) -> int | None:
        """Where a row stands in the view, if it is shown."""
        if not self._placed:
            return next((at for at, shown in enumerate(self.view) if shown == row), None)
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
        new = array("I", range(start, stop))
        self.order.extend(new)
        self._places.extend(new)
        if self._pick is not None:
            return
        if self._passing is None:
            self.view.extend(new)
        else:
            self._extend(self._passing, self._picked[0], stop)
            self.view.extend(compress(new, self._passing[start:stop]))

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

    def merge(self, items: Mapping[str, Any], gone: Collection[str]) -> None:
        """Take in rows that are new or different, by name, and leave those out that are gone.

        Only while nothing else is being arranged; what is asked for from then on waits.
        """
        self._merge = self._merging(items, gone)

    def abandon(self) -> None:
        """Leave undone what was asked for, as nobody shows this any more.

        The work refers to the arrangement: both would stay until a full collection.
        """
        self._pick = self._sort = self._merge = None

    def steps(self) -> Iterator[None]:
        """Do what was asked for and what is asked for meanwhile, the filter first."""
        while True:
            if self._merge is not None:
                if next(self._merge, self) is self:
                    self._merge = None
            elif self._pick is not None:
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

    def _catching_up(self, passing: bytearray, query: str, order: array[int]) -> Iterator[None]:
        """Look at the rows that came since the first of these was looked at."""
        while len(order) - len(passing) > CHUNK:
            passing += self._matching(len(passing), query)
            yield
        self._extend(passing, query, len(order))

    def _gathering(self, passing: bytearray | None, query: str) -> Iterator[None]:
        """Pick the rows that pass, in order, and show them."""
        order, places = self.order, self._places
        if self._fresh is not None:
            order, places = self._fresh, array("I", self._fresh)
            yield from _place(order, places)
        if passing is not None:
            yield from self._catching_up(passing, query, order)
        known = len(order)
        view = array("I")
        if passing is not None and passing.count(1) <= _FEW:
            view.extend(sorted(_marked(passing, known), key=places.__getitem__))
        else:
            for start in range(0, known, _GATHERED):
                part = order[start : min(start + _GATHERED, known)]
                view.extend(part if passing is None else _passed(part, passing))
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

    def _merging(self, items: Mapping[str, Any], gone: Collection[str]) -> Iterator[None]:
        """Find the rows, take them in at once, then say again where each stands."""
        found: dict[str, int] = {}
        yield from find(self.rows.names, items.keys() | set(gone), found)
        self._placed = not self._take_in(items, found)
        self.version += 1
        if not self._placed:
            yield
            places = array("I", self.order)
            yield from _place(self.order, places)
            self._places, self._placed = places, True

    def _take_in(self, items: Mapping[str, Any], found: Mapping[str, int]) -> bool:
        """Change the rows, then their places; whether any place changed."""
        rows, places, passing = self.rows, self._places, self._passing
        sorting = Sorting(rows, self._key(), self.reverse)
        kept = {row: sorting.stand(row) for name, row in found.items() if name in items}
        gone = [row for row in found.values() if row not in kept]
        moved = moves(len(rows), gone)
        where = {row: (places[row], self.position(row)) for row in {*found.values(), *moved}}
        new = update(rows, found, items)
        changed = [
            row for row, stood in kept.items() if sorting.stand(moved.get(row, row)) != stood
        ]
        for row, now in moved.items():
            place, position = where[row]
            self.order[place] = now
            if position is not None:
                self.view[position] = now
        if passing is not None:
            for row in sorted(gone, reverse=True):
                drop(passing, row)
            passing.extend(map(self._passes, new))
        if not (new or gone or changed):
            return False
        out = [where[row] for row in (*gone, *changed)]
        order = without(self.order, [place for place, _ in out])
        view = without(self.view, [position for _, position in out if position is not None])
        inserted = [*(moved.get(row, row) for row in changed), *new]
        self.order = sorting.inserted(order, inserted)
        self.view = sorting.inserted(view, filter(self._passes, inserted))
        return True

    def _passes(self, row: int) -> bool:
        query, selective = self._picked
        return query in self.rows.fold(row) and (not selective or self.rows.shown(row))

    def _key(self) -> Callable[[int], Any]:
        chosen = self.rows.order(self.sort)
        return chosen.key if chosen else self.rows.name_key

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


def _passed(rows: array[int], passing: bytearray) -> array[int]:
    """The rows that pass; the quickest of the ways there are, and most of what a filter takes."""
    numbers = rows.tolist()
    # Of fewer than two items `itemgetter` makes no sequence.
    return array("I", list(compress(numbers, itemgetter(*numbers, 0, 0)(passing))))


def _marked(passing: bytearray, count: int) -> Iterator[int]:
    """Numbers of the rows among the first `count` that pass."""
    row = passing.find(1)
    while 0 <= row < count:
        yield row
        row = passing.find(1, row + 1)
