"""Watching a folder: what changes is told, by inotify or by looking again and again."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from pathlib import Path

import pytest

from tests.agent.conftest import Start
from tests.agent.watched import Watched, watched
from tui.engine.agent import AgentConnection
from tui.engine.errors import Cancelled, FileFailed
from tui.engine.protocol import FrameType, answer_object, encode_frame

FEW = ("unshare", "--user", "--map-root-user", sys.executable, "-m", "tests.agent.few_instances")

Connect = Callable[[Path], AgentConnection]


@pytest.fixture(params=["inotify", "polling"])
def connect(request: pytest.FixtureRequest, start: Start) -> Connect:
    """An agent that has inotify, and one that finds every instance taken."""
    prefix = () if request.param == "inotify" else (*FEW, "2")
    return lambda folder: start(folder, prefix=prefix).connect()


def instances(pid: int) -> int:
    """How many inotify instances a process has open."""
    count = 0
    for entry in os.scandir(f"/proc/{pid}/fd"):
        with suppress(FileNotFoundError):  # Closed meanwhile.
            count += os.readlink(entry.path) == "anon_inode:inotify"
    return count


def holds(seen: Watched, name: str) -> bool:
    return name in seen.entries


def test_what_is_made_changed_and_removed(connect: Connect, volume: Path) -> None:
    for name in ("grows", "goes", "moves", "same"):
        (volume / name).write_text("before")
    with watched(connect(volume)) as seen:
        (volume / "grows").write_text("longer than before")
        (volume / "goes").unlink()
        (volume / "moves").rename(volume / "moved")
        os.symlink("target", volume / "link")
        (volume / "folder").mkdir()
        odd = os.fsdecode(b"\xff\n\x1b")
        (volume / odd).write_text("x")
        expected = {"grows", "moved", "link", "folder", odd, "same"}
        seen.until(lambda: set(seen.entries) == expected, "the names")
        seen.until(lambda: seen.entries["grows"].size == len("longer than before"), "the size")
        assert seen.entries["link"].target == "target"
        (volume / "grows").chmod(0o600)
        seen.until(lambda: seen.entries["grows"].mode & 0o777 == 0o600, "the mode")
    assert isinstance(seen.error, Cancelled)


def test_what_polls_says_so(connect: Connect, volume: Path, request: pytest.FixtureRequest) -> None:
    with watched(connect(volume)) as seen:
        assert seen.begun
        assert seen.begun.polled == ("polling" in request.node.callspec.id)


def test_what_changed_since_the_listing_is_told_at_once(connect: Connect, volume: Path) -> None:
    (volume / "file").write_text("x")
    with watched(connect(volume), age=3600.0) as seen:
        seen.until(lambda: seen.told, "what is new")
        assert seen.told[0].overflow


def test_a_folder_that_goes_ends_the_watch(connect: Connect, volume: Path) -> None:
    (volume / "here").mkdir()
    with watched(connect(volume), "/here") as seen:
        (volume / "here").rmdir()
        seen.until(lambda: seen.error, "the end")
    assert isinstance(seen.error, FileFailed)
    assert str(seen.error) == "/here does not exist."


def test_a_folder_above_that_is_moved_ends_the_watch(start: Start, volume: Path) -> None:
    (volume / "above" / "here").mkdir(parents=True)
    with watched(start(volume).connect(), "/above/here") as seen:
        (volume / "above").rename(volume / "away")
        (volume / "above" / "here").mkdir(parents=True)
        seen.until(lambda: seen.error, "the end")
    assert isinstance(seen.error, FileFailed)


def test_a_path_that_cannot_be_watched(start: Start, volume: Path) -> None:
    (volume / "file").write_text("x")
    (volume / "link").symlink_to("/")
    agent = start(volume).connect()
    for path, sentence in (
        ("/none", "/none does not exist."),
        ("/file", "/file is not a folder."),
        ("/link", "symbolic link"),
    ):
        with watched(agent, path) as seen:
            assert sentence in str(seen.error)


def test_more_than_is_told_one_by_one(start: Start, volume: Path) -> None:
    with watched(start(volume).connect()) as seen:
        for number in range(6000):
            (volume / f"file-{number}").touch()
        seen.until(lambda: len(seen.entries) == 6000, "the listing")
        assert any(told.overflow for told in seen.told)


def test_who_does_not_take_it_is_not_flooded(start: Start, volume: Path) -> None:
    with watched(start(volume).connect()) as seen:
        seen.may_go_on.clear()
        (volume / "first").touch()
        seen.until(lambda: seen.told, "the first change")
        for number in range(300):
            (volume / f"file-{number}").touch()
        seen.may_go_on.set()
        seen.until(lambda: len(seen.entries) == 301, "all of them")


def test_nothing_is_told_before_it_is_asked_for(start: Start, volume: Path) -> None:
    process = start(volume)
    process.greet()
    process.ask(2, "watch", "/")
    assert answer_object(process.next().payload) == {"polled": False}
    (volume / "file").touch()
    process.sendall(encode_frame(2, FrameType.MORE))
    while process.next().type is not FrameType.PROGRESS:
        pass
    (volume / "other").touch()
    process.cancel(2)
    assert process.error(2).code == "ECANCELED"


def test_forty_folders_share_one_instance(start: Start, volume: Path) -> None:
    for number in range(40):
        (volume / str(number)).mkdir()
    process = start(volume)
    agent = process.connect()
    with watched(agent, "/0") as first:
        assert instances(process.popen.pid) == 1
        for number in range(40):
            with watched(agent, f"/{number}"):
                assert instances(process.popen.pid) == 1
        with watched(agent, "/0") as again:
            (volume / "0" / "file").touch()
            for seen in (first, again):
                seen.until(partial(holds, seen, "file"), "the change")
        (volume / "0" / "more").touch()
        first.until(lambda: "more" in first.entries, "what came after the other ended")
    first.until(lambda: instances(process.popen.pid) == 0, "the end of the instance")


@pytest.mark.parametrize("age", [-1, "x", True])
def test_an_impossible_age(start: Start, volume: Path, age: int | str) -> None:
    process = start(volume)
    process.greet()
    process.ask(2, "watch", "/", age_ms=age)
    assert process.error(2).code == "EINVAL"
