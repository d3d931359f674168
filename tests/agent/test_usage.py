"""Disk usage: complete, in parts, cancelled, and 20,000 levels deep."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tests.agent.conftest import Start
from tui.engine.agent import AgentConnection
from tui.engine.model import DiskUsage
from tui.engine.protocol import FrameType, parse_usage

LEVELS = 20_000


def last(agent: AgentConnection, path: str) -> DiskUsage:
    *_, usage = agent.usage(path)
    return usage


def test_hard_links_holes_and_links(start: Start, volume: Path) -> None:
    folder = volume / "folder"
    folder.mkdir()
    (folder / "file").write_bytes(b"x" * 10_000)
    for number in range(5):
        os.link(folder / "file", volume / f"again-{number}")
    with open(volume / "sparse", "wb") as sparse:
        sparse.truncate(1 << 40)
    (volume / "link").symlink_to("12345")
    usage = last(start(volume).connect(), "/")
    assert usage.apparent == 10_000 + (1 << 40) + 5
    assert (usage.files, usage.directories, usage.errors) == (8, 1, 0)
    blocks = sum(
        os.lstat(path).st_blocks
        for path in (volume, folder, folder / "file", volume / "sparse", volume / "link")
    )
    assert usage.disk == blocks * 512


def test_an_empty_folder(start: Start, volume: Path) -> None:
    usage = last(start(volume).connect(), "/")
    assert (usage.apparent, usage.files, usage.directories, usage.errors) == (0, 0, 0, 0)


def test_twenty_thousand_levels(start: Start, abyss: Path) -> None:
    assert last(start(abyss).connect(), "/") == last(
        start(abyss.parent).connect(), f"/{abyss.name}"
    )
    usage = last(start(abyss).connect(), "/")
    assert (usage.directories, usage.files, usage.errors) == (LEVELS, 0, 0)


def test_many_at_once_tell_where_they_are(start: Start, abyss: Path) -> None:
    agent = start(abyss).connect()
    with ThreadPoolExecutor(12) as pool:
        sums = list(pool.map(lambda _: list(agent.usage("/")), range(12)))
    assert {parts[-1].directories for parts in sums} == {LEVELS}
    partial = [part.directories for parts in sums for part in parts[:-1]]
    assert any(0 < directories < LEVELS for directories in partial)


def test_cancel_in_the_middle(start: Start, abyss: Path) -> None:
    process = start(abyss)
    process.greet()
    numbers = range(2, 26)
    for number in numbers:
        process.ask(number, "usage", "/")
    frame = process.next()
    while frame.type is not FrameType.PROGRESS:
        frame = process.next()
    assert 0 < parse_usage(frame.payload).directories < LEVELS
    process.cancel(frame.request)
    assert process.error(frame.request).code == "ECANCELED"


def test_few_descriptors_are_enough(start: Start, abyss: Path) -> None:
    agent = start(abyss, prefix=("prlimit", "--nofile=64:64")).connect()
    assert last(agent, "/").directories == LEVELS


def test_few_threads_are_enough(start: Start, crowd: Path) -> None:
    process = start(crowd)
    agent = process.connect()
    with ThreadPoolExecutor(64) as pool:
        sums = list(pool.map(lambda _: last(agent, "/"), range(64)))
    assert {usage.files for usage in sums} == {20_000}
    assert len(os.listdir(f"/proc/{process.popen.pid}/task")) < 64
