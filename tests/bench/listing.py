"""Listing through the open helper against scandir + lstat on the mountpoint and `docker exec`."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

from tests.bench.ratio import Ratio, timed
from tests.engines.private import PrivateEngine
from tui.engine import Engine, resolve
from tui.engine.files import VolumeFiles
from tui.engine.model import Entry

_SIZES = ((10, 12.0), (1_000, 2.5), (100_000, 1.3))


def listing(engine: PrivateEngine) -> Iterator[Ratio]:
    """The ratios, one after the other; the folders are made at first use."""
    mountpoint = engine.path(engine.api.post("/volumes/create", {"Name": "bench"})["Mountpoint"])
    for count, _ in _SIZES:
        _fill(mountpoint / str(count), count)
    container = engine.api.post(
        "/containers/create",
        {
            "Image": engine.busybox(),
            "Cmd": ["sleep", "100000"],
            "HostConfig": {"Binds": ["bench:/v"]},
        },
        name="bench-peer",
    )["Id"]
    engine.api.post(f"/containers/{container}/start")
    client = Engine(resolve(engine.url))
    volume = next(volume for volume in client.volumes() if volume.name == "bench")
    files = client.open(volume)
    try:
        yield from _ratios(files, mountpoint)
        yield _against_exec(engine, files)
    finally:
        client.close()


def _ratios(files: VolumeFiles, mountpoint: Path) -> Iterator[Ratio]:
    for count, bound in _SIZES:
        folder = str(mountpoint / str(count))
        calls = max(1, 500 // count)
        yield Ratio(
            f"list {count:,} entries / scandir + lstat as root",
            bound,
            _times(calls, partial(_list, files, f"/{count}")),
            _times(calls, partial(_scan, folder)),
            rounds=15 if count < 100_000 else 7,
        )


def _against_exec(engine: PrivateEngine, files: VolumeFiles) -> Ratio:
    command = [str(engine.programs.find("docker")), "--host", engine.url, "exec", "bench-peer"]
    listed = [*command, "ls", "-la", "/v/10"]
    return Ratio(
        "list 10 entries: times faster than `docker exec ls -la`",
        60.0,
        _times(50, partial(_list, files, "/10")),
        timed(lambda: subprocess.run(listed, check=True, capture_output=True)),
        faster=True,
    )


def _fill(folder: Path, count: int) -> None:
    folder.mkdir()
    for number in range(count):
        (folder / f"file-{number:06}.conf").touch()


def _times(calls: int, function: Callable[[], object]) -> Callable[[], float]:
    """Seconds of one call, as the mean of several in a row where one is very short."""
    measured = timed(lambda: [function() for _ in range(calls)])
    return lambda: measured() / calls


def _list(files: VolumeFiles, path: str) -> list[Entry]:
    return [entry for batch in files.entries(path) for entry in batch]


def _scan(folder: str) -> list[os.stat_result]:
    with os.scandir(folder) as entries:
        return [os.lstat(entry.path) for entry in entries]
