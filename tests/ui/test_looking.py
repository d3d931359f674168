"""Looking around a volume: in contents, at disk usage, at hashes, by paths that are typed."""

from __future__ import annotations

import hashlib

import pytest

from tests.fakes import FakeEngine, Node, denied
from tests.showcase import CONF, EVIL, engine, volume
from tests.ui.screen import Seen, running
from tui.engine.errors import HelperLost
from tui.screens.around import AroundScreen
from tui.widgets.table import VirtualTable

START = ("pgdata", "/")


def box(tree: dict[str, Node]) -> FakeEngine:
    return FakeEngine([volume("box", 1)], {"box": tree})


def listed(seen: Seen) -> list[str]:
    table = seen.app.screen.query_one(VirtualTable)
    return [table.rows.names[row] for row in table.arrangement.view]


async def look(seen: Seen, key: str, name: str = "") -> None:
    """Press a key in the list of files, the cursor on a name."""
    await seen.until(lambda: bool(seen.cursor_line), "the folder")
    if name:
        await seen.press("slash")
        await seen.type(name)
        await seen.press("enter")
        await seen.until(lambda: name in seen.cursor_line, name)
    await seen.press(key)


# In contents


async def grep(seen: Seen, pattern: str) -> None:
    await look(seen, "F")
    await seen.sees("Find text in", "Type what the files are to have in them.")
    await seen.type(pattern)
    await seen.press("enter")


async def test_lines_that_match() -> None:
    async with running(engine(), start=START) as seen:
        await grep(seen, "^max_.*=")
        await seen.sees("2 lines in", "postgresql.conf:7 ", "max_connections = 200")
        assert ":20  max_wal_size = 4GB" in seen.line("max_wal")
        await seen.press("j", "f")
        await seen.sees("pgdata:/", "29 entries")
        await seen.until(lambda: seen.cursor_line == "postgresql.conf", "the file")


async def test_any_case_and_plain_text() -> None:
    tree: dict[str, Node] = {"a": b"x.y\nX.Y\nxzy\n", "b": b"\0x.y"}
    async with running(box(tree), start=("box", "/")) as seen:
        await grep(seen, "x.y")
        await seen.sees("2 lines in 2 files", "○ any case", "○ plain text")
        await seen.press("ctrl+t")
        await seen.sees("3 lines", "● any case")
        await seen.press("ctrl+l")
        await seen.sees("2 lines", "● plain text")
        await seen.press("slash", "backspace", "Q", "enter")
        await seen.sees("No file below box:/ has x.Q in it.", "1 binary file skipped.")


async def test_a_pattern_that_is_none() -> None:
    async with running(engine(), start=START) as seen:
        await grep(seen, "(")
        await seen.sees("Not a pattern", "R tries again")
        await seen.type("a)")
        await seen.press("enter")
        await seen.sees("lines in")


async def test_a_search_is_cancelled_and_what_came_stays() -> None:
    fake = box(dict.fromkeys("abc", b"needle"))
    async with running(fake, start=("box", "/")) as seen:
        await look(seen, "F")
        await seen.type("needle")
        fake.stuck = "c"
        await seen.press("enter")
        await seen.sees("a:1 ", "b:1 ", "Esc Cancel")
        await seen.press("escape")
        await seen.sees("Cancelled: there may be more. R searches again.")
        fake.freed.set()
        await seen.press("f5")
        await seen.sees("3 lines in 3 files")
        await seen.press("escape")
        await seen.sees("3 entries")


# Disk usage


async def test_the_largest_first_and_down_and_up() -> None:
    tree: dict[str, Node] = {
        "big": {"deep": {"x": b"x" * 9000}, "y": b"y" * 1000},
        "small": {"z": b"z"},
        "file": b"f" * 5000,
    }
    async with running(box(tree), start=("box", "/")) as seen:
        await look(seen, "z")
        await seen.sees("Disk usage of box:/", "15K apparent, 44K on disk", "66.7%")
        assert listed(seen) == ["big", "file", "small"]
        assert "4.9K  ━━━━━━━━────────    33.3%  file" in seen.line(" file")
        assert "9.8K  ━━━━━━━━━━━━━━━━    66.7%  big/" in seen.line("big/")
        await seen.press("enter")
        await seen.sees("box:/big ", "deep/")
        await seen.press("l")
        await seen.sees("box:/big/deep ", "100.0%")
        await seen.press("h")
        await seen.until(lambda: seen.cursor_line == "deep", "the folder one came from")
        await seen.press("h", "comma", "n")
        await seen.until(lambda: listed(seen) == ["big", "file", "small"], "by name")
        await seen.press("a")
        await seen.sees("On disk")
        await seen.press("j", "enter")
        await seen.sees("3 entries")
        await seen.until(lambda: seen.cursor_line == "file", "the file")


