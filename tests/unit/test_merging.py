"""Rows that change, come and go: the arrangement is what it would be if it were made anew."""

from __future__ import annotations

import random
from collections.abc import Mapping
from typing import Any

import pytest

from tui.widgets.table.arrangement import Arrangement
from tui.widgets.table.rows import Order, Rows, drop


class Sized(Rows):
    """Names with a size; those that begin with `d` stand first, and `.h` may be hidden."""

    def __init__(self, items: Mapping[str, int]) -> None:
        super().__init__()
        self.sizes: list[int] = []
        for item in items.items():
            self.add(item)

    @property
    def orders(self) -> tuple[Order, ...]:
        return (
            Order("name", "n", "name", self.name_key, self.name_keys),
            Order("size", "s", "size", self.sizes.__getitem__),
        )

    def add(self, item: tuple[str, int]) -> None:
        self.add_names([item[0]])
        self.sizes.append(item[1])

    def put(self, row: int, item: tuple[str, int]) -> None:
        self.sizes[row] = item[1]

    def drop(self, row: int) -> None:
        super().drop(row)
        drop(self.sizes, row)

    def shown(self, row: int) -> bool:
        return not self.names[row].startswith(".")

    def group(self, row: int) -> int:
        return 0 if self.names[row].startswith("d") else 1


def run(arrangement: Arrangement) -> None:
    for _ in arrangement.steps():
        pass


def arranged(rows: Rows, sort: str, reverse: bool, query: str) -> Arrangement:
    arrangement = Arrangement(rows, sort, reverse)
    arrangement.append()
    arrangement.filter_by(query)
    arrangement.sort_by(sort, reverse=reverse)
    run(arrangement)
    return arrangement


def shown(arrangement: Arrangement, by: str) -> list[tuple[int, Any]]:
    """What stands there, but for the order of rows that are equal."""
    rows = arrangement.rows
    order = rows.order(by)
    assert order
    return [(rows.group(row), order.key(row)) for row in arrangement.view]


def check(arrangement: Arrangement, items: Mapping[str, int], marked: set[str]) -> None:
    """Compare with an arrangement of the same things that was made anew."""
    rows = arrangement.rows
    assert isinstance(rows, Sized)
    fresh = Sized(items)
    fresh.selective = rows.selective
    anew = arranged(fresh, arrangement.sort, arrangement.reverse, arrangement.query)
    assert dict(zip(rows.names, rows.sizes, strict=True)) == dict(items)
    assert len(rows.names) == len(items)
    assert sorted(arrangement.order) == list(range(len(items)))
    assert shown(arrangement, arrangement.sort) == shown(anew, arrangement.sort)
    names = {rows.names[row] for row in arrangement.view}
    assert names == {fresh.names[row] for row in anew.view}
    assert {rows.names[row] for row in rows.marked()} == marked & set(items)
    for position, row in enumerate(arrangement.view):
        assert arrangement.position(row) == position


@pytest.mark.parametrize("sort", ["name", "size"])
@pytest.mark.parametrize("reverse", [False, True])
@pytest.mark.parametrize("query", ["", "1"])
@pytest.mark.parametrize("selective", [False, True])
def test_merges_are_like_a_fresh_arrangement(
    sort: str, reverse: bool, query: str, selective: bool
) -> None:
    chance = random.Random(f"{sort}{reverse}{query}{selective}")

    def name() -> str:
        return f"{chance.choice(['a', 'd', '.h'])}{chance.randrange(9000)}"

    items = {name(): chance.randrange(5) for _ in range(chance.choice([0, 40, 6000]))}
    rows = Sized(items)
    rows.selective = selective
    marked = set(chance.sample(sorted(items), len(items) // 3))
    for row, known in enumerate(rows.names):
        rows.marks[row] = known in marked
    arrangement = arranged(rows, sort, reverse, query)
    for _ in range(12):
        changed = {name(): chance.randrange(5) for _ in range(chance.randrange(20))}
        for known in chance.sample(sorted(items), min(len(items), chance.randrange(20))):
            changed[known] = chance.randrange(5)
        gone = set(chance.sample(sorted(items), min(len(items), chance.randrange(30))))
        gone = (gone | {"never there"}) - changed.keys()
        arrangement.merge({known: (known, size) for known, size in changed.items()}, gone)
        run(arrangement)
        items = {known: size for known, size in items.items() if known not in gone} | changed
        marked -= gone
        check(arrangement, items, marked)
    arrangement.filter_by("2")
    run(arrangement)
    check(arrangement, items, marked)


def test_a_row_whose_place_stays_keeps_it_among_its_equals() -> None:
    rows = Sized(dict.fromkeys("abcde", 7))
    arrangement = arranged(rows, "size", reverse=False, query="")
    before = list(arrangement.view)
    arrangement.merge({"b": ("b", 7)}, ())
    run(arrangement)
    assert list(arrangement.view) == before


def test_what_is_asked_for_during_a_merge_is_done_after_it() -> None:
    items = {f"a{number}": number for number in range(40_000)}
    arrangement = arranged(Sized(items), "name", reverse=False, query="")
    arrangement.merge({"a39999": ("a39999", 5), "new": ("new", 1)}, {"a1"})
    steps = arrangement.steps()
    next(steps)
    arrangement.filter_by("n")
    arrangement.sort_by("size", reverse=True)
    for _ in steps:
        pass
    assert [arrangement.rows.names[row] for row in arrangement.view] == ["new"]
    arrangement.filter_by("")
    run(arrangement)
    del items["a1"]
    check(arrangement, items | {"a39999": 5, "new": 1}, set())
