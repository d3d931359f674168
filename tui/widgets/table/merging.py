"""Taking rows that are new, different or gone into an arrangement, which stays sorted and filtered.

The rows themselves move as little as can be: one that goes is replaced by the last one, so that two
numbers change. The order is cut and put together anew by whole pieces, which is quick even where it
holds a million rows.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tui.widgets.table.rows import Rows

_LOOKED_AT = 16_384
"""Names looked at in one step: less than a millisecond."""


def find(names: Sequence[str], wanted: Collection[str], found: dict[str, int]) -> Iterator[None]:
    """Put the number of each wanted name that is there into `found`; one step per item."""
    for start in range(0, len(names), _LOOKED_AT):
        part = names[start : start + _LOOKED_AT]
        found.update((name, row) for row, name in enumerate(part, start) if name in wanted)
        if len(found) == len(wanted):
            return
        yield


@dataclass(frozen=True, slots=True)
class Sorting:
    """By what rows are sorted at present."""

    rows: Rows
    key: Callable[[int], Any]
    reverse: bool

    def stand(self, row: int) -> tuple[int, Any]:
        """Group and key of a row: while they stay, so does its place."""
        return self.rows.group(row), self.key(row)

    def place(self, order: Sequence[int], row: int) -> int:
        """Where a row belongs in others that are sorted, behind those that are equal."""
        group, value = self.stand(row)
        low = bisect_left(order, group, key=self.rows.group)
        high = bisect_right(order, group, low, key=self.rows.group)
        if self.reverse:
            return bisect_right(
                order, _Descending(value), low, high, key=lambda row: _Descending(self.key(row))
            )
        return bisect_right(order, value, low, high, key=self.key)

    def inserted(self, order: array[int], rows: Iterable[int]) -> array[int]:
        """Sorted rows with others put among them."""
        places: dict[int, list[int]] = {}
        for row in rows:
            places.setdefault(self.place(order, row), []).append(row)
        if not places:
            return order
        joined, begin = array("I"), 0
        for place in sorted(places):
            joined.extend(order[begin:place])
            among = array("I")
            for row in places[place]:
                among.insert(self.place(among, row), row)
            joined.extend(among)
            begin = place
        joined.extend(order[begin:])
        return joined


class _Descending:
    """A value that stands before smaller ones."""

    __slots__ = ("value",)

    def __init__(self, value: Any) -> None:
        self.value = value

    def __lt__(self, other: _Descending) -> bool:
        return bool(other.value < self.value)


def without(order: array[int], places: Collection[int]) -> array[int]:
    """What is left when some places are taken out."""
    if not places:
        return order
    left, begin = array("I"), 0
    for place in sorted(places):
        left.extend(order[begin:place])
        begin = place + 1
    left.extend(order[begin:])
    return left


def moves(count: int, gone: Collection[int]) -> dict[int, int]:
    """Where rows go when each of those that are gone is replaced by the last: old number to new."""
    stands: dict[int, int] = {}
    for row in sorted(gone, reverse=True):
        count -= 1
        last = stands.pop(count, count)
        if row != count:
            stands[row] = last
    return {old: new for new, old in stands.items()}


def update(rows: Rows, found: Mapping[str, int], items: Mapping[str, Any]) -> list[int]:
    """Let the rows be what they are now: changed, dropped and appended; the numbers of new ones."""
    for name, row in found.items():
        if name in items:
            rows.put(row, items[name])
    for row in sorted((row for name, row in found.items() if name not in items), reverse=True):
        rows.drop(row)
    new = [name for name in items if name not in found]
    first = len(rows)
    for name in new:
        rows.add(items[name])
    return list(range(first, len(rows)))
