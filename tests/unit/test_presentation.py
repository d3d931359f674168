"""Values as plain text."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime, timedelta

import pytest
from rich.cells import cell_len

from tui.presentation import (
    age,
    copyable,
    counted,
    head,
    join,
    label_words,
    link_target,
    location,
    modified,
    natural,
    parent,
    safe,
    safe_text,
    show_only_ascii,
    size,
    tail,
    total_words,
)

NAMES = [
    "plain", "", " ", "  ", "a ", " a", r"a\x20", r"\x20a", "a\\", "a\\\\", "\x1b[31m", r"\e[31m",
    "\\\x1b", "\n", r"\n", "n", "\udcff", "ÿ", r"\xff", "\x85", "\udc85", "\u202e", "\u200b",
    "\u200c", "\ufe0f", "\u3164", "é", "e\u0301", "\u00a0", "\u2028", "\U000e0041", "\ud800",
]  # fmt: skip


def test_safe_names_are_printable_and_tell_every_two_names_apart() -> None:
    shown = [safe(name) for name in NAMES]
    assert all(text.isprintable() for text in shown)
    assert all(cell_len(text) > 0 for text, name in zip(shown, NAMES, strict=True) if name)
    for (one, first), (two, second) in itertools.combinations(zip(NAMES, shown, strict=True), 2):
        assert first != second, (one, two)


@pytest.mark.parametrize(
    "name", [*map(chr, range(0x20)), "\x7f", *map(chr, range(0x80, 0xA0)), "\u2066", "\ufeff"]
)
def test_no_control_character_passes(name: str) -> None:
    assert safe(f"a{name}b").isprintable()
    assert safe_text(f"a{name}b").isprintable()
    assert safe_text(f"a{name}b") != "ab"


def test_ordinary_names_of_the_world_stay_as_they_are() -> None:
    for name in ("größe", "файл", "文件", "ملف", "a b", "emoji 🐳", "-rf", "[/]"):
        assert safe(name) == name


def test_text_keeps_its_backslashes() -> None:
    assert safe_text(r"C:\temp") == r"C:\temp"


def test_ascii_only() -> None:
    show_only_ascii(True)
    try:
        assert safe("größe ●") == r"gr\u00f6\u00dfe \u25cf"
    finally:
        show_only_ascii(False)


@pytest.mark.parametrize(
    ("count", "text"),
    [(0, "0"), (999, "999"), (1000, "1.0K"), (1024, "1.0K"), (10_240, "10K"), (1 << 20, "1.0M"),
     (1_048_000, "1.0M"), (5 << 30, "5.0G"), (1 << 62, "4.0E"), (1 << 80, "huge")],
)  # fmt: skip
def test_size(count: int, text: str) -> None:
    assert size(count) == text
    assert len(text) <= 4


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0, "just now"), (45, "45 s ago"), (180, "3 min ago"), (7200, "2 h ago"),
     (3 * 86400, "3 d ago"), (90 * 86400, "2 months ago"), (800 * 86400, "2 y ago"),
     (-50, "just now")],
)  # fmt: skip
def test_age(seconds: int, text: str) -> None:
    moment = datetime(2026, 11, 20, tzinfo=UTC)
    assert age(moment, moment + timedelta(seconds=seconds)) == text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(1_795_000_000, "Nov 18 11:06"), (1_700_000_000, "Nov 14  2023"), (-1, "Dec 31  1969"),
     (1 << 62, "out of range")],
)  # fmt: skip
def test_modified(seconds: int, text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    import time

    monkeypatch.setenv("TZ", "UTC")
    time.tzset()
    assert modified(seconds, 1_795_200_000) == text


def test_a_year_of_many_digits_keeps_the_width() -> None:
    assert len(modified(10**13, 0)) == 12


def test_natural_order() -> None:
    names = ["file10", "file2", "file1", "file", "file2b"]
    assert sorted(names, key=natural) == ["file", "file1", "file2", "file2b", "file10"]


def test_natural_order_of_very_long_numbers_does_not_fail() -> None:
    assert natural("1" * 5000) == "1" * 5000


def test_counted() -> None:
    assert [counted(n, "entry") for n in (0, 1, 2000)] == ["0 entries", "1 entry", "2,000 entries"]


@pytest.mark.parametrize(
    ("folder", "target", "path"),
    [("/", "a", "/a"), ("/a/b", "../c", "/a/c"), ("/a", "..", "/"), ("/a", "../../c", None),
     ("/", "..", None), ("/a", "/etc/passwd", None), ("/a", "./b//c/.", "/a/b/c"),
     ("/a", "../../a/b", None), ("/a", "", None)],
)  # fmt: skip
def test_link_target_never_leaves_the_volume(folder: str, target: str, path: str | None) -> None:
    assert link_target(folder, target) == path


def test_paths() -> None:
    assert join("/", "a") == "/a"
    assert join("/a", "b") == "/a/b"
    assert parent("/a/b") == "/a"
    assert parent("/a") == "/"
    assert location("db\n", "/a\x1b") == r"db\n:/a\e"


def test_tail_keeps_the_end_and_the_width() -> None:
    assert tail("abcdef", 6) == "abcdef"
    assert tail("abcdef", 4) == "…def"
    assert cell_len(tail("文" * 1000, 11)) <= 11
    assert tail("abc", 0) == "…"


def test_a_harmless_path_is_copied_as_it_is() -> None:
    assert copyable("/a b/ü") == "/a b/ü"


def test_what_would_run_when_pasted_is_quoted() -> None:
    assert copyable("/a\nrm -rf '/'\udcff") == r"$'/a\x0arm -rf \'/\'\xff'"


@pytest.mark.parametrize(
    ("sizes", "words"),
    [
        ([], ""),
        ([0], "0 Bytes"),
        ([1 << 20, 1 << 19], "1.5 MiB"),
        ([1 << 20, None], "1.0 MiB and 1 of unknown size"),
        ([None, None], "2 of unknown size"),
    ],
)
def test_a_sum_counts_what_is_not_known_apart(sizes: list[int | None], words: str) -> None:
    assert total_words(sizes) == words


def test_labels_of_their_owner_come_first_and_are_safe() -> None:
    labels = {"com.docker.compose.project": "shop", "owner": "o\x1bps", "flag": ""}
    assert label_words(labels) == ["flag", "owner=o\\eps", "com.docker.compose.project=shop"]


@pytest.mark.parametrize("text", ["", "abc", "abcdefgh", "日本語日本語"])
@pytest.mark.parametrize("width", [1, 2, 5, 20])
def test_a_beginning_fits(text: str, width: int) -> None:
    shown = head(text, width)
    assert cell_len(shown) <= width
    assert shown == text or shown.endswith("…")
