"""Places an export goes to: a file that is whole or not there, and a pipe."""

from __future__ import annotations

import hashlib
import os
import subprocess
import threading
from pathlib import Path
from typing import Any

import pytest

from tests.engines.waiting import wait_for
from tests.unit.exports import NOON, send, tar
from tui.engine.cancel import Cancel, working_for
from tui.engine.errors import ArchiveBroken, Cancelled, FileFailed, UsageError
from tui.engine.model import DiskUsage
from tui.engine.transfers.compression import ArchiveFormat
from tui.engine.transfers.destinations import Made
from tui.engine.transfers.madenames import made_at, made_name
from tui.engine.transfers.places import place
from tui.engine.transfers.progress import Stage
from tui.engine.transfers.tofile import ArchiveFile
from tui.engine.transfers.tostdout import Pipe


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "out.tar.zst"


def left(path: Path) -> list[str]:
    return sorted(name for name in os.listdir(path.parent) if name != "home")


def zst(path: Path, overwrite: bool = False) -> ArchiveFile:
    return ArchiveFile(path, ArchiveFormat.ZSTD, overwrite)


def test_it_has_its_name_at_the_end_only_and_the_mode_of_the_umask(path: Path) -> None:
    def nothing_yet() -> None:
        assert left(path) == ["out.tar.zst.part"]
        assert path.with_name("out.tar.zst.part").stat().st_mode & 0o777 == 0o600

    before = os.umask(0o027)
    try:
        made = send(zst(path), tar(), meanwhile=dict.fromkeys(Stage, nothing_yet))
    finally:
        os.umask(before)
    assert left(path) == ["out.tar.zst"]
    assert path.stat().st_mode & 0o777 == 0o640
    assert path.stat().st_nlink == 1
    assert made.digest == hashlib.sha256(path.read_bytes()).hexdigest()
    assert made.size == path.stat().st_size


def corrupt(path: Path) -> None:
    with path.open("r+b") as file:
        file.seek(100_000)
        byte = file.read(1)
        file.seek(100_000)
        file.write(bytes([byte[0] ^ 1]))


@pytest.mark.parametrize("kind", ArchiveFormat)
def test_one_bit_between_the_copy_and_the_check_fails_it(tmp_path: Path, kind: str) -> None:
    path = tmp_path / f"out{kind}"
    part = path.with_name(f"{path.name}.part")
    with pytest.raises(ArchiveBroken, match="is not what was read of the volume"):
        send(
            ArchiveFile(path, ArchiveFormat(kind)),
            tar(),
            meanwhile={Stage.VERIFYING: lambda: corrupt(part)},
        )
    assert left(path) == []


def test_what_the_helper_did_not_send_fails_it(path: Path) -> None:
    with pytest.raises(ArchiveBroken, match="does not hold what the helper sent"):
        send(zst(path), tar(), digest="0" * 64)
    with pytest.raises(ArchiveBroken):
        send(zst(path), tar()[:-5000] + b"x" * 5000)
    assert left(path) == []


def test_another_file_in_the_place_of_the_part_is_not_taken_for_it(path: Path) -> None:
    part = path.with_name("out.tar.zst.part")

    def replace() -> None:
        part.unlink()
        part.write_bytes(b"theirs")

    with pytest.raises(FileFailed, match="was replaced"):
        send(zst(path), tar(), meanwhile={Stage.VERIFYING: replace})
    assert part.read_bytes() == b"theirs"
    assert left(path) == [part.name]


def test_what_exists_is_refused_and_what_came_meanwhile_stays(path: Path) -> None:
    with pytest.raises(FileFailed, match="came to exist meanwhile"):
        send(zst(path), tar(), meanwhile={Stage.FINISHING: lambda: path.write_bytes(b"theirs")})
    assert path.read_bytes() == b"theirs"
    assert left(path) == [path.name]
    with pytest.raises(UsageError, match="exists already"):
        send(zst(path), tar())


def test_it_overwrites_at_the_end_and_keeps_the_mode(path: Path) -> None:
    path.write_bytes(b"old")
    path.chmod(0o604)

    def old() -> None:
        assert path.read_bytes() == b"old"

    send(zst(path, overwrite=True), tar(), meanwhile=dict.fromkeys(Stage, old))
    assert path.stat().st_size > 1000
    assert path.stat().st_mode & 0o777 == 0o604
    assert left(path) == [path.name]


@pytest.mark.parametrize("overwrite", [False, True])
def test_neither_devices_nor_folders_are_replaced(tmp_path: Path, overwrite: bool) -> None:
    os.mkfifo(tmp_path / "fifo.tar")
    (tmp_path / "folder.tar").mkdir()
    for name in ("fifo.tar", "folder.tar"):
        with pytest.raises(UsageError):
            ArchiveFile(tmp_path / name, ArchiveFormat.TAR, overwrite).refuse()
    with pytest.raises(UsageError, match="There is no folder"):
        ArchiveFile(tmp_path / "none" / "a.tar", ArchiveFormat.TAR, overwrite).refuse()


def test_parts_of_others_are_left_alone_and_told(path: Path) -> None:
    dead = path.with_name("out.tar.zst.part")
    dead.write_bytes(b"half")
    with zst(path).receiving() as live:
        made = send(zst(path), tar())
        assert live.written == 0
    assert [note for note in made.notes if "left by an export that did not end" in note]
    assert [note for note in made.notes if "out.tar.zst.1.part is being written" in note]
    assert dead.read_bytes() == b"half"
    assert left(path) == [path.name, dead.name]


