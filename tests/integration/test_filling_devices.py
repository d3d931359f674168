"""New volumes whose driver options name a place: what others put there is theirs and stays."""

from __future__ import annotations

import os
import subprocess
import tarfile
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.integration.conftest import Things, named
from tests.integration.imports import Told, finished, member, members
from tests.integration.test_cloning import names, noted, some
from tests.integration.test_cloning_faults import disturbed, one_byte
from tui.engine import Engine
from tui.engine.creating import NewVolume
from tui.engine.errors import EngineError
from tui.engine.marker import MARKER
from tui.engine.transfers.journal import STEM, Filling, FillingNote
from tui.engine.transfers.progress import Stage
from tui.engine.transfers.replacing import Mode
from tui.engine.transfers.sources import source_at
from tui.engine.volumes import JOB_LABEL


def place(things: Things) -> tuple[Path, dict[str, str]]:
    """A folder on the engine's machine, and the driver options that name it."""
    origin = things.volume()
    folder = things.folder(origin) / "inner"
    folder.mkdir()
    device = things.engine.api.get(f"/volumes/{origin}")["Mountpoint"]
    return folder, {"type": "none", "o": "bind", "device": f"{device}/inner"}


def test_a_failed_clone_leaves_there_what_others_put(
    engine: Engine, things: Things, tmp_path: Path
) -> None:
    name, _ = some(things)
    folder, options = place(things)
    new = NewVolume(things.name(), options=options)

    def put() -> None:
        one_byte(folder)
        (folder / "users-own").write_text("theirs")
        (folder / "users-dir").mkdir()
        (folder / "users-dir" / "x").write_text("theirs")

    with pytest.raises(EngineError, match=r"stays there: users-(own, users-dir|dir, users-own)\."):
        disturbed(engine, name, new, Stage.VERIFYING, put)
    assert sorted(os.listdir(folder)) == ["users-dir", "users-own"]
    assert (folder / "users-own").read_text() == (folder / "users-dir" / "x").read_text()
    assert new.name not in names(engine)
    assert noted(tmp_path) == []


def test_what_a_dead_clone_left_goes_and_what_others_put_stays(
    engine: Engine, things: Things, tmp_path: Path
) -> None:
    folder, options = place(things)
    filling = Filling("clone", things.name(), "ab12", "old", datetime.now(UTC), "host/7")
    things.volume(filling.volume, DriverOpts=options, Labels={JOB_LABEL: filling.job})
    note = FillingNote(engine.state_file(STEM), filling)
    note.puts(["copied", "not-yet"])
    note.close(settled=False)
    (folder / "copied").mkdir()
    (folder / "theirs").touch()
    (folder / MARKER).write_text('{"job": "ab12"}')
    (left,) = engine.leftovers()
    (told,) = engine.discard([left])
    assert (told.removed, told.stays, told.error) == (True, ("theirs",), None)
    assert os.listdir(folder) == ["theirs"]
    assert filling.volume not in names(engine)
    assert noted(tmp_path) == []


def test_the_marker_stays_while_something_of_ours_does(engine: Engine, things: Things) -> None:
    name, _ = some(things)
    folder, options = place(things)
    new = NewVolume(things.name(), options=options)
    kept = folder / "folder" / "file"

    def hold() -> None:
        one_byte(folder)
        subprocess.run(["chattr", "+i", str(kept)], check=True)

    try:
        with pytest.raises(EngineError, match=r"Not all of /(folder|again) could be removed"):
            disturbed(engine, name, new, Stage.VERIFYING, hold)
        assert (folder / MARKER).exists()
        assert new.name in names(engine)
    finally:
        subprocess.run(["chattr", "-i", str(kept)], check=True)
    (told,) = engine.discard(engine.leftovers())
    assert (told.removed, told.error) == (True, None)
    assert os.listdir(folder) == []


def test_a_whole_volume_on_a_device_is_not_removed_on_yes(
    engine: Engine, things: Things, tmp_path: Path
) -> None:
    """Its client died between the last step and the end of the journal."""
    folder, options = place(things)
    filling = Filling("clone", things.name(), "ab12", "old", datetime.now(UTC), "host/7")
    things.volume(filling.volume, DriverOpts=options, Labels={JOB_LABEL: filling.job})
    FillingNote(engine.state_file(STEM), filling).close(settled=False)
    (folder / "file").touch()
    (told,) = engine.discard(engine.leftovers())
    assert (told.removed, told.error) == (False, None)
    assert os.listdir(folder) == ["file"]
    assert filling.volume in names(engine)
    assert noted(tmp_path) == []


def test_a_failed_import_leaves_what_it_cannot_tell_apart(
    engine: Engine, things: Things, tmp_path: Path
) -> None:
    folder, options = place(things)
    new = NewVolume(things.name(), options=options)
    archive = tmp_path / "broken.tar"
    archive.write_bytes(members((member("a"), b"x"), (member("a", tarfile.DIRTYPE), b"")))
    with pytest.raises(EngineError, match="not known whether the import put it there"):
        finished(
            engine.import_archive(source_at(str(archive)), new, Mode.NEW, ask=Told(unwrap=False))
        )
    assert sorted(os.listdir(folder)) == [MARKER, "a"]
    (left,) = engine.leftovers()
    (told,) = engine.discard([left])
    assert told.error is not None
    assert sorted(os.listdir(folder)) == [MARKER, "a"]
    assert named(engine, new.name).incomplete is not False
    (folder / "a").unlink()
    (told,) = engine.discard([left])
    assert (told.removed, told.error) == (True, None)
    assert os.listdir(folder) == []
    assert noted(tmp_path) == []
