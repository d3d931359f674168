"""The real program follows what others do: on the engine, and on disk."""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest

from screenshots.terminal import Terminal
from tests.engines.api import EngineAPIError
from tests.engines.packages import trixie_docker_programs
from tests.engines.private import PrivateEngine
from tests.engines.proxy import FaultProxy
from tests.engines.waiting import wait_for
from tests.integration.conftest import Make, Things
from tests.integration.test_browser import browse, shows

MakeProxy = Callable[[PrivateEngine], FaultProxy]

MANY = 100_000


def shows_no(terminal: Terminal, text: str) -> None:
    terminal.wait_for(lambda screen: text not in screen, f"the end of {text}")


def line(terminal: Terminal, containing: str) -> str:
    return next(line for line in terminal.text().split("\n") if containing in line)


@pytest.fixture
def followed(things: Things) -> Path:
    """The folder of a volume `followed` with three files."""
    folder = things.folder(things.volume("followed"))
    for name in ("bravo", "delta", "foxtrot"):
        (folder / name).write_text(name)
    return folder


def test_what_others_do_on_the_engine(things: Things) -> None:
    api = things.engine.api
    things.volume("first")
    with browse(things.engine.url) as terminal:
        shows(terminal, "first", "1 volume ", "no container")
        things.volume("second")
        shows(terminal, "second", "2 volumes")
        container = things.container(["first:/data"], ["sleep", "1000"], Hostname="x")
        api.post(f"/containers/{container}/rename", name="webshop")
        shows(terminal, "webshop", "created", "1 unused")
        api.post(f"/containers/{container}/start")
        shows_no(terminal, "created")
        shows(terminal, "● webshop")
        api.post(f"/containers/{container}/kill")
        shows(terminal, "○ webshop", "exited")
        api.delete(f"/containers/{container}")
        shows(terminal, "no container", "2 unused")
        things.remove_volume("second")
        shows(terminal, "1 volume ")


@pytest.mark.parametrize(
    ("columns", "rows"), [(80, 24), pytest.param(200, 50, marks=pytest.mark.slow)]
)
def test_what_others_do_on_disk(things: Things, followed: Path, columns: int, rows: int) -> None:
    with browse(things.engine.url, "followed", columns=columns, rows=rows) as terminal:
        shows(terminal, "3 entries")
        terminal.press("j", "Space", "k")
        (followed / "alpha").write_text("new")
        shows(terminal, "4 entries, 1 marked", "alpha")
        (followed / "bravo").unlink()
        (followed / "charlie").mkdir()
        shows(terminal, "charlie/")
        shows_no(terminal, "bravo")
        (followed / "delta").write_bytes(b"x" * 5_000)
        shows(terminal, "4.9K")
        assert "●" in line(terminal, "4.9K")
        terminal.press("/t\r")
        shows(terminal, "2 of 4 entries")
        (followed / "tango").write_text("x")
        shows(terminal, "3 of 5 entries", "tango")
        terminal.press("Esc")
        shows(terminal, "5 entries")


def test_a_folder_that_others_remove(things: Things, followed: Path) -> None:
    (followed / "here").mkdir()
    with browse(things.engine.url, "followed:/here") as terminal:
        shows(terminal, "This folder is empty.")
        (followed / "here").rmdir()
        shows(terminal, "/here does not exist.")
        terminal.press("h")
        shows(terminal, "followed:/ ", "3 entries")


def test_an_engine_that_restarts(fresh_engine: Make) -> None:
    private = fresh_engine()
    private.api.post("/volumes/create", {"Name": "data"})
    inside = private.path(private.api.get("/volumes/data")["Mountpoint"])
    (inside / "before").write_text("x")
    with browse(private.url, "data", columns=200, rows=50) as terminal:
        shows(terminal, "before", "1 entry")
        private.kill()
        shows(terminal, "Stale.")
        private.start()
        shows_no(terminal, "Stale.")
        (inside / "after").write_text("x")
        private.api.post("/volumes/create", {"Name": "more"})
        shows(terminal, "after", "2 entries", "more", "2 volumes")


