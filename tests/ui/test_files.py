"""Walking through a volume, by keys."""

from __future__ import annotations

import gc
import threading
import weakref
from functools import partial

import pytest

from tests.fakes import FakeEngine, FakeFiles, Node, denied
from tests.showcase import PGDATA, engine, volume
from tests.ui.screen import Seen, running
from tui.engine.errors import EngineUnreachable
from tui.engine.model import FileStat
from tui.widgets.file_rows import FileRows
from tui.widgets.table import VirtualTable

START = ("pgdata", "/")


def small(tree: dict[str, Node]) -> FakeEngine:
    return FakeEngine([volume("box", 1)], {"box": tree})


async def to(seen: Seen, name: str) -> None:
    """Move the cursor to a name by filtering."""
    await seen.press("slash")
    await seen.type(name)
    await seen.press("enter")
    await seen.until(lambda: name in seen.cursor_line, name)


async def test_enter_opens_and_h_goes_back_to_the_volumes() -> None:
    async with running(engine()) as seen:
        await seen.sees("gitea-data")
        await seen.press("slash", *"pgdata", "enter", "enter")
        await seen.sees("pgdata:/", "base/", "29 entries")
        await seen.press("h")
        await seen.sees("Volumes")
        await seen.at("pgdata")


async def test_folders_first_by_natural_name() -> None:
    tree: dict[str, Node] = {"b10": b"", "B2": b"", "z": {}, "a": {"x": b""}}
    async with running(small(tree), start=("box", "/")) as seen:
        await seen.sees("4 entries")
        names = [line.split()[0] for line in seen.text.split("\n")[3:7] if "▌" not in line]
        assert names == ["z/", "B2", "b10"]


async def test_going_back_restores_the_cursor() -> None:
    async with running(engine(), start=START) as seen:
        await seen.sees("29 entries")
        await seen.press("enter")
        await seen.sees("pgdata:/base ", "3 entries")
        await seen.press("j", "enter")
        await seen.sees("pgdata:/base/13067", "This folder is empty.")
        await seen.press("h")
        await seen.sees("3 entries")
        await seen.at("13067")
        await seen.press("h")
        await seen.sees("29 entries")
        await seen.at("base")


async def test_entries_show_targets_kinds_and_owners() -> None:
    async with running(engine(), (200, 50), start=START) as seen:
        await seen.sees("29 entries")
        assert "→ base/1" in seen.line("latest")
        assert "fifo" in seen.line("control")
        assert "1, 3" in seen.line("null character device")
        assert "999:999" in seen.line("PG_VERSION")
        assert "drwxr-xr-x" in seen.line("base/")


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("postgresql.conf", "listen_addresses"),
        ("postmaster.pid", "Empty file."),
        ("core", "000010  10 11 12"),
        ("control", "Fifo: it is shown, and never"),
        ("null", "Character device 1, 3"),
        (".s.PGSQL", "Socket: it is shown, and never"),
        ("base", "13067/"),
        ("pg_wal", "Empty folder."),
        ("pg_private", "permission denied"),
        ("logfile", "not in this volume"),
        ("latest", "a folder in this volume"),
    ],
)
async def test_preview(name: str, shown: str) -> None:
    async with running(engine(), (200, 50), start=START) as seen:
        await seen.sees("29 entries")
        await to(seen, name)
        await seen.sees(shown)


async def test_only_regular_files_are_read() -> None:
    fake = engine()
    async with running(fake, start=START) as seen:
        await seen.sees("29 entries")
        for _ in PGDATA:
            await seen.press("j")
            await seen.until(lambda: "Preview" not in seen.text, "a preview")
    assert all(isinstance(PGDATA[path.removeprefix("/")], bytes) for path in fake.reads)


async def test_latin1_is_shown_and_named() -> None:
    async with running(small({"a": "Grüße".encode("latin-1")}), start=("box", "/")) as seen:
        await seen.sees("Grüße", "Latin-1")


async def test_enter_on_a_file_gives_it_the_screen() -> None:
    async with running(engine(), start=START) as seen:
        await seen.sees("29 entries")
        await to(seen, "postgresql.conf")
        await seen.press("enter")
        await seen.sees("# what IP address(es) to listen on", "Go to")
        await seen.press("G", "h")
        await seen.sees("1 of 29")


async def test_filter_and_sort_from_the_preview_mean_the_files() -> None:
    async with running(engine(), start=START) as seen:
        await seen.sees("29 entries")
        await to(seen, "PG_VERSION")
        await seen.press("4")
        await seen.sees("h Back")
        await seen.press("comma")
        await seen.sees("m modified")
        await seen.press("s")
        await seen.sees("▲ Size")
        await seen.press("4", "slash", "escape")
        await seen.sees("29 entries")


