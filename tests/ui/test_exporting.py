"""The form for an export: where it goes, what it refuses, and the jobs it ends in."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import pytest

from tests.fakes import FakeEngine
from tests.showcase import volume
from tests.ui.screen import Seen, running
from tui.engine.holders import Holder
from tui.engine.model import ContainerState, Volume
from tui.engine.transfers.destinations import Destination
from tui.engine.transfers.progress import Operation, Progress, Report, Stage, Sums
from tui.engine.transfers.tofile import ArchiveFile
from tui.widgets.export_form import ExportInput

WRITER = Holder("1", "web", "nginx", ContainerState.RUNNING, ("/data",), read_only=False)
PGDATA = volume("pgdata", 0)


class Exporting(FakeEngine):
    """Remembers what it was asked to export."""

    def __init__(self, *volumes: Volume) -> None:
        super().__init__(volumes or [PGDATA])
        self.asked: list[tuple[str, Destination, bool]] = []
        self.writing: list[Holder] = []

    def writers(self, volume: Volume) -> list[Holder]:
        return self.writing if volume == PGDATA else []

    def export(self, volume: Volume, destination: Destination, *, hot: bool = False) -> Operation:
        self.asked.append((volume.name, destination, hot))
        yield Progress(Stage.DONE, report=Report(Sums()))


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder one is in."""
    made = tmp_path / "here"
    made.mkdir()
    monkeypatch.chdir(made)
    return made


async def opened(seen: Seen) -> None:
    await seen.sees("Details", "pgdata")
    await seen.press("o")
    await seen.sees("Export pgdata", "Format", "Checksum")


async def test_enter_is_enough_and_voltui_gives_the_name(folder: Path) -> None:
    engine = Exporting()
    async with running(engine) as seen:
        await opened(seen)
        await seen.sees("once all of it was read again")
        await seen.press("enter")
        await seen.until(lambda: bool(engine.asked), "the export")
        await seen.sees_no("Checksum")
    ((name, place, hot),) = engine.asked
    assert (name, hot) == ("pgdata", False)
    assert isinstance(place, ArchiveFile)
    assert place.path.parent == folder
    assert place.path.name.startswith("pgdata-2")
    assert place.path.name.endswith("Z.tar.zst")


async def test_a_file_that_exists_is_refused_as_it_is_typed(folder: Path) -> None:
    (folder / "a.tar.gz").touch()
    engine = Exporting()
    async with running(engine) as seen:
        await opened(seen)
        await seen.press(*"a.tar.gz")
        await seen.sees("exists already", "● tar.gz")
        await seen.press("enter")
        await seen.sees("exists already")
        await seen.press("tab", "right")
        await seen.sees("a.tar ", "● tar ")
        await seen.press("tab", "right", "shift+tab", "shift+tab", "enter")
        await seen.until(lambda: bool(engine.asked), "the export")
    ((_, place, _),) = engine.asked
    assert isinstance(place, ArchiveFile)
    assert place.path == folder / "a.tar"
    assert place.checksum


async def test_who_writes_is_named_and_has_to_be_accepted() -> None:
    engine = Exporting()
    engine.writing = [WRITER]
    async with running(engine) as seen:
        await opened(seen)
        await seen.sees("Writers", "web", "not while they write")
        await seen.press("enter")
        await seen.sees("choose to do it hot")
        await seen.press("shift+tab", "right", "tab", "enter")
        await seen.until(lambda: bool(engine.asked), "the export")
    assert engine.asked[0][2]


async def test_the_project_of_the_volume_goes_into_one_folder(folder: Path) -> None:
    engine = Exporting(*(replace(volume(name, 0), project="shop") for name in ("pgdata", "web")))
    async with running(engine) as seen:
        await opened(seen)
        await seen.sees("project shop, 2 volumes")
        await seen.press("shift+tab", "right")
        await seen.sees("2 volumes", "Makes", "web-2")
        await seen.press("tab", "enter")
        await seen.until(lambda: len(engine.asked) == 2, "both exports")
    assert sorted(name for name, _, _ in engine.asked) == ["pgdata", "web"]


async def test_paths_are_completed(folder: Path) -> None:
    (folder / "backups").mkdir()
    engine = Exporting()
    async with running(engine) as seen:
        await opened(seen)
        await seen.press("b")
        line = seen.app.screen.query_one(ExportInput)
        await seen.until(lambda: line._suggestion == f"{folder}/backups/", "the rest of the name")
        await seen.press("right", "enter")
        await seen.until(lambda: bool(engine.asked), "the export")
    place = engine.asked[0][1]
    assert isinstance(place, ArchiveFile)
    assert place.path.parent == folder / "backups"
    assert os.listdir(folder) == ["backups"]


async def test_it_may_be_done_read_only() -> None:
    engine = Exporting()
    engine.read_only = True
    async with running(engine) as seen:
        await opened(seen)
