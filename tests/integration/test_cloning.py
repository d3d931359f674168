"""Cloning volumes on a real engine: everything is there, proven, or nothing is."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from tests.integration.conftest import Things, named
from tui.engine import Engine
from tui.engine.creating import NewVolume
from tui.engine.errors import (
    EngineError,
    NameTaken,
    ReadOnly,
    UsageError,
    VolumeIncomplete,
    VolumeInUse,
)
from tui.engine.marker import MARKER
from tui.engine.transfers.cloning import labels_of_clone
from tui.engine.transfers.progress import Report, Stage
from tui.engine.volumes import JOB_LABEL


def cloned(engine: Engine, source: str, new: NewVolume | str, **options: Any) -> Report:
    """Clone to the end."""
    if isinstance(new, str):
        new = NewVolume(new)
    *_, last = engine.clone(named(engine, source), new, **options)
    assert last.stage is Stage.DONE
    assert last.report is not None
    return last.report


def noted(tmp_path: Path) -> list[Path]:
    """What the journal of transfers has."""
    return list((tmp_path / "state").glob("transfer-*"))


def names(engine: Engine) -> set[str]:
    return {volume.name for volume in engine.volumes()}


def some(things: Things) -> tuple[str, Path]:
    """A volume with a few entries and a root folder of its own."""
    name = things.volume(Labels={"kept": "yes", "com.docker.compose.project": "shop"})
    folder = things.folder(name)
    (folder / "folder").mkdir()
    (folder / "folder" / "file").write_bytes(b"x" * 100_000)
    (folder / "link").symlink_to("folder")
    os.link(folder / "folder" / "file", folder / "again")
    os.chown(folder, 999, 888)
    folder.chmod(0o2770)
    os.utime(folder, ns=(1, -1_500_000_000))
    return name, folder


def test_a_clone_has_everything_and_leaves_nothing_else(
    engine: Engine, things: Things, tmp_path: Path
) -> None:
    name, folder = some(things)
    new = things.name()
    labels = labels_of_clone(named(engine, name).labels, compose=False)

    report = cloned(engine, name, NewVolume(new, labels=labels))

    copy = things.folder(new)
    assert sorted(os.listdir(copy)) == ["again", "folder", "link"]
    assert (copy / "folder" / "file").read_bytes() == b"x" * 100_000
    assert os.path.samefile(copy / "folder" / "file", copy / "again")
    before, after = folder.stat(), copy.stat()
    assert (after.st_mode, after.st_uid, after.st_gid) == (0o42770, 999, 888)
    assert after.st_mtime_ns == before.st_mtime_ns == -1_500_000_000
    assert (report.losses, report.changed) == ((), 0)
    assert (report.sums.entries, report.sums.directories) == (4, 1)
    made = named(engine, new)
    assert made.incomplete is False
    assert {**made.labels, JOB_LABEL: ""} == {"kept": "yes", JOB_LABEL: ""}
    assert made.plain
    assert made.size is not None
    assert made.size.size == 100_000 + len("folder")
    assert report.volume is not None
    assert report.volume.name == new
    assert noted(tmp_path) == []
    assert not things.helpers()


def test_a_taken_name_is_not_touched(engine: Engine, things: Things, tmp_path: Path) -> None:
    name, _ = some(things)
    taken = things.volume(Labels={"of": "somebody"})
    (things.folder(taken) / "file").touch()
    with pytest.raises(NameTaken):
        cloned(engine, name, taken)
    assert os.listdir(things.folder(taken)) == ["file"]
    assert named(engine, taken).labels == {"of": "somebody"}
    assert noted(tmp_path) == []


def test_a_writer_is_named_and_refused_unless_hot(engine: Engine, things: Things) -> None:
    name, _ = some(things)
    writer = things.container([f"{name}:/d"], ["sleep", "1000"], start=True)
    called = things.engine.api.get(f"/containers/{writer}/json")["Name"].lstrip("/")
    new = things.name()
    with pytest.raises(VolumeInUse, match=called):
        cloned(engine, name, new)
    assert new not in names(engine)
    assert cloned(engine, name, new, hot=True).sums.entries == 4


def test_the_same_data_under_another_name_is_no_clone(engine: Engine, things: Things) -> None:
    name, folder = some(things)
    device = things.engine.api.get(f"/volumes/{name}")["Mountpoint"]
    new = NewVolume(things.name(), options={"type": "none", "o": "bind", "device": device})
    with pytest.raises(UsageError, match=f"same data as {name}"):
        cloned(engine, name, new)
    with pytest.raises(UsageError, match="its own name"):
        cloned(engine, name, name)
    assert len(os.listdir(folder)) == 3


def test_a_place_that_holds_something_is_left_alone(
    engine: Engine, things: Things, tmp_path: Path
) -> None:
    name, _ = some(things)
    origin = things.volume()
    inner = things.folder(origin) / "inner"
    inner.mkdir()
    (inner / "file").touch()
    device = things.engine.api.get(f"/volumes/{origin}")["Mountpoint"]
    new = NewVolume(
        things.name(), options={"type": "none", "o": "bind", "device": f"{device}/inner"}
    )
    with pytest.raises(VolumeInUse, match="holds something already, such as file"):
        cloned(engine, name, new)
    assert os.listdir(inner) == ["file"]
    assert new.name not in names(engine)
    assert noted(tmp_path) == []


def test_an_incomplete_volume_is_no_source(engine: Engine, things: Things) -> None:
    name, folder = some(things)
    (folder / MARKER).touch()
    new = things.name()
    with pytest.raises(VolumeIncomplete, match=f"{name} is incomplete"):
        cloned(engine, name, new)
    assert new not in names(engine)


def test_read_only_makes_nothing(things: Things, engine: Engine) -> None:
    name, _ = some(things)
    engine.read_only = True
    with pytest.raises(ReadOnly):
        cloned(engine, name, things.name())


def test_the_marker_is_seen_when_a_volume_is_opened(engine: Engine, things: Things) -> None:
    name, folder = some(things)
    assert named(engine, name).incomplete is False
    (folder / MARKER).touch()
    list(engine.open(named(engine, name)).entries("/"))
    assert named(engine, name).incomplete is True


def test_the_marker_is_seen_when_a_volume_is_measured(engine: Engine, things: Things) -> None:
    made = engine.create(NewVolume(things.name()))
    assert named(engine, made.name).incomplete is None
    list(engine.sizes(engine.volumes()))
    assert named(engine, made.name).incomplete is False
    other = engine.create(NewVolume(things.name()))
    (things.folder(other.name) / MARKER).touch()
    list(engine.sizes(engine.volumes()))
    assert named(engine, other.name).incomplete is True


def test_what_fails_half_way_is_removed(engine: Engine, things: Things, tmp_path: Path) -> None:
    name, folder = some(things)
    (folder / ".voltui-old-1").mkdir()
    new = things.name()
    stages: list[Stage] = []
    with pytest.raises(EngineError):
        stages.extend(state.stage for state in engine.clone(named(engine, name), NewVolume(new)))
    assert stages[-1] is Stage.CLEANING
    assert new not in names(engine)
    assert noted(tmp_path) == []
    assert not things.helpers()
