"""A `FILE.sha256` that was there before the export: it never tells the sum of another file."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.unit.exports import send, tar
from tui.engine.errors import FileFailed, UsageError
from tui.engine.transfers.archivefile import ArchiveFile as Source
from tui.engine.transfers.checksums import checksum_line, checksum_path
from tui.engine.transfers.compression import ArchiveFormat
from tui.engine.transfers.progress import Stage
from tui.engine.transfers.tofile import ArchiveFile

SUM = "0" * 64
OTHERS = f"{SUM}  out.tar\n{SUM}  other.tar\n"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "out.tar"


def into(path: Path, *, overwrite: bool = True, checksum: bool = False) -> ArchiveFile:
    return ArchiveFile(path, ArchiveFormat.TAR, overwrite, checksum)


def read_whole(path: Path) -> None:
    with Source(path).open() as stream:
        while stream.read(1 << 20):
            pass
        stream.finish()


@pytest.mark.parametrize("line", ["{}  out.tar\n", "{} *out.tar\n", "{}  ./out.tar\n", "{}\n"])
def test_overwriting_leaves_no_sum_of_the_old_file(path: Path, line: str) -> None:
    path.write_bytes(b"old")
    beside = checksum_path(path)
    beside.write_text(line.format(SUM))
    made = send(into(path), tar(), meanwhile={Stage.VERIFYING: lambda: checks(beside.exists())})
    assert not beside.exists()
    assert [note for note in made.notes if beside.name in note]
    read_whole(path)


def checks(true: bool) -> None:
    assert true


def test_a_new_sum_takes_the_place_of_the_old_one_after_that_is_gone(path: Path) -> None:
    path.write_bytes(b"old")
    checksum_path(path).write_text(f"{SUM}  out.tar\n")
    made = send(into(path, checksum=True), tar())
    assert checksum_path(path).read_bytes() == checksum_line(made.digest, path)
    read_whole(path)

    def take_its_place() -> None:
        path.unlink()
        path.mkdir()

    with pytest.raises(FileFailed):
        send(into(path, checksum=True), tar(), meanwhile={Stage.FINISHING: take_its_place})
    assert not checksum_path(path).exists()


def test_a_sum_is_not_overwritten_unasked(path: Path) -> None:
    checksum_path(path).write_text(f"{SUM}  out.tar\n")
    with pytest.raises(UsageError, match=r"out.tar.sha256 exists already"):
        into(path, overwrite=False).refuse()
    assert checksum_path(path).exists()


@pytest.mark.parametrize("checksum", [False, True])
def test_sums_of_other_files_too_are_left_alone(path: Path, checksum: bool) -> None:
    path.write_bytes(b"old")
    checksum_path(path).write_text(OTHERS)
    with pytest.raises(UsageError, match="more than the sum"):
        send(into(path, checksum=checksum), tar())
    assert path.read_bytes() == b"old"
    assert checksum_path(path).read_text() == OTHERS


@pytest.mark.parametrize("said", [f"{SUM}  other.tar\n", "no sum\n"])
def test_what_says_nothing_of_the_file_stays(path: Path, said: str) -> None:
    path.write_bytes(b"old")
    checksum_path(path).write_text(said)
    assert send(into(path), tar()).notes == ()
    read_whole(path)
    with pytest.raises(UsageError, match="more than the sum"):
        into(path, checksum=True).refuse()
    assert checksum_path(path).read_text() == said


def test_sums_that_came_meanwhile_are_left_and_told(path: Path) -> None:
    def come() -> None:
        checksum_path(path).write_text(OTHERS)

    made = send(into(path), tar(), meanwhile={Stage.VERIFYING: come})
    assert checksum_path(path).read_text() == OTHERS
    assert [note for note in made.notes if "an import would refuse" in note]
    checksum_path(path).unlink()
    with pytest.raises(FileFailed, match="came meanwhile"):
        send(into(path, checksum=True), tar(), meanwhile={Stage.VERIFYING: come})
    assert checksum_path(path).read_text() == OTHERS
