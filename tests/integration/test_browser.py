"""The real program on a real terminal and a real engine."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from screenshots.terminal import Terminal
from tests.engines.private import PrivateEngine
from tests.engines.proxy import FaultProxy
from tests.engines.waiting import wait_for
from tests.integration.conftest import Make, Things

VOLTUI = [sys.executable, "-m", "tui"]
EVIL = b"\x1b]0;pwn\x07\x1b[2J[/]\xe2\x80\xae\xc2\x9b31m\nname\xff"

MakeProxy = Callable[[PrivateEngine], FaultProxy]


def browse(url: str, *arguments: str, columns: int = 80, rows: int = 24) -> Terminal:
    return Terminal([*VOLTUI, "--host", url, *arguments], columns, rows)


def shows(terminal: Terminal, *texts: str) -> None:
    terminal.wait_for(lambda screen: all(text in screen for text in texts), " and ".join(texts))


def look(terminal: Terminal, key: str, title: str) -> None:
    """Open what a key opens, and close it when it is there."""
    terminal.press(key)
    shows(terminal, title)
    terminal.press("Esc")
    terminal.wait_for(lambda screen: title not in screen, f"the end of {title}")


@pytest.fixture
def volume(things: Things) -> str:
    """A volume with a file three folders down, among others."""
    name = things.volume("browsed")
    folder = things.folder(name)
    (folder / "aaa" / "bbb").mkdir(parents=True)
    for number in range(30):
        (folder / f"file-{number:02}").write_text(f"this is file {number}\n")
    (folder / "aaa" / "bbb" / "config.ini").write_text("[server]\nport = 8080\n")
    return name


@pytest.mark.parametrize(("columns", "rows"), [(80, 24), (200, 50)])
def test_walk_to_a_file_and_back(things: Things, volume: str, columns: int, rows: int) -> None:
    with browse(things.engine.url, columns=columns, rows=rows) as terminal:
        shows(terminal, volume)
        terminal.press("Enter")
        shows(terminal, "browsed:/", "file-00")
        terminal.press("j", "j", "j")
        shows(terminal, "this is file 2")
        terminal.press("g", "Enter")
        shows(terminal, "browsed:/aaa", "bbb")
        terminal.press("Enter")
        shows(terminal, "browsed:/aaa/bbb", "port = 8080")
        terminal.press("h", "h")
        shows(terminal, "browsed:/", "file-00")
        terminal.press("j", "j", "j", "l", "h")
        terminal.press("h")
        shows(terminal, "Details")
        terminal.press("Enter")
        shows(terminal, "this is file 2")
        terminal.press("q")
        assert terminal.wait_end() == 0
    assert not things.helpers()


@pytest.mark.parametrize("address", ["browsed:/aaa/bbb", "browsed:/aaa/bbb/config.ini"])
def test_the_command_line_names_a_place_to_start_at(
    things: Things, volume: str, address: str
) -> None:
    with browse(things.engine.url, address) as terminal:
        shows(terminal, "browsed:/aaa/bbb", "port = 8080")


def test_keys_typed_at_once_lose_none(things: Things, volume: str) -> None:
    with browse(things.engine.url, volume) as terminal:
        shows(terminal, "file-00")
        terminal.press("/file-17\r")
        shows(terminal, "1 of 31", "this is file 17")


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGHUP, signal.SIGTERM])
def test_a_browser_that_is_killed_leaves_no_helper(
    things: Things, volume: str, number: signal.Signals
) -> None:
    with browse(things.engine.url, volume) as terminal:
        shows(terminal, "file-00", "  491  ")
        assert things.helpers()
        os.kill(terminal.pid, number)
        wait_for(lambda: not things.helpers(), "the end of the helper", timeout=15.0)
        terminal.wait_end()
        if number == signal.SIGTERM:
            assert b"\x1b[?1049l" in terminal.written, "the terminal was restored"


def test_a_terminal_that_goes_away_ends_the_program(things: Things, volume: str) -> None:
    with browse(things.engine.url, volume) as terminal:
        shows(terminal, "file-00", "  491  ")
        assert things.helpers()
        terminal.hang_up()
        wait_for(lambda: not things.helpers(), "the end of the helper", timeout=15.0)
        wait_for(terminal.ended, "the end of the program", timeout=15.0)


MAKE = """
import signal, subprocess, sys
signal.signal(signal.SIGHUP, lambda *_: None)
subprocess.run(sys.argv[1:])
"""
"""What leads the session takes the signal of the lost terminal for itself, as `make run` does."""


def test_a_terminal_that_goes_away_is_noticed_without_a_signal(things: Things, volume: str) -> None:
    command = [sys.executable, "-c", MAKE, *VOLTUI, "--host", things.engine.url, volume]
    with Terminal(command, 80, 24) as terminal:
        shows(terminal, "file-00", "  491  ")
        assert things.helpers()
        terminal.hang_up()
        wait_for(lambda: not things.helpers(), "the end of the helper", timeout=15.0)
        wait_for(terminal.ended, "the end of the program", timeout=15.0)


def test_an_engine_killed_and_started_again(fresh_engine: Make) -> None:
    private = fresh_engine()
    private.api.post("/volumes/create", {"Name": "data"})
    with browse(private.url) as terminal:
        shows(terminal, "data", "1 volume")
        private.kill()
        terminal.press("R")
        shows(terminal, "No engine answers")
        terminal.press("Enter")
        private.start()
        terminal.press("R")
        terminal.wait_for(lambda screen: "No engine answers" not in screen, "the list")
        shows(terminal, "data")
        terminal.press("q")
        assert terminal.wait_end() == 0


def test_an_engine_that_is_away_at_the_start(fresh_engine: Make) -> None:
    private = fresh_engine()
    private.api.post("/volumes/create", {"Name": "data"})
    private.stop()
    with browse(private.url) as terminal:
        shows(terminal, "No engine answers", "--host", "R")
        private.start()
        terminal.press("R")
        shows(terminal, "data")


def test_a_hung_engine_is_named_and_the_screen_answers(
    things: Things, volume: str, make_proxy: MakeProxy
) -> None:
    proxy = make_proxy(things.engine)
    other = things.volume("other")
    with browse(proxy.url) as terminal:
        shows(terminal, volume, other)
        proxy.stalled = True
        terminal.press("R")
        terminal.press("j")
        shows(terminal, other)
        shows(terminal, "Stale.", "GET /volumes", volume, other)
        proxy.stalled = False
        terminal.press("R")
        terminal.wait_for(lambda screen: "Stale." not in screen, "the end of the fault")


def test_a_proxy_that_allows_reading_only(
    things: Things, volume: str, make_proxy: MakeProxy
) -> None:
    proxy = make_proxy(things.engine)
    proxy.refused_methods = frozenset({"POST", "DELETE"})
    with browse(proxy.url) as terminal:
        shows(terminal, volume)
        terminal.press("Enter")
        shows(terminal, "POST /containers/create")
        terminal.press("h")
        shows(terminal, "Details", volume)


def test_a_volume_deleted_elsewhere(things: Things) -> None:
    names = [things.volume("first"), things.volume("second")]
    with browse(things.engine.url) as terminal:
        shows(terminal, *names)
        terminal.wait_for(lambda screen: "size ?" not in screen, "the sizes")
        things.remove_volume("first")
        terminal.press("Enter")
        shows(terminal, "no volume named first")
        terminal.wait_for(lambda screen: "1 volume" in screen, "the refreshed list")
    # A measurement under way may make it anew for a moment, and removes it again.
    wait_for(lambda: "first" not in volume_names(things), "the end of the volume")


@pytest.mark.parametrize(("columns", "rows"), [(80, 24), (200, 50)])
def test_no_byte_of_a_name_or_file_reaches_the_terminal_raw(
    things: Things, columns: int, rows: int
) -> None:
    hostile = "\x1b]0;pwn\x07[/]\u202e\x9b31m"
    volume = things.volume("evil", Labels={hostile: hostile})
    folder = os.fsencode(things.folder(volume))
    os.mkdir(os.path.join(folder, EVIL.replace(b"/", b"")))
    inner = os.path.join(folder, EVIL.replace(b"/", b""), b"x" + EVIL.replace(b"/", b""))
    Path(os.fsdecode(inner)).write_bytes(EVIL * 20)
    os.symlink(EVIL, os.path.join(folder, b"zz-link"))
    with browse(things.engine.url, columns=columns, rows=rows) as terminal:
        shows(terminal, "evil")
        look(terminal, "i", "Mountpoint")
        terminal.press("Enter")
        shows(terminal, "evil:/", "pwn")
        look(terminal, "i", "Inode")
        terminal.press("j")
        look(terminal, "Y", "Copied")
        terminal.press("k", "Enter")
        shows(terminal, "1 entry", " x\\e]0;pwn", "binary")
        look(terminal, "i", "Inode")
        look(terminal, ":", "Search for commands")
        terminal.press("/", "p", "Enter", "Esc", "q")
        terminal.wait_end()
    assert b"\x1b]0;pwn" not in terminal.written
    assert b"\x9b31m" not in terminal.written.replace("\x9b".encode(), b"\x9b")
    assert "\u202e".encode() not in terminal.written


@pytest.mark.parametrize(("term", "says"), [("dumb", "TERM says"), ("", "TERM says")])
def test_a_terminal_that_cannot_move_its_cursor_is_one_sentence(
    things: Things, term: str, says: str
) -> None:
    command = [*VOLTUI, "--host", things.engine.url]
    with Terminal(command, 80, 24, {"TERM": term}) as terminal:
        assert terminal.wait_end() == 2
        assert says in terminal.written.decode()
        assert "Traceback" not in terminal.written.decode()


def test_small_windows_are_no_error(things: Things, volume: str) -> None:
    with browse(things.engine.url, columns=20, rows=5) as terminal:
        shows(terminal, "browsed")
        terminal.press("Enter", "j")
        for columns, rows in ((10, 3), (300, 80), (1, 1), (80, 24)):
            terminal.resize(columns, rows)
            terminal.settle()
        shows(terminal, "file-00")
        terminal.press("q")
        assert terminal.wait_end() == 0


def volume_names(things: Things) -> set[str]:
    return {str(volume["Name"]) for volume in things.engine.api.get("/volumes")["Volumes"]}
