"""Imports on a real engine: archives of all kinds, into new volumes and into those that exist."""

from __future__ import annotations

import gzip
import hashlib
import os
import subprocess
import tarfile
from collections.abc import Callable
from pathlib import Path

import pytest
import zstandard

from tests.agent.fidelity import difference
from tests.integration.cli import VOLTUI
from tests.integration.conftest import Things, named
from tests.integration.imports import (
    COMPRESS,
    Told,
    exists,
    finished,
    imported,
    member,
    members,
    no_helpers,
    nothing_of_ours,
    old,
    print_of,
    sample,
    tar_of,
    thrown_into,
    until,
    volume_with,
)
from tui.engine import Engine
from tui.engine.cancel import Cancel, working_for
from tui.engine.creating import NewVolume
from tui.engine.errors import ArchiveBroken, Cancelled, NameTaken, NoRoom, VolumeInUse
from tui.engine.transfers.progress import Stage
from tui.engine.transfers.replacing import Mode
from tui.engine.transfers.sources import source_at


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    folder = tmp_path / "tree"
    folder.mkdir()
    sample(folder)
    return folder


@pytest.fixture
def archive(tree: Path, tmp_path: Path) -> Path:
    return tar_of(tree, tmp_path / "tree.tar")


# Into a new volume


@pytest.mark.parametrize("kind", [*COMPRESS, "tar.zst"])
def test_a_new_volume_has_all_that_is_in_the_archive(
    things: Things, tree: Path, archive: Path, tmp_path: Path, kind: str
) -> None:
    packed = tmp_path / "some.name"
    if kind == "tar.zst":
        packed.write_bytes(zstandard.compress(archive.read_bytes()))
    else:
        with archive.open("rb") as data, packed.open("wb") as out:
            subprocess.run(COMPRESS[kind], stdin=data, stdout=out, check=True)
    name = things.name()
    said = imported(things, str(packed), name, "--label", "a=b")
    assert (said.status, said.err) == (0, "")
    assert difference(tree, things.folder(name)) == []
    labels = things.engine.api.get(f"/volumes/{name}")["Labels"]
    assert labels["a"] == "b"
    assert not things.helpers()


def test_standard_input_is_an_archive_too(things: Things, tree: Path, archive: Path) -> None:
    name = things.name()
    packed = zstandard.compress(archive.read_bytes())
    command = [*VOLTUI, "--host", things.engine.url, "import", "-", name]
    said = subprocess.run(command, input=packed, capture_output=True, check=False)
    assert (said.returncode, said.stderr) == (0, b"")
    assert difference(tree, things.folder(name)) == []


def test_a_checksum_file_beside_is_told(things: Things, archive: Path) -> None:
    name = things.name()
    digest = hashlib.sha256(archive.read_bytes()).hexdigest()
    beside = archive.with_name("tree.tar.sha256")
    beside.write_text(f"{digest}  tree.tar\n")
    said = imported(things, str(archive), name)
    assert (said.status, said.err) == (0, "voltui: The archive is what tree.tar.sha256 says.\n")
    beside.write_text(f"{'0' * 64}  tree.tar\n")
    other = things.name()
    said = imported(things, str(archive), other)
    assert said.status == 1
    assert "is not what its checksum file says" in said.err
    assert not exists(things.engine, other)


def test_a_name_that_is_taken_meanwhile_is_not_touched(
    engine: Engine, things: Things, archive: Path
) -> None:
    name = things.owned("test-import-taken")
    source = source_at(str(archive))
    operation = engine.import_archive(source, NewVolume(name), Mode.NEW, ask=Told())
    assert next(operation).stage is Stage.PREPARING
    things.volume(name)
    (things.folder(name) / "theirs").write_text("x")
    with pytest.raises(NameTaken):
        list(operation)
    assert [path.name for path in things.folder(name).iterdir()] == ["theirs"]