async def test_panes_by_number_and_tab() -> None:
    async with running(engine(), (200, 50), start=START) as seen:
        await seen.sees("29 entries")
        for key, name in [("1", "volumes"), ("2", "details"), ("3", "files"), ("4", "preview")]:
            await seen.press(key)
            pane = seen.app.screen.query_one(f"#{name}")
            await seen.until(partial(getattr, pane, "has_focus_within"), f"focus in {name}")
        for name in ("volumes", "details", "files"):
            await seen.press("tab")
            pane = seen.app.screen.query_one(f"#{name}")
            await seen.until(partial(getattr, pane, "has_focus_within"), f"focus in {name}")


async def test_enter_follows_a_link_inside_the_volume_only() -> None:
    async with running(engine(), start=START) as seen:
        await seen.sees("29 entries")
        await to(seen, "latest")
        await seen.press("enter")
        await seen.sees("pgdata:/base/1 ")
        await seen.press("h", "h")
        await seen.sees("29 entries")
        await to(seen, "logfile")
        await seen.press("enter")
        await seen.sees("which is not in this volume.")


async def test_a_link_that_answers_late_takes_nobody_away(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked, told, answered = threading.Event(), threading.Event(), threading.Event()
    stat = FakeFiles.stat

    def late(files: FakeFiles, path: str) -> FileStat:
        if path != "/other":
            return stat(files, path)
        asked.set()
        told.wait(30)
        try:
            return stat(files, path)
        finally:
            answered.set()

    tree: dict[str, Node] = {"a": {"link": "../other"}, "other": {"deep": b""}, "b": {}}
    async with running(small(tree), start=("box", "/a")) as seen:
        await seen.at("link")
        await seen.sees("in this volume:")
        monkeypatch.setattr(FakeFiles, "stat", late)
        await seen.press("enter")
        await seen.until(asked.is_set, "the question")
        await seen.press("h")
        await seen.sees("box:/ ", "3 entries")
        told.set()
        await seen.until(answered.is_set, "the answer")
        await seen.press("j")
        await seen.at("b")


async def test_hidden_files_hide_and_come_back() -> None:
    async with running(small({".env": b"", "a": b""}), start=("box", "/")) as seen:
        await seen.sees(".env")
        await seen.press("full_stop")
        await seen.sees("1 of 2 entries")
        await seen.sees_no(".env")
        await seen.press("full_stop")
        await seen.sees(".env")


async def test_an_unreadable_folder_is_not_shown_as_empty() -> None:
    async with running(engine(), start=START) as seen:
        await seen.sees("29 entries")
        await to(seen, "pg_private")
        await seen.press("enter")
        await seen.sees("pgdata:/pg_private", "cannot be read", "h goes up")
        await seen.press("h")
        await seen.sees("29 entries")


async def test_inspect_shows_what_the_file_system_tells() -> None:
    async with running(engine(), start=START) as seen:
        await seen.sees("29 entries")
        await to(seen, "postgresql.conf")
        await seen.press("i")
        await seen.sees("775 bytes", "0644", "uid 999, gid 999", "not kept")


async def test_copy_takes_the_path_on_the_engines_machine() -> None:
    async with running(engine(), start=("pgdata", "/base")) as seen:
        await seen.sees("3 entries")
        await seen.press("Y")
        await seen.sees("Copied")
        assert seen.app.clipboard == "/var/lib/docker/volumes/pgdata/_data/base/1"


async def test_the_preview_waits_for_the_cursor_and_never_the_cursor_for_it() -> None:
    fake = small({f"f{number:03}": b"text\n" for number in range(100)})
    async with running(fake, start=("box", "/")) as seen:
        await seen.sees("100 entries")
        fake.answers.clear()
        await seen.press(*["j"] * 60)
        await seen.at("f060")
        assert len(fake.reads) <= 5
        fake.answers.set()
        await seen.sees("1 text")


async def test_a_volume_deleted_while_open_leads_back_to_the_list() -> None:
    fake = engine()
    async with running(fake, start=START) as seen:
        await seen.sees("29 entries")
        fake.listed = [volume for volume in fake.listed if volume.name != "pgdata"]
        await seen.press("enter")
        await seen.sees("The volume is gone", "13 volumes")
        assert fake.opened[0].left


async def test_a_refresh_that_fails_keeps_the_list_and_says_so() -> None:
    fake = engine()
    async with running(fake, start=START) as seen:
        await seen.sees("29 entries")
        fake.error = EngineUnreachable("No engine answers at unix:///x (default socket): gone.")
        await seen.press("R")
        await seen.sees("Stale.", "29 entries")
        fake.error = None
        await seen.press("R")
        await seen.sees_no("Stale.")
        await seen.sees("29 entries")


async def test_leaving_stops_what_is_being_read() -> None:
    fake = small({f"f{number:05}": b"" for number in range(5000)})
    async with running(fake) as seen:
        await seen.sees("box")
        fake.answers.clear()
        await seen.press("enter")
        await seen.sees("Opening box")
        await seen.press("h")
        await seen.sees("Volumes")
        fake.answers.set()
        await seen.until(
            lambda: not any("entries" in thread.name for thread in threading.enumerate()),
            "the end of the reading thread",
        )


async def test_rows_that_were_left_are_let_go_though_they_were_still_coming() -> None:
    fake = small({f"f{number:05}": b"" for number in range(5000)})
    fake.stops_listing = True
    async with running(fake) as seen:
        await seen.at("box")
        await seen.press("enter")
        await seen.sees("256 entries")
        gc.collect()
        gc.disable()  # A million of them would wait long for a full collection.
        try:
            rows = weakref.ref(seen.app.screen.query_one("#files-table", VirtualTable).rows)
            await seen.press("h")
            await seen.at("box")
            fake.answers.set()
            await seen.until(lambda: rows() is None, "the end of the rows")
        finally:
            gc.enable()


async def test_rows_that_were_being_arranged_are_let_go() -> None:
    async with running(small({f"f{n}": b"" for n in range(9000)}), start=("box", "/")) as seen:
        await seen.sees("9,000 entries")
        table = seen.app.screen.query_one("#files-table", VirtualTable)
        await seen.until(lambda: not table.busy, "the order")
        rows = weakref.ref(table.rows)
        gc.disable()
        try:
            table.sort_rows("size")
            table.filter_rows("9")
            assert table.busy
            table.show_rows(FileRows())
            await seen.until(lambda: rows() is None, "the end of the rows")
        finally:
            gc.enable()


async def test_an_unreadable_root_can_be_left() -> None:
    fake = FakeEngine([volume("box", 1)], {"box": denied("/")})
    async with running(fake, start=("box", "/")) as seen:
        await seen.sees("permission denied")
        await seen.press("h")
        await seen.sees("Volumes")


async def test_one_hundred_thousand_entries() -> None:
    tree: dict[str, Node] = {f"file{number}": b"" for number in range(100_000)}
    async with running(small(tree), start=("box", "/")) as seen:
        await seen.sees("100,000 entries")
        table = seen.app.screen.query_one("#files-table", VirtualTable)
        await seen.until(lambda: not table.busy, "the sort")
        await seen.press("G")
        await seen.at("file99999")
        await seen.press("slash")
        await seen.type("9999")
        await seen.sees("19 of 100,000 entries")


async def test_a_folder_that_was_previewed_is_entered_at_once_and_then_listed_again() -> None:
    inner: dict[str, Node] = {"x": b""}
    fake = small({"a": inner, "b": b""})
    async with running(fake, start=("box", "/")) as seen:
        await seen.sees("2 entries", "1 entry")
        fake.answers.clear()
        inner["y"] = b""
        await seen.press("enter")
        await seen.sees("box:/a", "1 entry")
        await seen.at("x")
        fake.answers.set()
        await seen.sees("2 entries", "  y")
        await seen.at("x")


async def test_the_bar_beside_a_list_follows_its_length() -> None:
    tree: dict[str, Node] = {f"f{number:04}": b"" for number in range(3_000)}
    async with running(small(tree), start=("box", "/")) as seen:
        await seen.sees("3,000 entries", "f0000")
        table = seen.app.screen.query_one("#files-table", VirtualTable)

        async def measures(rows: int) -> None:
            await seen.until(lambda: len(table.arrangement.view) == rows, f"{rows} rows")
            await seen.until(
                lambda: table.vertical_scrollbar.window_virtual_size == rows + 1, "the bar"
            )

        await measures(3_000)
        await seen.press("G")
        await seen.sees("f2999")
        await seen.press("slash", *"99")
        await measures(57)
        await seen.sees("f2990")
        await seen.press("escape")
        await measures(3_000)
        rows = table.rows
        assert isinstance(rows, FileRows)
        for number in range(100):
            rows.add(rows.entry(0)._replace(name=f"late{number:02}"))
        table.rows_added()
        await measures(3_100)
        await seen.press("G")
        await seen.at("late99")
        await seen.sees("late99")
        await seen.press("slash", *"late9", "enter")
        await seen.sees("late90")
        assert not table.show_vertical_scrollbar
        await seen.press("escape")
        await measures(3_100)
        assert table.show_vertical_scrollbar
