"""Unpacking tar streams on a tmpfs against GNU tar, and reading again what was unpacked."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

from tests.agent.process import AgentProcess, agent_binary
from tests.bench.limit import Limit
from tests.bench.ratio import Ratio, Seconds
from tui.engine.agent import AgentConnection
from tui.engine.protocol import FrameType, answer_object, integer

_MEMORY = "/dev/shm"
_PART = 1 << 20
_FILES, _SIZE = 50_000, 1_024
_LARGE = 1 << 30
_SPARSE, _DATA = 10 << 30, 1 << 20


def unpacking(_: Path) -> Iterator[Ratio | Limit]:
    """1 GiB in one file, 50,000 files of 1 KB in 50 folders, and 10 GiB with 1 MiB of data."""
    with tempfile.TemporaryDirectory(dir=_MEMORY) as home:
        yield from _compared(Path(home), "1 GiB", _large, (1, _LARGE))
        yield from _compared(Path(home), "50,000 files of 1 KB", _many, (_FILES, _FILES * _SIZE))
        archive = _packed(Path(home), _hole, "-S", "--format=posix")
        yield Limit(
            "unpack 10 GiB with 1 MiB of data", 2, "s", partial(_sparse, Path(home), archive)
        )


def _compared(
    home: Path, what: str, fill: Callable[[Path], None], expected: tuple[int, int]
) -> Iterator[Ratio]:
    archive = _packed(home, fill, "--format=posix")
    ours, peer = (partial(run, home, archive, expected) for run in (_ours, _peer))
    yield Ratio(f"unpack {what} / GNU tar x", 2, ours, peer)
    again = partial(_again, home, archive, expected)
    yield Ratio(f"read {what} again / GNU tar x", 1, again, peer, rounds=3)
    archive.unlink()


def _packed(home: Path, fill: Callable[[Path], None], *options: str) -> Path:
    source, archive = home / "source", home / "archive.tar"
    source.mkdir()
    fill(source)
    subprocess.run(["tar", *options, "-cf", archive, "-C", source, "."], check=True)
    shutil.rmtree(source)
    return archive


def _ours(home: Path, archive: Path, expected: tuple[int, int]) -> Seconds:
    return _unpacked(home, archive, expected)[0]


def _again(home: Path, archive: Path, expected: tuple[int, int]) -> Seconds:
    return _unpacked(home, archive, expected)[1]


def _unpacked(home: Path, archive: Path, expected: tuple[int, int]) -> tuple[Seconds, Seconds]:
    """Seconds to unpack, and to read it again; the agent is there already."""
    target = _target(home)
    process = AgentProcess([str(agent_binary()), "--root", str(target)])
    try:
        agent = process.connect()
        start = time.perf_counter()
        _feed(agent, archive)
        between = time.perf_counter()
        with agent.request("verify", "/") as answers:
            *_, last = answers
        end = time.perf_counter()
    finally:
        process.end()
    if integer(answer_object(last.payload), "count"):
        raise AssertionError("what was unpacked differs: the comparison means nothing.")
    _check(target, expected)
    return between - start, end - between


def _feed(agent: AgentConnection, archive: Path) -> None:
    with agent.request("unpack", "/", devices=False, max_entries=0, max_size=0) as answers:
        part = memoryview(bytearray(_PART))
        with archive.open("rb", buffering=0) as file:
            while size := file.readinto(part):
                answers.feed(part[:size])
        answers.end()
        *_, last = answers
    if last.type is not FrameType.DONE:
        raise AssertionError(last)


def _peer(home: Path, archive: Path, expected: tuple[int, int]) -> Seconds:
    target = _target(home)
    start = time.perf_counter()
    subprocess.run(["tar", "-xpf", archive, "-C", target], check=True)
    seconds = time.perf_counter() - start
    _check(target, expected)
    return seconds


def _sparse(home: Path, archive: Path) -> Seconds:
    seconds, _ = _unpacked(home, archive, (1, _SPARSE))
    if (disk := (home / "target" / "file").stat().st_blocks * 512) > 2 * _DATA:
        raise AssertionError(f"{disk} bytes on the disk: it is not sparse any more.")
    return seconds


def _target(home: Path) -> Path:
    target = home / "target"
    shutil.rmtree(target, ignore_errors=True)
    target.mkdir()
    return target


def _check(target: Path, expected: tuple[int, int]) -> None:
    files = [Path(folder) / name for folder, _, names in os.walk(target) for name in names]
    held = len(files), sum(file.stat().st_size for file in files)
    if held != expected:
        raise AssertionError(f"{held} instead of {expected}: the comparison means nothing.")


def _large(folder: Path) -> None:
    part = os.urandom(_PART)
    with (folder / "file").open("wb") as file:
        for _ in range(_LARGE // _PART):
            file.write(part)


def _many(folder: Path) -> None:
    data = os.urandom(_SIZE)
    for number in range(50):
        below = folder / f"folder-{number:02}"
        below.mkdir()
        for file in range(_FILES // 50):
            (below / f"file-{file:05}").write_bytes(data)


def _hole(folder: Path) -> None:
    with (folder / "file").open("wb") as file:
        file.truncate(_SPARSE)
        os.pwrite(file.fileno(), os.urandom(_DATA), _SPARSE // 2)