def test_a_used_name_is_refused_without_a_mode(things: Things, archive: Path) -> None:
    name, folder = volume_with(things, old)
    before = print_of(folder)
    said = imported(things, str(archive), name)
    assert said.status == 2
    assert f"There is a volume named {name} already." in said.err
    assert "--replace or --merge" in said.err
    assert print_of(folder) == before


@pytest.mark.parametrize(
    "stage", [Stage.PREPARING, Stage.COPYING, Stage.SYNCING, Stage.VERIFYING, Stage.FINISHING]
)
def test_cancelled_at_each_stage_the_new_volume_is_gone(
    engine: Engine, things: Things, archive: Path, stage: Stage
) -> None:
    name = things.name()
    cancel = Cancel()
    operation = engine.import_archive(
        source_at(str(archive)), NewVolume(name), Mode.NEW, ask=Told()
    )
    with working_for(cancel):
        until(operation, lambda state: state.stage is stage)
        cancel.cancel()
        with pytest.raises(Cancelled):
            thrown_into(operation)
    assert not exists(things.engine, name)
    assert not things.helpers()


# Wrapping folders


def vackup(tree: Path, path: Path, busybox: Path) -> None:
    """`tar cvaf /vackup/FILE /vackup-volume` of busybox, with the volume mounted there."""
    top = path.parent / "vackup"
    subprocess.run(["cp", "-a", str(tree), str(top / "vackup-volume")], check=True)
    command = [str(busybox), "tar", "-czf", str(path), "-C", str(top), "vackup-volume"]
    subprocess.run(command, check=True)


def docker_volume_backup(tree: Path, path: Path, _busybox: Path) -> None:
    """Members named `/backup/NAME/…`, in a gzip file."""
    with tarfile.open(path, "w:gz") as archive:
        archive.add(tree, "backup/pgdata")


@pytest.mark.parametrize(
    ("make", "folder"), [(vackup, "vackup-volume"), (docker_volume_backup, "backup/pgdata")]
)
def test_a_wrapping_folder_is_asked_about(
    engine: Engine,
    things: Things,
    tree: Path,
    tmp_path: Path,
    make: Callable[[Path, Path, Path], None],
    folder: str,
) -> None:
    busybox = things.engine.programs.find("busybox")
    assert busybox is not None
    (tmp_path / "vackup").mkdir()
    path = tmp_path / "pgdata.tar.gz"
    make(tree, path, busybox)
    name = things.name()
    said = imported(things, str(path), name)
    assert said.status == 2
    assert f"All that is in the archive is in one folder: {folder}." in said.err
    assert "--unwrap" in said.err
    assert not exists(things.engine, name)

    assert imported(things, str(path), name, "--unwrap").status == 0
    inside = things.folder(name)
    assert sorted(os.listdir(inside)) == sorted(os.listdir(tree))
    told = inside.stat()
    assert (told.st_uid, told.st_gid, told.st_mode & 0o7777) == (999, 998, 0o2750)
    assert (inside / "script").stat().st_mode & 0o7777 == 0o4755

    whole = things.name()
    ask = Told(unwrap=False)
    source = source_at(str(path))
    finished(engine.import_archive(source, NewVolume(whole), Mode.NEW, ask=ask))
    assert ask.folders == [folder]
    assert sorted(os.listdir(things.folder(whole) / folder)) == sorted(os.listdir(tree))


def test_an_archive_of_docker_desktop_is_not_asked_about(
    things: Things, tree: Path, tmp_path: Path
) -> None:
    """Its contents stand at the root, without an entry for that."""
    path = tmp_path / "desktop.tar.gz"
    names = sorted(os.listdir(tree))
    subprocess.run(["tar", "-czf", str(path), "-C", str(tree), *names], check=True)
    name = things.name()
    assert imported(things, str(path), name).status == 0
    assert sorted(os.listdir(things.folder(name))) == names


# Into a volume that exists


