"""A shown folder follows what happens on disk: nothing that was chosen is lost on the way."""

from __future__ import annotations

import re
import stat
from collections.abc import Iterable
from errno import ENOENT

import pytest

from tests.fakes import FakeEngine, FakeFiles, batch
from tests.ui.screen import Seen, running
from tui import attention
from tui.engine.errors import FileFailed, HelperLost
from tui.engine.model import Entry, Volume
from tui.engine.watching import FolderChanged
from tui.widgets import list_pane
from tui.widgets.files import FilesPane

VOLUME = Volume("data", "local", "local", "/var/data", None)
START = ("data", "/")
NAMES = ("bravo", "delta", "foxtrot")


def engine(names: Iterable[str] = NAMES) -> FakeEngine:
    return FakeEngine([VOLUME], {"data": {name: name.encode() for name in names}})


def files(fake: FakeEngine) -> FakeFiles:
    return fake.opened[-1]


def entry(name: str, size: int = 0) -> Entry:
    mode = stat.S_IFREG | 0o644
    return Entry(name, mode, 999, 999, size, 1_795_000_000, 0, 1, 1, 0, "", 0)


def tell(fake: FakeEngine, *entries: Entry, gone: tuple[str, ...] = ()) -> None:
    """Let the agent tell of a change."""
    files(fake).changed.put(FolderChanged(batch(entries), gone, overflow=False, polled=False))


def names(seen: Seen) -> list[str]:
    table = seen.app.screen.query_one(FilesPane).table
    return [table.rows.names[row] for row in table.arrangement.view]


def listed(seen: Seen) -> list[str]:
    """Names on the screen, from top to bottom, with the cursor before its own."""
    return re.findall(r"^[ ▌] file-\d+", seen.text, re.MULTILINE)


async def watched(seen: Seen, fake: FakeEngine, count: int = 1) -> None:
    await seen.until(lambda: len(files(fake).watched) >= count, "the watch")


async def test_rows_change_come_and_go_and_the_cursor_stays() -> None:
    fake = engine()
    async with running(fake, start=START) as seen:
        await seen.sees("3 entries")
        await watched(seen, fake)
        await seen.press("j", "space", "k")
        await seen.at("delta")
        tell(fake, entry("alpha"), entry("charlie"), entry("delta", 5 << 20), gone=("bravo",))
        await seen.sees("4 entries, 1 marked", "alpha", "charlie", "5.0M")
        assert names(seen) == ["alpha", "charlie", "delta", "foxtrot"]
        await seen.at("delta")
        assert "●" in seen.line("5.0M")


async def test_the_filter_stays() -> None:
    fake = engine()
    async with running(fake, start=START) as seen:
        await seen.sees("3 entries")
        await watched(seen, fake)
        await seen.press("slash", "t", "enter")
        await seen.until(lambda: names(seen) == ["delta", "foxtrot"], "the filter")
        tell(fake, entry("tango"), entry("zulu"), gone=("delta",))
        await seen.until(lambda: names(seen) == ["foxtrot", "tango"], "what passes")


async def test_the_order_stays() -> None:
    fake = engine()
    async with running(fake, start=START) as seen:
        await seen.sees("3 entries")
        await watched(seen, fake)
        await seen.press("comma", "s")
        await seen.until(lambda: names(seen)[-1] == "foxtrot", "the order by size")
        tell(fake, entry("bravo", 900), entry("new", 1))
        await seen.until(lambda: names(seen) == ["new", "delta", "foxtrot", "bravo"], "the order")


async def test_the_cursor_goes_to_the_next_when_its_entry_is_gone() -> None:
    fake = engine()
    async with running(fake, start=START) as seen:
        await seen.sees("3 entries")
        await watched(seen, fake)
        await seen.press("j")
        await seen.at("delta")
        tell(fake, gone=("delta",))
        await seen.at("foxtrot")
        tell(fake, entry("delta"))
        await seen.until(lambda: "delta" in names(seen), "the entry again")
        await seen.at("foxtrot")


async def test_the_preview_follows() -> None:
    fake = engine()
    async with running(fake, size=(140, 40), start=START) as seen:
        await seen.sees("3 entries", "1 bravo")
        await watched(seen, fake)
        files(fake).tree = {"bravo": b"something else"}
        tell(fake, entry("bravo", 14))
        await seen.sees("something else")


async def test_what_is_on_the_screen_stays_where_it_is() -> None:
    fake = engine(f"file-{number:03}" for number in range(200))
    async with running(fake, start=START) as seen:
        await seen.sees("200 entries")
        await watched(seen, fake)
        await seen.press(*["pagedown"] * 4)
        table = seen.app.screen.query_one(FilesPane).table
        await seen.until(lambda: table.cursor > 50, "the cursor below")
        before = listed(seen)
        assert len(before) > 10
        tell(fake, *(entry(f"a-{number}") for number in range(40)), gone=("file-000", "file-001"))
        await seen.sees("238 entries")
        assert listed(seen) == before