async def test_usage_that_is_not_complete() -> None:
    fake = box({"a": b"x" * 2000, "secret": denied("/secret"), "b": b"y"})
    async with running(fake, start=("box", "/")) as seen:
        await seen.sees("3 entries")
        fake.stuck = "secret"
        await seen.press("z")
        await seen.sees("Disk usage of", "2.0K apparent", "Esc Cancel")
        await seen.press("escape")
        await seen.sees("Cancelled: there is more than this. R counts again.")
        fake.freed.set()
        await seen.press("R")
        await seen.sees("1 entry could not be read: there is more than this.", "≥ 2.0K apparent")
        fake.error = HelperLost("The helper of box ended.")
        await seen.press("R")
        await seen.sees("The helper of box ended.", "R tries again")


async def test_usage_of_nothing() -> None:
    async with running(box({}), start=("box", "/")) as seen:
        await seen.sees("This folder is empty.")
        await seen.press("z")
        await seen.sees("Disk usage of box:/", "This folder is empty.", "0 apparent")
        await seen.press("h")
        await seen.sees("0 entries")


# Hashes


async def test_the_hash_of_a_file_and_a_copy_of_it() -> None:
    digest = hashlib.sha256(CONF).hexdigest()
    async with running(engine(), start=START) as seen:
        await look(seen, "H", "postgresql.conf")
        await seen.sees("SHA-256", "pgdata:/postgresql.conf", digest, "775 Bytes read")
        await seen.press("Y")
        await seen.sees("clipboard", digest)
        assert seen.app.clipboard == digest


async def test_a_hash_is_cancelled() -> None:
    fake = engine()
    async with running(fake, start=START) as seen:
        fake.stuck = "dump-2.sql"
        await look(seen, "H", "dump-2")
        await seen.sees("0 Bytes of 68.4 KiB", "Esc Cancel")
        await seen.press("escape")
        await seen.sees("Cancelled. R reads the file again.")
        fake.freed.set()
        await seen.press("R")
        await seen.sees("68.4 KiB read")
        await seen.press("escape")
        await seen.sees("29 entries")


async def test_only_files_have_a_hash() -> None:
    async with running(engine(), start=START) as seen:
        await look(seen, "H", "control")
        await seen.sees("This is a fifo. Only files have a hash.")


# Paths


async def test_tab_completes_and_enter_goes_there() -> None:
    async with running(engine(), start=START) as seen:
        await look(seen, "tilde")
        await seen.sees("Go to a path in pgdata", "Tab completes.")
        await seen.type("ba")
        await seen.press("tab")
        await seen.sees("/base/", "↵ goes there.")
        await seen.press("tab")
        await seen.sees("1/", "13067/", "16384/")
        await seen.type("/PG")
        await seen.press("tab")
        await seen.sees("/base/1/PG_VERSION")
        await seen.press("enter")
        await seen.sees("pgdata:/base/1 ", "1 entry")
        await seen.until(lambda: seen.cursor_line == "PG_VERSION", "the file")


async def test_a_folder_is_listed() -> None:
    async with running(engine(), start=("pgdata", "/base")) as seen:
        await look(seen, "tilde")
        await seen.sees("/base/")
        await seen.type("../base/./1")
        await seen.press("enter")
        await seen.sees("pgdata:/base/1 ", "PG_VERSION")


async def test_a_path_that_is_not_there() -> None:
    async with running(engine(), start=START) as seen:
        await look(seen, "tilde")
        await seen.type("nowhere/at/all")
        await seen.press("enter")
        await seen.sees("/nowhere/at/all does not exist.")
        await seen.press("tab")
        await seen.sees("does not exist")
        await seen.press("escape")
        await seen.sees("29 entries")


async def test_any_bytes_can_be_typed_as_they_are_shown() -> None:
    tree: dict[str, Node] = {"a\udcff \\b\x1b ": {"in": b""}, "é": {"here": b""}}
    async with running(box(tree), start=("box", "/")) as seen:
        await look(seen, "tilde")
        await seen.type("a")
        await seen.press("tab")
        await seen.sees("/a\\xff \\\\b\\e\\x20/")
        await seen.press("enter")
        await seen.sees("box:/a\\xff \\\\b\\e\\x20", "1 entry")
        await seen.press("tilde")
        await seen.sees("Go to a path")
        await seen.press("ctrl+u")
        await seen.type("/\\xc3\\xa9")
        await seen.press("enter")
        await seen.sees("here")


@pytest.mark.parametrize("size", [(20, 5), (200, 50)])
async def test_any_size_and_hostile_names(size: tuple[int, int]) -> None:
    async with running(engine(), size, start=START) as seen:
        await look(seen, "z")
        await seen.until(lambda: isinstance(seen.app.screen, AroundScreen), "the screen")
        await seen.until(lambda: EVIL in listed(seen), "the hostile name")
        await seen.press("escape")
        await look(seen, "F")
        await seen.until(lambda: isinstance(seen.app.screen, AroundScreen), "the screen")
        await seen.type("pwned")
        await seen.press("enter")
        await seen.until(lambda: len(listed(seen)) == 1, "the hostile line")
        assert "\x1b" not in seen.text