def test_replacing_puts_all_new_in_the_place_of_all_old(
    things: Things, tree: Path, archive: Path
) -> None:
    name, folder = volume_with(things, old)
    said = imported(things, str(archive), name, "--replace", "--yes")
    assert (said.status, said.err) == (0, "")
    assert difference(tree, folder) == []
    assert nothing_of_ours(folder)
    assert not things.helpers()


def test_replacing_and_merging_want_leave(things: Things, archive: Path) -> None:
    name, folder = volume_with(things, old)
    before = print_of(folder)
    for mode in ("--replace", "--merge"):
        said = imported(things, str(archive), name, mode)
        assert said.status == 2
        assert "nobody can be asked" in said.err
        said = imported(things, str(archive), name, mode, "--yes", "--read-only")
        assert said.status == 2
    assert print_of(folder) == before


def test_replacing_is_refused_beside_a_writer_even_hot(
    engine: Engine, things: Things, archive: Path
) -> None:
    name, folder = volume_with(things, old)
    before = print_of(folder)
    things.container([f"{name}:/d"], ["sleep", "1000"], start=True)
    said = imported(things, str(archive), name, "--replace", "--hot", "--yes")
    assert said.status == 2
    assert "may write to it now" in said.err
    with pytest.raises(VolumeInUse):
        finished(
            engine.import_archive(
                source_at(str(archive)), named(engine, name), Mode.REPLACE, hot=True, ask=Told()
            )
        )
    assert print_of(folder) == before
    assert imported(things, str(archive), name, "--merge", "--yes").status == 2
    said = imported(things, str(archive), name, "--merge", "--yes", "--hot", "--overwrite")
    assert said.status == 0


def test_merging_says_which_names_exist_and_asks_once(
    engine: Engine, things: Things, archive: Path
) -> None:
    name, folder = volume_with(things, old)
    before = print_of(folder)
    said = imported(things, str(archive), name, "--merge", "--yes")
    assert said.status == 2
    assert "1 entry of the archive" in said.err
    assert "script" in said.err
    assert print_of(folder) == before

    said = imported(things, str(archive), name, "--merge", "--yes", "--keep-existing")
    assert said.status == 0
    assert "1 entry of the volume stayed" in said.err
    assert nothing_of_ours(folder)
    assert (folder / "script").read_bytes() == b"of before"
    assert (folder / "old" / "file").exists()
    assert (folder / "data" / "rows").exists()
    assert (folder.stat().st_uid, folder.stat().st_mode & 0o7777) == (77, 0o751)

    ask = Told(overwrite=True)
    volume = named(engine, name)
    finished(engine.import_archive(source_at(str(archive)), volume, Mode.MERGE, ask=ask))
    assert len(ask.collisions) == 1
    assert (folder / "script").read_bytes() == b"#!/bin/sh\n"
    assert nothing_of_ours(folder)


@pytest.mark.parametrize("mode", [Mode.REPLACE, Mode.MERGE])
@pytest.mark.parametrize("stage", [Stage.COPYING, Stage.SYNCING, Stage.VERIFYING])
def test_cancelled_before_the_end_nothing_was_touched(
    engine: Engine, things: Things, archive: Path, mode: Mode, stage: Stage
) -> None:
    name, folder = volume_with(things, old)
    before = print_of(folder)
    cancel = Cancel()
    operation = engine.import_archive(
        source_at(str(archive)), named(engine, name), mode, ask=Told(overwrite=True)
    )
    with working_for(cancel):
        until(operation, lambda state: state.stage is stage)
        cancel.cancel()
        with pytest.raises(Cancelled):
            list(operation)
    assert print_of(folder) == before
    no_helpers(things)


# What is refused

