"""Exporting volumes of a real engine into files: whole and proven, or nothing."""

from __future__ import annotations

import hashlib
import os
import subprocess
from pathlib import Path

import pytest

from tests.agent.fidelity import difference, make_fixture
from tests.engines.waiting import wait_for
from tests.integration.conftest import Things, named
from tests.integration.exports import SUFFIXES, exported, report, unpacked, until
from tui.engine import Engine
from tui.engine.cancel import Cancel, working_for
from tui.engine.errors import (
    ArchiveBroken,
    Cancelled,
    UsageError,
    VolumeIncomplete,
    VolumeInUse,
)
from tui.engine.transfers.compression import ArchiveFormat
from tui.engine.transfers.header import FIRST_BYTES, read_header
from tui.engine.transfers.places import place
from tui.engine.transfers.progress import Operation, Progress, Stage
from tui.engine.transfers.tofile import ArchiveFile
from tui.presentation import now


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where exports go."""
    made = tmp_path / "exports"
    made.mkdir()
    return made


@pytest.fixture
def filled(things: Things) -> str:
    """A volume with a few megabytes that compress by half."""
    name = things.volume(Labels={"note": "kept"})
    root = things.folder(name)
    for number in range(40):
        (root / f"{number}").write_bytes(os.urandom(64 << 10) + bytes(64 << 10))
    return name


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_a_file_is_whole_and_says_where_it_comes_from(
    engine: Engine, filled: str, folder: Path, suffix: str
) -> None:
    path = folder / f"out{suffix}"
    told = exported(engine, named(engine, filled), path, checksum=True)
    assert sorted(os.listdir(folder)) == [f"out{suffix}", f"out{suffix}.sha256"]
    assert (told.sums.files, told.sums.size) == (40, 40 << 17)
    assert (told.losses, told.changed, told.notes) == ((), 0, ())
    assert told.digest == hashlib.sha256(path.read_bytes()).hexdigest()
    subprocess.run(["sha256sum", "-c", f"{path}.sha256"], cwd=folder, check=True)
    header = read_header(unpacked(path)[:FIRST_BYTES])
    assert header is not None
    assert (header.volume, header.driver) == (filled, "local")
    assert dict(header.labels) == {"note": "kept"}


@pytest.fixture
def hostile(things: Things) -> tuple[str, Path]:
    """A volume with everything an entry can be, and its folder."""
    name = things.volume()
    make_fixture(things.folder(name))
    return name, things.folder(name)


NEVER_IN_TAR = ("is not nodump", "'trusted.", "instead of 2097152")
"""Told as lost, invisible to the helper, and blocks that hold nothing."""


def test_gnu_tar_makes_the_same_of_it(
    engine: Engine, hostile: tuple[str, Path], folder: Path
) -> None:
    name, source = hostile
    path = folder / "out.tar.zst"
    told = {loss.kind: loss for loss in exported(engine, named(engine, name), path).losses}
    assert set(told) == {"socket", "flags"}
    plain, out = folder / "plain.tar", folder / "out"
    plain.write_bytes(unpacked(path))
    out.mkdir()
    subprocess.run(
        ["tar", "-xpf", plain, "-C", out, "--xattrs", "--xattrs-include=*", "--acls"],
        capture_output=True, check=False,
    )  # fmt: skip
    left = [
        line
        for line in difference(source, out)
        if not line.startswith("b'/deep/")  # Beyond PATH_MAX: GNU tar says that it cannot.
        and not any(known in line for known in NEVER_IN_TAR)
    ]
    sockets = [line for line in left if "socket" in line or "/specials/bound" in line]
    assert left == sockets, left
    assert len(sockets) == told["socket"].count


def test_a_folder_keeps_everything(engine: Engine, hostile: tuple[str, Path], folder: Path) -> None:
    name, source = hostile
    out = folder / "out"
    made = report(engine, named(engine, name), place(str(out), name, "dir", now()))
    assert made.files == (out,)
    left = [
        line for line in difference(source, out) if not any(known in line for known in NEVER_IN_TAR)
    ]
    assert all("socket" in line or "/specials/bound" in line for line in left), left
    assert os.listdir(folder) == ["out"]


# What is refused


def test_writers_are_named_and_refused_unless_told(
    engine: Engine, things: Things, filled: str, folder: Path
) -> None:
    things.container([f"{filled}:/d"], ["sleep", "1000"], start=True)
    with pytest.raises(VolumeInUse, match="may write to it now"):
        exported(engine, named(engine, filled), folder / "out.tar")
    assert os.listdir(folder) == []
    assert exported(engine, named(engine, filled), folder / "out.tar", hot=True).files


def test_an_incomplete_volume_is_no_source(
    engine: Engine, things: Things, filled: str, folder: Path
) -> None:
    (things.folder(filled) / ".voltui-incomplete").touch()
    with pytest.raises(VolumeIncomplete):
        exported(engine, named(engine, filled), folder / "out.tar")
    assert os.listdir(folder) == []


def test_what_exists_is_refused_before_a_helper_starts(
    engine: Engine, things: Things, filled: str, folder: Path
) -> None:
    (folder / "out.tar").write_bytes(b"theirs")
    with pytest.raises(UsageError, match="exists already"):
        exported(engine, named(engine, filled), folder / "out.tar")
    assert (folder / "out.tar").read_bytes() == b"theirs"
    exported(engine, named(engine, filled), folder / "out.tar", overwrite=True)
    assert (folder / "out.tar").stat().st_size > 40 << 17


# What goes wrong


def spoil(path: Path) -> None:
    with path.open("r+b") as file:
        file.seek(1_000_000)
        byte = file.read(1)
        file.seek(1_000_000)
        file.write(bytes([byte[0] ^ 4]))


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_a_bit_that_turns_between_copy_and_check_fails_it(
    engine: Engine, filled: str, folder: Path, suffix: str
) -> None:
    path = folder / f"out{suffix}"
    states = engine.export(
        named(engine, filled), ArchiveFile(path, ArchiveFormat(suffix)), hot=False
    )
    until(states, Stage.VERIFYING)
    spoil(folder / f"out{suffix}.part")
    with pytest.raises(ArchiveBroken, match="is not what was read"):
        list(states)
    assert os.listdir(folder) == []


STAGES = [Stage.PREPARING, Stage.COPYING, Stage.SYNCING, Stage.VERIFYING, Stage.FINISHING]


def cancelled(states: Operation) -> list[Progress]:
    """What is told after a cancel, as it comes into the work."""
    return [states.throw(Cancelled("It was cancelled.")), *states]


@pytest.mark.parametrize("stage", STAGES)
def test_a_cancel_at_each_stage_leaves_nothing(
    engine: Engine, things: Things, filled: str, folder: Path, stage: Stage
) -> None:
    cancel = Cancel()
    archive = ArchiveFile(folder / "out.tar.zst", ArchiveFormat.ZSTD)
    with working_for(cancel):
        states = engine.export(named(engine, filled), archive)
        until(states, stage)
        cancel.cancel()
        with pytest.raises(Cancelled):
            cancelled(states)
    assert os.listdir(folder) == []
    wait_for(lambda: not things.helpers(), "the end of the helper")


def test_closing_it_leaves_nothing(
    engine: Engine, things: Things, filled: str, folder: Path
) -> None:
    states = engine.export(
        named(engine, filled), ArchiveFile(folder / "out.tar", ArchiveFormat.TAR)
    )
    until(states, Stage.COPYING)
    states.close()
    assert os.listdir(folder) == []
    wait_for(lambda: not things.helpers(), "the end of the helper")
