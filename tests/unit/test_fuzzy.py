"""How well a path fits what was typed."""

from __future__ import annotations

import time

import pytest

from tui.fuzzy import NO_FIT, Query, is_glob


@pytest.mark.parametrize(
    ("text", "paths"),
    [
        ("conf", ["conf", "a/b/conf", "confs", "x/config.ini", "my.conf", "reconf", "c-onf"]),
        ("log", ["log", "log2", "var/log10", "x.log", "blog", "l/o/g-l-o-g"]),
        ("a/b", ["a/b", "a/bc", "x/a/b", "axx/xb"]),
    ],
)
def test_the_best_come_first(text: str, paths: list[str]) -> None:
    query = Query(text)
    ranks = [query.rank(path.casefold()) for path in paths]
    assert ranks == sorted(ranks)


def test_an_upper_case_character_makes_case_matter() -> None:
    assert Query("ab").rank("AB".casefold())[0] < NO_FIT
    assert Query("Ab").exact
    assert Query("Ab").rank("AB")[0] == NO_FIT
    assert Query("Ab").fits("xAxb")


@pytest.mark.parametrize(
    ("text", "path", "places"),
    [
        ("conf", "etc/my.Conf", [(7, 11)]),
        ("ef", "e/e-x-f", [(2, 3), (6, 7)]),
        ("e/f", "e/xf", [(0, 2), (3, 4)]),
        ("ss", "ß", []),
        ("q", "abc", []),
    ],
)
def test_what_fits_is_shown(text: str, path: str, places: list[tuple[int, int]]) -> None:
    assert Query(text).places(path) == places


def test_no_name_takes_long() -> None:
    query = Query("a" * 40 + "b")
    begun = time.process_time()
    assert query.rank("a" * 255)[0] == NO_FIT
    assert not query.fits("a" * 4000)
    assert time.process_time() - begun < 5


def test_patterns_of_the_shell() -> None:
    assert is_glob("*.conf")
    assert is_glob("x[1]")
    assert not is_glob("a.b-c")
