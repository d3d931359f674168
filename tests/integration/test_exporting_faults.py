"""Exports in whose middle something dies: nothing is under a final name that is not whole."""

from __future__ import annotations

import os
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.engines.private import PrivateEngine
from tests.engines.proxy import FaultProxy
from tests.engines.waiting import wait_for
from tests.integration.cli import VOLTUI
from tests.integration.conftest import Make, Things, named
from tests.integration.exports import report
from tui.engine import Engine, resolve
from tui.engine.errors import EngineError, FileFailed
from tui.engine.transfers.compression import ArchiveFormat
from tui.engine.transfers.destinations import Receiver
from tui.engine.transfers.tofile import ArchiveFile

SIZE = 48 << 20
FLOWS = 12 << 20
"""More than is ever on its way between the agent and the file."""
POINTS = [(SIZE - FLOWS) * number // 20 for number in range(20)]
MANY = [
    pytest.param(point, marks=() if point == POINTS[9] else pytest.mark.slow) for point in POINTS
]


@dataclass(frozen=True, slots=True)
class Struck(ArchiveFile):
    """Does something once so many bytes of the stream have come."""

    at: int = 0
    strike: Callable[[], object] = lambda: None
    struck: list[int] = field(default_factory=list)

    @contextmanager
    def receiving(self) -> Iterator[Receiver]:  # type: ignore[override]
        with ArchiveFile.receiving(self) as receiver:
            write = receiver.write
            come = 0

            def struck(data: bytes) -> None:
                nonlocal come
                write(data)
                come += len(data)
                if come > self.at and not self.struck:
                    self.struck.append(come)
                    self.strike()

            receiver.write = struck  # type: ignore[method-assign]
            yield receiver


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "exports"
    made.mkdir()
    return made


def fill(things: Things) -> str:
    name = things.volume()
    (things.folder(name) / "zeros").write_bytes(bytes(SIZE // 2))
    (things.folder(name) / "more").write_bytes(bytes(SIZE // 2))
    return name


def struck(folder: Path, at: int, strike: Callable[[], object]) -> Struck:
    return Struck(folder / "out.tar.zst", ArchiveFormat.ZSTD, at=at, strike=strike)


@pytest.mark.parametrize("point", MANY)
def test_the_helper_dies(engine: Engine, things: Things, folder: Path, point: int) -> None:
    name = fill(things)

    def kill() -> None:
        for helper in things.helpers():
            things.engine.api.post(f"/containers/{helper}/kill")

    # Beside the export: the engine ends a container when its output was taken.
    killing = threading.Thread(target=kill, daemon=True)
    place = struck(folder, point, killing.start)
    with pytest.raises(EngineError):
        report(engine, named(engine, name), place)
    killing.join(30)
    assert place.struck
    assert place.struck[0] < SIZE
    assert os.listdir(folder) == []
    wait_for(lambda: not things.helpers(), "the end of the helper")


@pytest.mark.parametrize("point", [POINTS[9]])
def test_the_engine_dies(fresh_engine: Make, folder: Path, point: int) -> None:
    private = fresh_engine()
    private.busybox()
    things = Things(private)
    name = fill(things)
    _engine_dies(private, things, name, folder, point)


@pytest.mark.slow
def test_the_engine_dies_at_20_points(fresh_engine: Make, folder: Path) -> None:
    private = fresh_engine()
    private.busybox()
    things = Things(private)
    name = fill(things)
    for point in POINTS:
        _engine_dies(private, things, name, folder, point)


def _engine_dies(
    private: PrivateEngine, things: Things, name: str, folder: Path, point: int
) -> None:
    with closing(Engine(resolve(private.url), deadline=5)) as engine:
        place = struck(folder, point, private.kill)
        with pytest.raises(EngineError):
            report(engine, named(engine, name), place)
        assert place.struck
    assert os.listdir(folder) == []
    private.start()
    with closing(Engine(resolve(private.url))) as engine:
        engine.sweep()
        wait_for(lambda: not things.helpers(), "the end of the helper")


@pytest.mark.parametrize("point", MANY)
def test_the_client_dies(
    things: Things, folder: Path, make_proxy: Callable[[PrivateEngine], FaultProxy], point: int
) -> None:
    name = fill(things)
    proxy = make_proxy(things.engine)
    out = folder / "out.tar.zst"
    command = [*VOLTUI, "--host", proxy.url, "export", name, str(out)]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as client:
        wait_for(lambda: proxy.to_client.bytes > point + 65_536, "the middle")
        proxy.stalled = True
        client.kill()
    assert client.returncode == -9
    assert proxy.to_client.bytes < SIZE
    assert os.listdir(folder) in ([], ["out.tar.zst.part"])
    proxy.cut()
    wait_for(lambda: not things.helpers(), "the end of the helper")
    left = os.listdir(folder)
    with closing(Engine(resolve(things.engine.url))) as engine:
        told = report(engine, named(engine, name), ArchiveFile(out, ArchiveFormat.ZSTD))
    assert [note for note in told.notes if "left by an export that did not end" in note] == [
        *told.notes
    ]
    assert len(told.notes) == len(left)
    assert sorted(os.listdir(folder)) == sorted(["out.tar.zst", *left])


@pytest.fixture
def small_disk(folder: Path) -> Iterator[Path]:
    """The folder on a disk of 4 MiB."""
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=4m", "none", folder], check=True)
    try:
        yield folder
    finally:
        subprocess.run(["umount", folder], check=True)


def test_the_disk_of_the_client_is_full(engine: Engine, things: Things, small_disk: Path) -> None:
    name = things.volume()
    (things.folder(name) / "noise").write_bytes(os.urandom(16 << 20))
    with pytest.raises(FileFailed, match="are free there"):
        report(engine, named(engine, name), ArchiveFile(small_disk / "a.tar", ArchiveFormat.TAR))
    with pytest.raises(FileFailed, match="No space left") as caught:
        report(engine, named(engine, name), ArchiveFile(small_disk / "a.tgz", ArchiveFormat.GZIP))
    assert "Make room there" in caught.value.hint
    assert os.listdir(small_disk) == []
    wait_for(lambda: not things.helpers(), "the end of the helper")


# The source


def test_a_source_that_changes_meanwhile_is_told(
    engine: Engine, things: Things, folder: Path
) -> None:
    name = fill(things)
    root = things.folder(name)
    (root / "zz-shrinks").write_bytes(bytes(1 << 20))

    def change() -> None:
        os.truncate(root / "zeros", SIZE // 2 + 4)
        os.truncate(root / "more", 1000)

    told = report(engine, named(engine, name), struck(folder, 1 << 20, change), hot=True)
    assert told.changed
    assert set(told.changed_paths) <= {"/zeros", "/more", "/", "/zz-shrinks"}
    assert (folder / "out.tar.zst").exists()