@pytest.mark.slow
def test_an_engine_that_is_upgraded(tmp_path: Path) -> None:
    root = tmp_path / "engine"
    with PrivateEngine(root) as old:
        old.api.post("/volumes/create", {"Name": "data"})
        with browse(old.url, "data", columns=200, rows=50) as terminal:
            shows(terminal, "Docker 20.10", "This folder is empty.")
            old.stop()
            shows(terminal, "Stale.")
            upgraded = PrivateEngine(root, programs=trixie_docker_programs())
            upgraded.start()
            shows(terminal, "Docker 26.1")
            inside = upgraded.path(upgraded.api.get("/volumes/data")["Mountpoint"])
            (inside / "after").write_text("x")
            shows(terminal, "after", "1 entry")
            terminal.press("q")
            assert terminal.wait_end() == 0
            upgraded.end_processes()


def test_a_lost_helper_goes_unnoticed_and_a_second_one_does_not(
    things: Things, followed: Path
) -> None:
    with browse(things.engine.url, "followed") as terminal:
        shows(terminal, "3 entries")
        shows_no(terminal, "size ?")
        wait_for(lambda: len(things.helpers()) == 1, "the end of the helper that measures", 30)
        first = things.helpers()
        kill(things, first)
        wait_for(lambda: set(things.helpers()) - set(first), "another helper", 30)
        (followed / "alpha").write_text("x")
        shows(terminal, "alpha", "4 entries")
        assert "Stale." not in terminal.text()

        def told() -> bool:
            kill(things, things.helpers())
            terminal.settle()
            return "Stale." in terminal.text()

        wait_for(told, "the second loss", 60)
        assert "alpha" in terminal.text()
        terminal.press("R")
        shows_no(terminal, "Stale.")
        (followed / "bravo").unlink()
        shows_no(terminal, "bravo")


def kill(things: Things, helpers: list[str]) -> None:
    for helper in helpers:
        with suppress(EngineAPIError):  # It is going already, or still coming.
            things.engine.api.post(f"/containers/{helper}/kill")


def test_nothing_happens_while_nothing_happens(
    things: Things, followed: Path, make_proxy: MakeProxy
) -> None:
    proxy = make_proxy(things.engine)
    with browse(proxy.url, "followed") as terminal:
        shows(terminal, "3 entries")
        (followed / "alpha").write_text("x")
        shows(terminal, "4 entries")

        def pings(count: int) -> bool:
            terminal.settle()
            return proxy.requests.count("GET /_ping") >= count

        wait_for(lambda: pings(1), "the first silence", 60)
        written = len(terminal.written)
        proxy.reset_counts()
        wait_for(lambda: pings(2), "a long silence", 60)
        assert set(proxy.requests) == {"GET /_ping"}
        assert len(terminal.written) == written
        (followed / "bravo").unlink()
        shows(terminal, "3 entries")


@pytest.mark.slow
def test_an_engine_killed_while_a_hundred_thousand_entries_come(
    fresh_engine: Make, make_proxy: MakeProxy
) -> None:
    private = fresh_engine()
    private.api.post("/volumes/create", {"Name": "crowd"})
    inside = private.path(private.api.get("/volumes/crowd")["Mountpoint"])
    crowd(inside)
    proxy = make_proxy(private)
    with browse(proxy.url) as terminal:
        shows(terminal, "crowd")
        proxy.reset_counts()
        terminal.press("Enter")
        wait_for(lambda: proxy.to_client.bytes > 500_000, "the middle of the listing", 60)
        proxy.stalled = True
        carried = proxy.to_client.bytes
        private.kill()
        proxy.stalled = False
        assert carried < MANY * len("file-00000") + MANY * 56, "it was in the middle"
        shows(terminal, "R", "helper")
        terminal.press("j")
        private.start()
        shows(terminal, f"{MANY:,} entries")
        (inside / "aaa").write_text("x")
        shows(terminal, f"{MANY + 1:,} entries", "aaa")
        terminal.press("End")
        shows(terminal, "file-99999")


def crowd(folder: Path) -> None:
    """As many entries, by hard links, which cost less than files."""
    first = ""
    for number in range(MANY):
        name = f"{folder}/file-{number:05}"
        if number % 50_000 == 0:
            first = name
            Path(first).write_text("x")
        else:
            os.link(first, name)
