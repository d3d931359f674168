"""Sorting a million rows in short steps: `list.sort` of all of them would hold the screen.

A thread would not help, as a sort holds the GIL. So this is a sample sort: chunks are sorted and
cut at pivots into buckets, then each bucket is sorted. Sort keys live for one step only, which is
why they are made twice: those of a million names would take 90 MB.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator, Sequence
from typing import Any

STEP = 1024
"""Rows handled between two chances to stop: about a millisecond."""

_BUCKETS = 512
_SAMPLE = 2048

Keys = Callable[[Sequence[int]], Sequence[Any]]
"""Comparable values of rows, one each."""


def sorted_runs(rows: Sequence[int], keys: Keys, *, reverse: bool) -> Iterator[Sequence[int]]:
    """Runs that make the sorted rows when joined; an empty one after each step of work before.

    Rows with equal keys keep their order, also in reverse.
    """
    if len(rows) <= STEP:
        yield _sorted(rows, keys, reverse=reverse)
        return
    sample = sorted(keys(rows[:: max(1, len(rows) // _SAMPLE)]))
    apart = max(1, len(sample) // min(_BUCKETS, len(rows) // STEP + 1))
    pivots = list(dict.fromkeys(sample[apart::apart]))
    # Buckets of what equals a pivot stand between the others: they need no sorting, however large.
    buckets = [array("I") for _ in range(2 * len(pivots) + 1)]
    for start in range(0, len(rows), STEP):
        _deal(rows[start : start + STEP], keys, pivots, buckets)
        yield ()
    numbered = list(enumerate(buckets))
    del buckets
    for number, bucket in reversed(numbered) if reverse else numbered:
        if number % 2:
            yield bucket
        elif len(rows) > len(bucket) > 8 * STEP:
            yield from sorted_runs(bucket, keys, reverse=reverse)
        else:
            yield _sorted(bucket, keys, reverse=reverse)


def _sorted(rows: Sequence[int], keys: Keys, *, reverse: bool = False) -> Sequence[int]:
    values = keys(rows)
    places = sorted(range(len(rows)), key=values.__getitem__, reverse=reverse)
    return array("I", [rows[place] for place in places])


def _deal(
    rows: Sequence[int], keys: Keys, pivots: Sequence[Any], buckets: Sequence[array[int]]
) -> None:
    """Put rows into the buckets below, at and between the pivots."""
    values = keys(rows)
    places = sorted(range(len(rows)), key=values.__getitem__)
    ordered = [values[place] for place in places]
    dealt = array("I", [rows[place] for place in places])
    begin = 0
    for number, pivot in enumerate(pivots):
        low = bisect_left(ordered, pivot, begin)
        if begin < low:
            buckets[2 * number].extend(dealt[begin:low])
        begin = low
        if low < len(ordered) and ordered[low] == pivot:
            begin = bisect_right(ordered, pivot, low)
            buckets[2 * number + 1].extend(dealt[low:begin])
    buckets[-1].extend(dealt[begin:])
