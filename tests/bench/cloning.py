"""Clones in the helper, and their verification, against `cp -a` on the mountpoints."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable, Iterator
from contextlib import closing
from functools import partial
from pathlib import Path

from tests.bench.limit import Limit
from tests.bench.ratio import Ratio, Seconds, timed
from tests.engines.private import PrivateEngine
from tui.engine import Engine, resolve
from tui.engine.agent import AgentConnection
from tui.engine.protocol import answer_object

MIB = 1 << 20
_NAMES = ("bench-source", "bench-target")
_FILES, _SIZE, _FOLDERS = 50_000, 1_024, 50

Fill = Callable[[Path], None]
Contents = tuple[int, int]
"""How many files there are, and how many bytes are in them."""


def cloning(engine: PrivateEngine) -> Iterator[Ratio | Limit]:
    """1 GiB, many small files and a sparse one, from one tmpfs to another."""
    options = {"type": "tmpfs", "device": "tmpfs"}
    for name in _NAMES:
        engine.api.post("/volumes/create", {"Name": name, "DriverOpts": options})
    with closing(Engine(resolve(engine.url))) as client:
        known = {volume.name: volume for volume in client.volumes()}
        volumes = [known[name] for name in _NAMES]
        with client.open_helpers().working(volumes, writing=_NAMES) as agent:
            places = [engine.path(volume.mountpoint) for volume in volumes]
            bench = _Cloning(agent, *places)
            yield from bench.rows("clone 1 GiB", _one_file, (1, 1 << 30), 1.1)
            small = (_FILES, _FILES * _SIZE)
            yield from bench.rows("clone 50,000 files of 1 KB", _small_files, small, 0.8)
            bench.fill(_sparse_file)
            what = "clone and verify 10 GiB with 1 MiB of data"
            yield Limit(what, 2, "s", partial(bench.ours, (1, 10 << 30), verified=True))
            if (taken := _disk(places[1])) > 2 * MIB:
                raise AssertionError(f"{taken} bytes on the disk: it is not sparse any more.")


class _Cloning:
    """A source that was filled, cloned in turns by us and by `cp`."""

    def __init__(self, agent: AgentConnection, source: Path, target: Path) -> None:
        self._agent = agent
        self._source = source
        self._target = target

    def rows(self, what: str, fill: Fill, contents: Contents, bound: float) -> Iterator[Ratio]:
        """The clone, then its verification alone."""
        self.fill(fill)
        peer = partial(self._peer, contents)
        yield Ratio(f"{what} / cp -a", bound, partial(self.ours, contents), peer)
        yield Ratio(f"{what}: verification / cp -a", 0.5, partial(self._verified, contents), peer)

    def fill(self, fill: Fill) -> None:
        """Other contents for the source."""
        _empty(self._source)
        fill(self._source)

    def ours(self, contents: Contents, *, verified: bool = False) -> Seconds:
        """From the request to the last byte, with verification if it is asked for."""
        _empty(self._target)
        seconds = timed(partial(self._ask, "clone", contents))()
        if verified:
            seconds += timed(partial(self._ask, "compare", contents))()
        self._check(contents)
        return seconds

    def _verified(self, contents: Contents) -> Seconds:
        self.ours(contents)
        return timed(partial(self._ask, "compare", contents))()

    def _peer(self, contents: Contents) -> Seconds:
        _empty(self._target)
        command = ["cp", "-aT", str(self._source), str(self._target)]
        seconds = timed(partial(subprocess.run, command, check=True))()
        self._check(contents)
        return seconds

    def _ask(self, op: str, contents: Contents) -> None:
        with self._agent.request(op, "/0", target=b"/1") as answers:
            *_, last = answers
        told = answer_object(last.payload)
        if (told["files"], told["size"]) != contents or told.get("count") or told.get("losses"):
            raise AssertionError(f"{told}: the comparison means nothing.")

    def _check(self, contents: Contents) -> None:
        if (found := _contents(self._target)) != contents:
            raise AssertionError(f"{found} instead of {contents}: the comparison means nothing.")


def _contents(folder: Path) -> Contents:
    sizes = [(Path(at) / name).stat().st_size for at, _, names in os.walk(folder) for name in names]
    return len(sizes), sum(sizes)


def _disk(folder: Path) -> int:
    return sum(path.stat().st_blocks * 512 for path in folder.iterdir())


def _empty(folder: Path) -> None:
    below = [str(path) for path in folder.iterdir()]
    if below:
        subprocess.run(["rm", "-rf", *below], check=True)


def _one_file(folder: Path) -> None:
    with (folder / "file").open("wb") as file:
        for _ in range(64):
            file.write(os.urandom(16 * MIB))


def _small_files(folder: Path) -> None:
    for number in range(_FOLDERS):
        below = folder / f"folder-{number:02}"
        below.mkdir()
        for file in range(_FILES // _FOLDERS):
            (below / f"file-{file:04}").write_bytes(b"x" * _SIZE)


def _sparse_file(folder: Path) -> None:
    with (folder / "sparse").open("wb") as file:
        file.truncate(10 << 30)
        os.pwrite(file.fileno(), os.urandom(MIB), 7 << 30)
