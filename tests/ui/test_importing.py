"""The form for an import: what the source is, what cannot be imported, and the job it becomes."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.fakes import FakeEngine
from tests.showcase import volume
from tests.ui.screen import Seen, running
from tests.unit.test_sources import tar
from tui.engine.creating import NewVolume
from tui.engine.holders import Holder
from tui.engine.model import ContainerState, Volume
from tui.engine.transfers.progress import Operation, Progress, Report, Stage, Sums
from tui.engine.transfers.questions import Asker
from tui.engine.transfers.replacing import Mode
from tui.engine.transfers.sources import Source


class Importing(FakeEngine):
    """Remembers what it was asked to import."""

    def __init__(self, *, writers: tuple[str, ...] = ()) -> None:
        super().__init__([volume("pgdata", 1)])
        self.asked: list[tuple[str, NewVolume | Volume, Mode]] = []
        self.heard: list[bool] = []
        self._writers = writers

    def writers(self, _volume: Volume) -> list[Holder]:
        return [
            Holder(name, name, "busybox", ContainerState.RUNNING, ("/d",), read_only=False)
            for name in self._writers
        ]

    def import_archive(
        self,
        source: Source,
        target: NewVolume | Volume,
        mode: Mode,
        *,
        hot: bool = False,
        devices: bool = False,
        ask: Asker,
    ) -> Operation:
        assert not hot
        assert not devices
        self.asked.append((source.label, target, mode))
        yield Progress(Stage.COPYING, Sums(1, 1, 0, 10), Sums(size=20))
        self.heard.append(ask.unwrap("backup/pgdata"))
        yield Progress(Stage.DONE, report=Report(Sums(1, 1, 0, 20)))


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    path = tmp_path / "media.tar"
    path.write_bytes(tar(2000))
    return path


async def opened(seen: Seen, path: Path) -> None:
    await seen.sees("Details")
    await seen.press("O")
    await seen.sees("Devices")
    await seen.press(*str(path))


@pytest.mark.parametrize("size", [(80, 24), (200, 50)])
async def test_an_archive_becomes_a_volume_and_its_job_asks(
    archive: Path, size: tuple[int, int]
) -> None:
    engine = Importing()
    async with running(engine, size=size) as seen:
        await opened(seen, archive)
        await seen.sees("tar archive")
        assert "made by another tool" in seen.text
        await seen.press("enter")
        await seen.sees("backup/pgdata")
        assert "import the folder itself too" in seen.text
        await seen.press("y")
        await seen.sees_no("backup/pgdata")
    assert engine.asked == [(str(archive), NewVolume("media"), Mode.NEW)]
    assert engine.heard == [True]


async def test_what_is_no_archive_is_said_in_the_form(tmp_path: Path) -> None:
    path = tmp_path / "notes.txt"
    path.write_text("just words")
    engine = Importing()
    async with running(engine) as seen:
        await opened(seen, path)
        await seen.sees("no archive that can be imported")
        await seen.press("enter")
        await seen.sees("no archive that can be imported")
        await seen.press("escape", "escape")
        await seen.sees_no("Devices")
    assert not engine.asked


async def test_replacing_wants_the_name_typed(archive: Path) -> None:
    engine = Importing()
    async with running(engine) as seen:
        await opened(seen, archive)
        await seen.press("tab", "right")
        await seen.sees("Type pgdata")
        await seen.press("tab", "enter")
        assert not engine.asked
        await seen.press(*"pgdata", "enter")
        await seen.sees("backup/pgdata")
        await seen.press("n")
        await seen.sees_no("backup/pgdata")
    assert [(path, mode) for path, _, mode in engine.asked] == [(str(archive), Mode.REPLACE)]
    assert engine.heard == [False]


async def test_writers_are_named_and_keep_it_from_being_replaced(archive: Path) -> None:
    engine = Importing(writers=("web-1",))
    async with running(engine) as seen:
        await opened(seen, archive)
        await seen.press("tab", "right")
        await seen.sees("web-1")
        await seen.sees("Stop what writes")
        await seen.press("right")
        await seen.sees("choose to merge it hot")
    assert not engine.asked