def test_a_cancelled_one_leaves_nothing(path: Path) -> None:
    for stage in (Stage.SYNCING, Stage.VERIFYING):
        cancel = Cancel()
        with pytest.raises(Cancelled), working_for(cancel):
            send(zst(path), tar(), meanwhile={stage: cancel.cancel})
        assert left(path) == []


@pytest.mark.parametrize("name", ["plain", "new\nline", "back\\slash", "\udcff", "re\rturn"])
def test_the_checksum_is_read_by_sha256sum(tmp_path: Path, name: str) -> None:
    path = tmp_path / f"{name}.tar"
    send(ArchiveFile(path, ArchiveFormat.TAR, checksum=True), tar())
    command = ["sha256sum", "--strict", "-c", f"{path}.sha256"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, check=False)
    assert done.returncode == 0, done


def test_no_room_is_refused_where_the_size_is_known(path: Path) -> None:
    usage = DiskUsage(1 << 60, 1 << 60, 1, 1, 0)
    with pytest.raises(FileFailed, match="are free there"):
        ArchiveFile(path, ArchiveFormat.TAR).refuse_no_room(usage)
    sparse = DiskUsage(1 << 60, 4096, 1, 1, 0)
    ArchiveFile(path, ArchiveFormat.TAR).refuse_no_room(sparse)
    zst(path).refuse_no_room(usage)


# Names


@pytest.mark.parametrize(
    ("text", "kind", "sentence"),
    [
        ("a.zip", None, "does not tell the format"),
        ("a.tar.gz", "zst", "another format"),
        ("none/", None, "There is no folder"),
        ("a.tar", "dir", "the name of an archive"),
        ("", None, "No place"),
    ],
)
def test_places_that_mean_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str, kind: str | None, sentence: str
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(UsageError, match=sentence):
        place(text, "pg", kind, NOON)


def test_a_folder_that_exists_gets_a_name_of_ours(tmp_path: Path) -> None:
    made = place(str(tmp_path), "pg", None, NOON)
    assert made == zst(tmp_path / "pg-20261120T120000Z.tar.zst")
    link = tmp_path / "link.tar"
    link.symlink_to(tmp_path / "there.tar")
    assert place(str(link), "pg", None, NOON) == ArchiveFile(
        tmp_path / "there.tar", ArchiveFormat.TAR
    )
    assert place(str(tmp_path / "x"), "pg", "gz", NOON) == ArchiveFile(
        tmp_path / "x", ArchiveFormat.GZIP
    )


@pytest.mark.parametrize(
    "volume", ["pg", "a-20261120T120000Z", "../etc", ".x", "x" * 255, "\udcff%"]
)
def test_made_names_are_files_and_read_back(tmp_path: Path, volume: str) -> None:
    name = made_name(volume, NOON, ArchiveFormat.ZSTD)
    assert "/" not in name
    assert not name.startswith(".")
    assert len(os.fsencode(name)) < 240
    assert made_at(tmp_path / name, volume) == NOON
    assert made_at(tmp_path / name, volume[:1]) is None or len(volume) == 1
    assert made_at(tmp_path / f"{name}.part", volume) is None


# Pipes


def read_pipe(kind: ArchiveFormat, data: bytes) -> tuple[bytes, Made]:
    reading, writing = os.pipe()
    got: list[bytes] = []

    def read() -> None:
        with open(reading, "rb") as file:
            got.append(file.read())

    reader = threading.Thread(target=read)
    reader.start()
    try:
        made = send(Pipe(writing, kind), data)
    finally:
        os.close(writing)
        reader.join()
    return got[0], made


def test_a_pipe_gets_all_and_it_is_said_what_is_not_known() -> None:
    data = tar(size=3_000_000)
    got, made = read_pipe(ArchiveFormat.TAR, data)
    assert got == data
    assert made.digest == hashlib.sha256(data).hexdigest()
    assert "is not known" in made.notes[0]
    got, made = read_pipe(ArchiveFormat.GZIP, data)
    assert (
        subprocess.run(["gzip", "-dc"], input=got, capture_output=True, check=True).stdout == data
    )


def test_a_reader_that_goes_away_ends_it() -> None:
    reading, writing = os.pipe()
    os.close(reading)
    try:
        with pytest.raises(FileFailed) as caught:
            send(Pipe(writing), tar(size=3_000_000))
    finally:
        os.close(writing)
    assert isinstance(caught.value.__cause__, BrokenPipeError)


def test_a_reader_that_stops_reading_does_not_hold_a_cancel() -> None:
    reading, writing = os.pipe()
    cancel = Cancel()
    ended: list[Any] = []

    def work() -> None:
        with working_for(cancel):
            try:
                send(Pipe(writing), tar(size=8_000_000))
            except Cancelled as error:
                ended.append(error)

    thread = threading.Thread(target=work)
    thread.start()
    assert os.read(reading, 1)
    cancel.cancel()
    thread.join(5)
    assert ended
    os.close(reading)
    wait_for(lambda: "voltui-pipe" not in [t.name for t in threading.enumerate()], "its thread")
    os.close(writing)


def test_no_terminal_gets_an_archive() -> None:
    main, other = os.openpty()
    try:
        with pytest.raises(UsageError, match="terminal"):
            Pipe(other).refuse()
    finally:
        os.close(main)
        os.close(other)
