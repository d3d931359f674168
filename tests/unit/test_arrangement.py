"""Order and filter of rows, without a screen."""

from __future__ import annotations

import random

from tui.widgets.table.arrangement import Arrangement
from tui.widgets.table.marking import Marking
from tui.widgets.table.rows import Order, Rows


class Numbers(Rows):
    """Named numbers; those that begin with `d` stand first."""

    def __init__(self, values: dict[str, int]) -> None:
        super().__init__()
        self.values = list(values.values())
        self.add_names(values)

    @property
    def orders(self) -> tuple[Order, ...]:
        return (
            Order("name", "n", "name", self.name_key),
            Order("value", "v", "value", self.values.__getitem__),
        )

    def shown(self, row: int) -> bool:
        return self.values[row] > 0

    def group(self, row: int) -> int:
        return 0 if self.names[row].startswith("d") else 1


def arranged(rows: Rows) -> Arrangement:
    arrangement = Arrangement(rows)
    arrangement.append()
    sort(arrangement, "name")
    return arrangement


def sort(arrangement: Arrangement, by: str, *, reverse: bool = False) -> None:
    arrangement.sort_by(by, reverse=reverse)
    run(arrangement)


def pick(arrangement: Arrangement, query: str) -> None:
    arrangement.filter_by(query)
    run(arrangement)


def run(arrangement: Arrangement) -> None:
    for _ in arrangement.steps():
        pass


def names(arrangement: Arrangement) -> list[str]:
    return [arrangement.rows.names[row] for row in arrangement.view]


def some(count: int) -> Numbers:
    chance = random.Random(1)
    return Numbers({f"{chance.choice('abd')}{n}": chance.randrange(1000) for n in range(count)})


def test_groups_first_then_natural_names() -> None:
    rows = Numbers({"b10": 1, "d2": 1, "B9": 1, "d10": 1, "a": 1})
    assert names(arranged(rows)) == ["d2", "d10", "a", "B9", "b10"]


def test_reverse_keeps_the_groups() -> None:
    rows = Numbers({"b": 1, "d1": 1, "a": 1, "d2": 1})
    arrangement = arranged(rows)
    sort(arrangement, "name", reverse=True)
    assert names(arrangement) == ["d2", "d1", "b", "a"]


def test_large_sorts_equal_small_ones() -> None:
    rows = some(20_000)
    arrangement = arranged(rows)
    by_name = sorted(range(20_000), key=lambda row: (rows.group(row), rows.name_key(row)))
    assert list(arrangement.view) == by_name
    for reverse in (False, True):
        arrangement = arranged(rows)
        sort(arrangement, "value", reverse=reverse)
        expected = sorted(by_name, key=rows.values.__getitem__, reverse=reverse)
        expected.sort(key=rows.group)
        assert list(arrangement.view) == expected


def test_filter_ignores_case_narrows_and_widens() -> None:
    arrangement = arranged(Numbers({"Alpha": 1, "alps": 1, "beta": 1}))
    for query, expected in [
        ("AL", ["Alpha", "alps"]),
        ("alp", ["Alpha", "alps"]),
        ("alph", ["Alpha"]),
        ("al", ["Alpha", "alps"]),
        ("", ["Alpha", "alps", "beta"]),
    ]:
        pick(arrangement, query)
        assert names(arrangement) == expected


def test_selective_rows_and_filter_together() -> None:
    rows = Numbers({"a1": 0, "a2": 1, "b": 1})
    arrangement = arranged(rows)
    rows.selective = True
    pick(arrangement, "a")
    assert names(arrangement) == ["a2"]
    rows.selective = False
    pick(arrangement, "a")
    assert names(arrangement) == ["a1", "a2"]


def test_a_filter_broken_off_does_not_lose_rows() -> None:
    arrangement = arranged(some(20_000))
    arrangement.filter_by("a")
    next(arrangement.steps())
    assert len(arrangement.view) == 20_000
    pick(arrangement, "a1")
    expected = [name for name in arrangement.rows.names if "a1" in name]
    assert sorted(names(arrangement)) == sorted(expected)


