"""The viewer on a real terminal and a real engine: logs that move on, engines that restart."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from screenshots.terminal import Terminal
from tests.engines.waiting import wait_for
from tests.integration.conftest import Make, Things
from tests.integration.test_browser import browse, shows

GIB = 1 << 30


@pytest.fixture
def folder(things: Things) -> Path:
    """The mountpoint of the volume `viewed`."""
    return things.folder(things.volume("viewed"))


@pytest.fixture
def log(folder: Path) -> Path:
    """A log of a few megabytes."""
    path = folder / "app.log"
    path.write_text("".join(f"line {number}\n" for number in range(1, 300_001)))
    return path


@pytest.fixture
def following(things: Things, log: Path) -> Iterator[Terminal]:
    """The log, followed."""
    with browse(things.engine.url, "viewed:/app.log") as terminal:
        shows(terminal, "app.log", "line 1")
        terminal.press("t")
        shows(terminal, "following", "300000 line 300000")
        yield terminal


def append(path: Path, text: str) -> None:
    with path.open("a") as file:
        file.write(text)


def numbers(terminal: Terminal) -> list[int]:
    """The lines `tick N` on the screen."""
    return [int(found) for found in re.findall(r"tick (\d+)", terminal.text())]


def gone(terminal: Terminal, text: str) -> None:
    terminal.wait_for(lambda screen: text not in screen, f"the end of {text}")


def test_a_log_is_followed_whatever_becomes_of_it(following: Terminal, log: Path) -> None:
    append(log, "appended\n")
    shows(following, "300001 appended")
    os.rename(log, log.with_name("app.log.1"))
    append(log.with_name("app.log.1"), "last words of the old file\n")
    log.write_text("fresh\n")
    shows(following, "rotated: now following the new file", "1 fresh")
    append(log, "second\n")
    shows(following, "2 second")
    os.truncate(log, 0)
    shows(following, "truncated")
    append(log, "after that\n")
    shows(following, "1 after that")
    log.unlink()
    shows(following, "gone, waiting", "after that")
    log.write_text("again\n")
    shows(following, "1 again")
    following.press("q")
    shows(following, "app.log.1")


def test_scrolling_up_pauses_and_the_end_follows_again(following: Terminal, log: Path) -> None:
    following.press("PgUp")
    shows(following, "paused")
    append(log, "unseen\n")
    shows(following, "of 300,001")
    assert "unseen" not in following.text()
    following.press("G")
    shows(following, "following", "unseen")


def test_following_goes_on_over_a_restart_of_the_engine(fresh_engine: Make) -> None:
    private = fresh_engine()
    private.api.post("/volumes/create", {"Name": "viewed"})
    mountpoint = private.api.get("/volumes/viewed")["Mountpoint"]
    log = private.path(mountpoint) / "app.log"
    log.write_text("".join(f"tick {number}\n" for number in range(1, 6)))
    with browse(private.url, "viewed:/app.log") as terminal:
        shows(terminal, "app.log", "tick 1")
        terminal.press("t")
        shows(terminal, "following", "tick 5")
        append(log, "tick 6\n")
        shows(terminal, "tick 6")
        private.stop()
        shows(terminal, "helper lost")
        append(private.path(mountpoint) / "app.log", "tick 7\n")
        private.start()
        shows(terminal, "following goes on", "tick 7")
        append(private.path(mountpoint) / "app.log", "tick 8\n")
        shows(terminal, "tick 8")
        assert numbers(terminal) == list(range(1, 9))
        terminal.press("q", "q")
        assert terminal.wait_end() == 0


def test_a_file_replaced_by_a_fifo_between_listing_and_opening(
    things: Things, folder: Path
) -> None:
    (folder / "file").write_text("what it was\n")
    with browse(things.engine.url, "viewed:/file") as terminal:
        shows(terminal, "what it was")
        (folder / "file").unlink()
        os.mkfifo(folder / "file")
        terminal.press("t")
        terminal.wait_for(
            lambda screen: "never opened" in screen or "not a regular file" in screen, "a sentence"
        )


def memory(pid: int) -> int:
    """The most bytes a process had in memory so far."""
    status = Path(f"/proc/{pid}/status").read_text()
    found = re.search(r"VmHWM:\s+(\d+) kB", status)
    assert found
    return int(found[1]) * 1024


def test_ten_gibibytes_on_one_line_stay_out_of_memory(things: Things, folder: Path) -> None:
    with (folder / "file").open("wb") as file:
        file.write(b"begin " + b"x" * 100_000)
        file.truncate(10 * GIB)
        file.seek(10 * GIB - 19)
        file.write(b" needle in the end\n")
    with browse(things.engine.url, "viewed:/file") as terminal:
        shows(terminal, "file", "begin")
        terminal.press("l")
        shows(terminal, "begin", "Go to")
        before = memory(terminal.pid)
        terminal.press("G", "PgUp", "PgUp", "g")
        shows(terminal, "begin", "1-1 of 1")
        terminal.send(b"/needle\r")
        shows(terminal, "needle in the end")
        terminal.send(b"\x07" + b"50%\r")
        terminal.press("x")
        shows(terminal, "hex", "140000000")
        assert memory(terminal.pid) - before < 64 << 20
    wait_for(lambda: not things.helpers(), "the end of the helper", 30)
