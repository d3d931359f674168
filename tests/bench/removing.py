"""Removing many files through the helper against `rm -rf` on the mountpoint."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Iterator
from contextlib import closing
from functools import partial
from pathlib import Path

from tests.bench.ratio import Ratio, Seconds
from tests.engines.private import PrivateEngine
from tui.engine import Engine, resolve
from tui.engine.agent import AgentConnection
from tui.engine.cancel import Cancel
from tui.engine.emptying import remove_below

_FILES = 50_000
_SIZE = 1_024


def removing(engine: PrivateEngine) -> Iterator[Ratio]:
    """50,000 files of 1 KB in 50 folders, and in one, on a tmpfs that both take turns in."""
    name = "bench-remove"
    options = {"type": "tmpfs", "device": "tmpfs"}
    made = engine.api.post("/volumes/create", {"Name": name, "DriverOpts": options})
    with closing(Engine(resolve(engine.url))) as client:
        volume = next(volume for volume in client.volumes() if volume.name == name)
        with client.open_helpers().writing(volume) as agent:
            folder = engine.path(made["Mountpoint"])
            for where, count in (("50 folders", 50), ("one folder", 1)):
                yield Ratio(
                    f"remove 50,000 files of 1 KB in {where} / GNU rm -rf",
                    1.3,
                    partial(_ours, agent, folder, count),
                    partial(_peer, folder, count),
                )


def _ours(agent: AgentConnection, folder: Path, count: int) -> Seconds:
    _fill(folder, count)
    start = time.perf_counter()
    *_, removed = remove_below(agent, "/", Cancel())
    seconds = time.perf_counter() - start
    _check_empty(folder)
    if (removed.files, removed.size) != (_FILES, _FILES * _SIZE):
        raise AssertionError(f"{removed}: the comparison means nothing.")
    return seconds


def _peer(folder: Path, count: int) -> Seconds:
    _fill(folder, count)
    below = [str(path) for path in folder.iterdir()]
    start = time.perf_counter()
    subprocess.run(["rm", "-rf", *below], check=True)
    seconds = time.perf_counter() - start
    _check_empty(folder)
    return seconds


def _fill(folder: Path, count: int) -> None:
    data = b"x" * _SIZE
    for number in range(count):
        below = folder / f"folder-{number:02}"
        below.mkdir()
        for file in range(_FILES // count):
            fd = os.open(below / f"file-{file:05}", os.O_CREAT | os.O_WRONLY)
            os.write(fd, data)
            os.close(fd)


def _check_empty(folder: Path) -> None:
    if left := len(os.listdir(folder)):
        raise AssertionError(f"{left} entries stay: the comparison means nothing.")