def test_a_filter_comes_before_the_sort_under_way() -> None:
    rows = some(20_000)
    arrangement = arranged(rows)
    arrangement.sort_by("value", reverse=False)
    steps = arrangement.steps()
    for _ in range(5):
        next(steps)
    arrangement.filter_by("7")
    while arrangement.filtering:
        next(steps)
    assert len(arrangement.view) == sum("7" in name for name in rows.names)
    assert names(arrangement)[0].startswith("d")
    run(arrangement)
    shown = [(rows.group(row), rows.values[row]) for row in arrangement.view]
    assert shown == sorted(shown)
    assert len(shown) == sum("7" in name for name in rows.names)
    pick(arrangement, "")
    shown = [(rows.group(row), rows.values[row]) for row in arrangement.view]
    assert shown == sorted(shown)
    assert len(shown) == 20_000


def test_equal_keys_of_many_rows_are_no_long_step() -> None:
    rows = Numbers({f"x{number}": number % 3 for number in range(50_000)})
    arrangement = arranged(rows)
    sort(arrangement, "value", reverse=True)
    assert list(arrangement.view) == sorted(
        range(50_000), key=rows.values.__getitem__, reverse=True
    )


def test_every_filter_finds_what_a_plain_search_finds() -> None:
    rows = some(10_000)
    arrangement = arranged(rows)
    by_name = list(arrangement.order)
    for query in ("a", "a9", "A99", "9", "", "zz", "b1234", "d", "77", "a"):
        pick(arrangement, query)
        expected = [row for row in by_name if query.casefold() in rows.names[row]]
        assert list(arrangement.view) == expected
        for place, row in enumerate(arrangement.view):
            assert arrangement.position(row) == place
    pick(arrangement, "a")
    assert arrangement.position(by_name[0]) is None


def test_a_name_with_nul_shifts_no_other() -> None:
    arrangement = arranged(Numbers({"a\0b": 1, "c": 1, "b": 1}))
    assert names(arrangement) == ["a\0b", "b", "c"]
    pick(arrangement, "b")
    assert names(arrangement) == ["a\0b", "b"]


def test_rows_may_come_during_every_step() -> None:
    rows = some(9_000)
    arrangement = arranged(rows)
    more = iter(range(10_000))
    for work in ("sort", "filter", "sort"):
        if work == "sort":
            arrangement.sort_by("value", reverse=work == "sort")
        else:
            arrangement.filter_by("e")
        for _ in arrangement.steps():
            rows.values.append(1)
            rows.add_names([f"e{next(more)}"])
            arrangement.append()
    assert sorted(arrangement.order) == list(range(len(rows)))
    assert len(arrangement.view) == sum("e" in name for name in rows.names)
    sort(arrangement, "name")
    assert names(arrangement) == [f"e{number}" for number in range(len(arrangement.view))]


def test_rows_that_come_later_are_appended_and_filtered() -> None:
    rows = Numbers({"a": 1})
    arrangement = arranged(rows)
    pick(arrangement, "a")
    rows.add_names(["ba", "c"])
    rows.values += [1, 1]
    arrangement.append()
    assert names(arrangement) == ["a", "ba"]
    pick(arrangement, "")
    assert names(arrangement) == ["a", "ba", "c"]


def test_no_step_handles_more_than_a_slice_of_a_large_list() -> None:
    arrangement = arranged(some(50_000))
    arrangement.sort_by("value", reverse=False)
    assert sum(1 for _ in arrangement.steps()) > 50


def test_marks() -> None:
    rows = Numbers(dict.fromkeys("abcde", 1))
    marking, view = Marking(rows), [4, 3, 2, 1, 0]
    marking.begin_or_end(view, 1)
    marking.stretch(view, 3)
    assert rows.marked() == [1, 2, 3]
    marking.stretch(view, 0)
    assert rows.marked() == [3, 4]
    marking.begin_or_end(view, 0)
    marking.stretch(view, 4)
    assert marking.count == 2
    marking.invert(view[:3])
    assert rows.marked() == [2]
    marking.toggle(2)
    assert marking.count == 0
    marking.mark_all(view)
    assert marking.count == 5


def test_rows_that_come_while_a_filter_is_made_are_filtered_too() -> None:
    rows = Numbers({f"{'b' if n % 5 else 'a'}{n}": 1 for n in range(100_000)})
    arrangement = arranged(rows)
    for query in ("b", "a", "a1"):
        arrangement.filter_by(query)
        steps = arrangement.steps()
        next(steps)
        rows.add_names(f"{query}{n} late" for n in range(20_000))
        arrangement.append()
        for _ in steps:
            pass
        expected = [name for name in rows.names if query in name]
        assert sorted(names(arrangement)) == sorted(expected)
