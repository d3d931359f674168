"""A clone that is disturbed: it fails and leaves nothing, or tells what changed."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.agent.fidelity import difference, make_fixture
from tests.engines.waiting import wait_for
from tests.integration.conftest import Things, named
from tests.integration.test_cloning import cloned, names, noted, some
from tui.engine import Engine
from tui.engine.creating import NewVolume
from tui.engine.errors import EngineError, HelperLost, NameTaken, NoRoom, VerificationFailed
from tui.engine.marker import MARKER
from tui.engine.transfers.progress import Report, Stage
from tui.jobs import Job, JobState


def disturbed(
    engine: Engine, source: str, new: str | NewVolume, stage: Stage, disturb: Callable[[], object]
) -> Report:
    """A clone at whose first state of a stage something happens."""
    wanted = NewVolume(new) if isinstance(new, str) else new
    due = True
    report = None
    for state in engine.clone(named(engine, source), wanted):
        if due and state.stage is stage:
            due = False
            disturb()
        report = state.report
    assert not due
    assert report is not None
    return report


def test_everything_an_entry_can_be_is_in_the_clone(engine: Engine, things: Things) -> None:
    name, new = things.volume(), things.name()
    source = things.folder(name)
    make_fixture(source)
    report = cloned(engine, name, new)
    allowed = ["flags", "security", "trusted"]
    assert difference(source, things.folder(new), allowed) == []
    assert {loss.kind for loss in report.losses} <= {"flags", "xattr"}
    assert report.changed == 0


def one_byte(folder: Path) -> None:
    file = folder / "folder" / "file"
    told = file.stat()
    with file.open("r+b") as opened:
        opened.seek(50_000)
        opened.write(b"y")
    os.utime(file, ns=(told.st_atime_ns, told.st_mtime_ns))


def one_mode(folder: Path) -> None:
    (folder / "folder").chmod(0o700)


def one_xattr(folder: Path) -> None:
    os.setxattr(folder / "folder", "user.new", b"1")


@pytest.mark.parametrize(
    ("tamper", "says"),
    [
        (one_byte, r"/again \(contents\)|/folder/file \(contents\)"),
        (one_mode, r"/folder \(mode\)"),
        (one_xattr, r"/folder \(extended attributes\)"),
    ],
)
def test_what_is_corrupted_behind_the_copy_fails_it(
    engine: Engine, things: Things, tmp_path: Path, tamper: Callable[[Path], None], says: str
) -> None:
    name, new = some(things)[0], things.name()
    with pytest.raises(VerificationFailed, match=says):
        disturbed(engine, name, new, Stage.VERIFYING, lambda: tamper(things.folder(new)))
    assert new not in names(engine)
    assert noted(tmp_path) == []
    assert not things.helpers()


def test_a_source_that_changes_meanwhile_is_told(engine: Engine, things: Things) -> None:
    name, folder = some(things)
    for number in range(4):
        (folder / f"file-{number}").write_bytes(b"x" * 5000)
    new = things.name()

    def change() -> None:
        (folder / "file-0").write_bytes(b"longer" * 5000)
        os.truncate(folder / "file-1", 10)
        (folder / "file-2").unlink()
        (folder / "made").touch()

    job = Job("clone", [name, new], lambda: _changing(engine, name, new, change))
    job.start()
    wait_for(lambda: job.state.ended, "the end of the clone", 60)
    assert job.state is JobState.DIFFERENT, job.status.error
    report = job.status.report
    assert report is not None
    assert {"/file-0", "/file-1", "/file-2"} <= set(report.changed_paths)
    assert not set(report.changed_paths) & {"/file-3", "/folder/file"}
    assert (things.folder(new) / "file-3").read_bytes() == b"x" * 5000
    assert not (things.folder(new) / MARKER).exists()


def _changing(engine: Engine, name: str, new: str, change: Callable[[], None]) -> Any:
    due = True
    for state in engine.clone(named(engine, name), NewVolume(new)):
        if due and state.stage is Stage.VERIFYING:
            due = False
            change()
        yield state


@pytest.mark.parametrize(
    "stage",
    [Stage.PREPARING, Stage.COPYING, Stage.SYNCING, Stage.VERIFYING, Stage.FINISHING],
)
def test_a_cancel_in_any_stage_leaves_nothing(
    engine: Engine, things: Things, tmp_path: Path, stage: Stage
) -> None:
    name, new = some(things)[0], things.name()
    told: list[Stage] = []
    reached, go_on = threading.Event(), threading.Event()

    def watched() -> Any:
        operation = engine.clone(named(engine, name), NewVolume(new))
        for state in operation:
            told.append(state.stage)
            if state.stage is stage and not reached.is_set():
                reached.set()
                go_on.wait()
            try:
                yield state
            except EngineError as error:
                cleaning = operation.throw(error)
                told.append(cleaning.stage)
                yield cleaning

    job = Job("clone", [name, new], watched)
    job.start()
    assert reached.wait(60)
    job.cancel()
    go_on.set()
    wait_for(lambda: job.state.ended, "the end of the clone", 60)
    assert job.state is JobState.CANCELLED, job.status.error
    assert told[-1] is Stage.CLEANING or stage is Stage.PREPARING
    assert new not in names(engine)
    assert noted(tmp_path) == []
    assert not things.helpers()


def test_a_name_that_is_taken_meanwhile_is_not_touched(
    engine: Engine, things: Things, tmp_path: Path
) -> None:
    name, new = some(things)[0], things.name()

    def take() -> None:
        things.engine.api.post("/volumes/create", {"Name": new, "Labels": {"of": "another"}})
        (things.folder(new) / "file").touch()

    with pytest.raises(NameTaken):
        disturbed(engine, name, new, Stage.PREPARING, take)
    assert os.listdir(things.folder(new)) == ["file"]
    assert named(engine, new).labels == {"of": "another"}
    assert noted(tmp_path) == []


def test_a_helper_that_is_killed_leaves_nothing(
    engine: Engine, things: Things, tmp_path: Path
) -> None:
    name, new = some(things)[0], things.name()

    def kill() -> None:
        (helper,) = things.helpers()
        things.engine.api.post(f"/containers/{helper}/kill")

    with pytest.raises(HelperLost):
        disturbed(engine, name, new, Stage.VERIFYING, kill)
    assert new not in names(engine)
    assert noted(tmp_path) == []


def test_a_full_disk_leaves_nothing_of_it_on_a_device(
    engine: Engine, things: Things, tmp_path: Path
) -> None:
    """The engine leaves alone what driver options name, so the clone removes what it put there."""
    name, folder = some(things)
    (folder / "large").write_bytes(os.urandom(600_000))
    small = things.volume(DriverOpts={"type": "tmpfs", "device": "tmpfs", "o": "size=1m"})
    things.container([f"{small}:/d"], ["sleep", "1000"], start=True)
    place = things.folder(small)
    (place / "new").mkdir()
    device = things.engine.api.get(f"/volumes/{small}")["Mountpoint"]
    options = {"type": "none", "o": "bind", "device": f"{device}/new"}
    new = NewVolume(things.name(), options=options)

    def fill() -> None:
        (place / "filler").write_bytes(b"x" * 400_000)

    with pytest.raises(EngineError, match="no room"):
        disturbed(engine, name, new, Stage.COPYING, fill)
    assert os.listdir(place / "new") == []
    assert new.name not in names(engine)
    with pytest.raises(NoRoom, match=f"{new.name} needs .*KiB free"):
        cloned(engine, name, new)
    assert os.listdir(place / "new") == []
    assert noted(tmp_path) == []