EVIL: dict[str, tuple[bytes, str]] = {
    "absolute": (members((member("/etc/passwd"), b"x")), ""),
    "above": (members((member("../evil"), b"x")), "../evil"),
    "deep above": (members((member("a/../../evil"), b"x")), "a/../../evil"),
    "through a link": (
        members((member("out", tarfile.SYMTYPE, "/tmp"), b""), (member("out/evil"), b"x")),
        "out/evil",
    ),
    "hard link out": (members((member("h", tarfile.LNKTYPE, "../../etc/passwd"), b"")), "h"),
    "twice": (members((member("same"), b"1"), (member("same"), b"2")), "same"),
    "ours": (members((member(".voltui-swap-x"), b"x")), ".voltui-swap-x"),
    "cut off": (members((member("a"), b"x" * 5000))[:3000], ""),
    "no end": (members((member("a"), b"x" * 512))[:1024], ""),
    "behind the end": (members((member("a"), b"x")) + b"garbage" * 100, ""),
    "checksum": (
        members((member("a"), b"x" * 512), (member("b"), b"")).replace(b"b\0\0", b"c\0\0"),
        "a",
    ),
}  # fmt: skip


@pytest.mark.parametrize("evil", EVIL)
def test_what_is_hostile_is_refused_and_named(things: Things, tmp_path: Path, evil: str) -> None:
    data, names = EVIL[evil]
    path = tmp_path / "evil.tar.gz"
    path.write_bytes(gzip.compress(data))
    new = things.name()
    said = imported(things, str(path), new)
    if evil == "absolute" and said.status == 0:
        assert (things.folder(new) / "etc" / "passwd").exists(), "it was made harmless"
        return
    assert said.status == 1, said
    assert "is refused" in said.err
    assert names in said.err
    assert not exists(things.engine, new)
    name, folder = volume_with(things, old)
    before = print_of(folder)
    for mode in (["--replace"], ["--merge", "--overwrite"]):
        said = imported(things, str(path), name, *mode, "--yes")
        assert said.status == 1
        assert names in said.err
        assert print_of(folder) == before
    no_helpers(things)


def test_devices_are_made_only_when_told(things: Things, tmp_path: Path) -> None:
    device = member("null", tarfile.CHRTYPE)
    device.devmajor, device.devminor = 1, 3
    path = tmp_path / "devices.tar"
    path.write_bytes(members((member("a"), b"x"), (device, b"")))
    name = things.name()
    said = imported(things, str(path), name)
    assert (said.status, said.err) == (0, "voltui: 1 device is left out: /null\n")
    assert os.listdir(things.folder(name)) == ["a"]
    assert imported(things, str(path), things.name(), "--strict").status == 1
    other = things.name()
    assert imported(things, str(path), other, "--devices").status == 0
    assert (things.folder(other) / "null").is_char_device()


def test_a_bomb_is_refused_for_want_of_room(engine: Engine, things: Things, tmp_path: Path) -> None:
    options = {"type": "tmpfs", "device": "tmpfs", "o": "size=2m,nr_inodes=200"}
    source = tmp_path / "bomb.tar.gz"
    source.write_bytes(gzip.compress(members((member("zeros"), bytes(8 << 20)))))
    name = things.name()
    with pytest.raises((ArchiveBroken, NoRoom), match="zeros"):
        finished(
            engine.import_archive(
                source_at(str(source)), NewVolume(name, options=options), Mode.NEW, ask=Told()
            )
        )
    many = tmp_path / "many.tar.gz"
    many.write_bytes(gzip.compress(members(*((member(f"f{n}"), b"") for n in range(500)))))
    with pytest.raises((ArchiveBroken, NoRoom), match=r"entries|room"):
        finished(
            engine.import_archive(
                source_at(str(many)), NewVolume(name, options=options), Mode.NEW, ask=Told()
            )
        )
    assert not exists(things.engine, name)


def test_a_folder_becomes_a_volume(things: Things, tree: Path) -> None:
    name = things.name()
    said = imported(things, str(tree), name)
    assert (said.status, said.err) == (0, "")
    assert difference(tree, things.folder(name)) == []