async def test_changes_wait_while_a_range_is_marked() -> None:
    fake = engine()
    async with running(fake, start=START) as seen:
        await seen.sees("3 entries")
        await watched(seen, fake)
        await seen.press("v", "j")
        tell(fake, entry("alpha"))
        await seen.press("v")
        await seen.sees("alpha", "4 entries, 2 marked")


async def test_too_many_changes_are_one_listing() -> None:
    fake = engine()
    async with running(fake, start=START) as seen:
        await seen.sees("3 entries")
        await watched(seen, fake)
        fake.trees = {"data": {"zulu": b""}}
        files(fake).tree = fake.trees["data"]
        files(fake).changed.put(FolderChanged(batch(()), (), overflow=True, polled=False))
        await seen.until(lambda: names(seen) == ["zulu"], "the listing")
        tell(fake, entry("alpha"))
        await seen.until(lambda: names(seen) == ["alpha", "zulu"], "what came later")
        assert len(files(fake).watched) == 1


async def test_a_large_folder_is_listed_again_without_being_seen() -> None:
    many = [f"file-{number:05}" for number in range(24_000)]
    fake = engine(many)
    async with running(fake, start=START) as seen:
        await seen.sees("24,000 entries")
        await watched(seen, fake)
        await seen.press("end", "space", *["up"] * 3)
        await seen.at("file-23996")
        before = listed(seen)
        table = seen.app.screen.query_one(FilesPane).table
        rows = table.rows
        files(fake).tree = {"zulu": b"", **dict.fromkeys(many[5:], b"")}
        files(fake).changed.put(FolderChanged(batch(()), (), overflow=True, polled=False))
        await seen.until(lambda: table.rows is not rows, "the listing")
        assert names(seen) == [*many[5:], "zulu"]
        await seen.sees("23,996 entries, 1 marked")
        assert listed(seen) == before
        await seen.at("file-23996")
        tell(fake, *(entry(f"a-{number:03}") for number in range(250)))
        await seen.sees("24,246 entries, 1 marked")
        assert listed(seen) == before


async def test_one_loss_goes_unnoticed_and_a_second_one_does_not() -> None:
    fake = engine()
    async with running(fake, start=START) as seen:
        await seen.sees("3 entries")
        await watched(seen, fake)
        files(fake).changed.put(HelperLost("The helper ended."))
        await watched(seen, fake, 2)
        tell(fake, entry("alpha"))
        await seen.sees("4 entries")
        assert "Stale." not in seen.text
        files(fake).changed.put(HelperLost("The helper ended."))
        await seen.sees("Stale. The helper ended.")
        await seen.press("R")
        await seen.sees_no("Stale.")
        await watched(seen, fake, 3)


async def test_a_folder_that_goes_is_said_to_be_gone() -> None:
    fake = FakeEngine([VOLUME], {"data": {"here": {"file": b""}}})
    async with running(fake, start=("data", "/here")) as seen:
        await seen.sees("1 entry")
        await watched(seen, fake)
        files(fake).tree = {}
        error = FileFailed("/here does not exist.", path="/here", errno=ENOENT)
        files(fake).changed.put(error)
        await seen.sees("/here does not exist.", "h goes up")
        await seen.press("h")
        await seen.sees("This folder is empty.")


async def test_the_helper_may_go_while_nobody_is_there(monkeypatch: pytest.MonkeyPatch) -> None:
    fake = engine()
    async with running(fake, start=START) as seen:
        await seen.sees("3 entries")
        await watched(seen, fake)
        monkeypatch.setattr(attention, "AWAY_AFTER", 0.0)
        assert isinstance(seen.app, attention.Attended)
        seen.app.attention.look()
        await seen.until(lambda: files(fake).left and not files(fake).watching, "the end")
        monkeypatch.setattr(attention, "AWAY_AFTER", 600.0)
        files(fake).tree = {"new": b""}
        await seen.press("j")
        await watched(seen, fake, 2)
        await seen.sees("1 entry")
        tell(fake, entry("alpha"))
        await seen.sees("2 entries")


async def test_a_wait_in_the_middle_of_a_listing_is_told_until_its_end(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(list_pane, "PATIENCE", 0)
    fake = engine(f"file-{number:03}" for number in range(600))
    fake.stops_listing = True
    async with running(fake, start=START) as seen:
        await seen.sees("data:/: no answer for", "file-000")
        fake.stops_listing = False
        fake.answers.set()
        await seen.sees("600 entries")
        await seen.sees_no("no answer for")
