"""What an import reads from: files told by what they hold, pipes, and what changes meanwhile."""

from __future__ import annotations

import bz2
import gzip
import hashlib
import io
import lzma
import os
import queue
import tarfile
import threading
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
import zstandard

from tui.engine.cancel import Cancel, working_for
from tui.engine.errors import ArchiveBroken, Cancelled, EngineError, UsageError
from tui.engine.transfers.archivefile import ArchiveFile
from tui.engine.transfers.pipedarchive import PipedArchive
from tui.engine.transfers.sources import Source, source_at

PACK: dict[str, Callable[[bytes], bytes]] = {
    "tar": bytes,
    "tar.gz": gzip.compress,
    "tar.bz2": bz2.compress,
    "tar.xz": lzma.compress,
    "tar.zst": zstandard.compress,
}


def tar(size: int = 100_000) -> bytes:
    """An archive with one file of so many bytes."""
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w") as archive:
        member = tarfile.TarInfo("./data")
        member.size = size
        archive.addfile(member, io.BytesIO(os.urandom(size)))
    return file.getvalue()


def contents(source: Source) -> bytes:
    with source.open() as stream:
        data = b"".join(iter(lambda: stream.read(10_000), b""))
        stream.finish()
        return data


@pytest.mark.parametrize("kind", PACK)
def test_what_it_holds_says_what_it_is_not_its_name(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "backup.zip"
    path.write_bytes(PACK[kind](wanted := tar()))
    source = source_at(str(path))
    assert isinstance(source, ArchiveFile)
    assert source.kind == f"{kind} archive"
    assert source.size == path.stat().st_size
    assert contents(source) == wanted
    with source.open() as stream:
        assert stream.size == source.size
        while stream.read(1 << 20):
            pass
        assert stream.taken == source.size
    assert contents(source) == wanted, "it can be read again"


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "is empty: it is no archive"),
        (b"x", "is no archive that can be imported"),
        (b"just a text\n" * 1000, "is no archive that can be imported"),
        (gzip.compress(b"just a text\n" * 1000, mtime=0), "is no archive that can be imported"),
        (zstandard.compress(b""), "is no archive that can be imported"),
        (bytes(10240), "begins with the end of an archive: there is nothing in it"),
    ],
)
def test_what_is_no_archive_is_refused(tmp_path: Path, data: bytes, says: str) -> None:
    path = tmp_path / "backup.tar"
    path.write_bytes(data)
    with pytest.raises(UsageError, match=says):
        source_at(str(path))


def test_a_zip_file_is_named(tmp_path: Path) -> None:
    path = tmp_path / "backup.tar"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a", "x")
    with pytest.raises(UsageError, match="is a zip file"):
        source_at(str(path))


def test_what_cannot_be_read_is_named(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"There is no file .*/none\.tar\."):
        source_at(str(tmp_path / "none.tar"))
    with pytest.raises(UsageError, match="cannot be read"):
        source_at("a\0b")
    with pytest.raises(UsageError, match="neither an archive nor a folder"):
        source_at("/dev/null")


@pytest.mark.parametrize("kind", ["tar", "tar.zst"])
@pytest.mark.parametrize("how", ["written", "touched", "replaced", "gone"])
def test_a_file_that_changes_while_it_is_read_is_refused(
    tmp_path: Path, kind: str, how: str
) -> None:
    path = tmp_path / "backup.tar"
    path.write_bytes(PACK[kind](tar()))
    source = source_at(str(path))
    with source.open() as stream:
        while stream.read(1 << 16):
            pass
        if how == "written":
            with path.open("ab") as file:
                file.write(b"\0")
        elif how == "touched":
            os.utime(path, (1, 1))
        elif how == "replaced":
            (tmp_path / "other").write_bytes(b"")
            (tmp_path / "other").replace(path)
        else:
            path.unlink()
        with pytest.raises(ArchiveBroken, match=r"changed since|went away"):
            stream.finish()
    with pytest.raises(EngineError, match=r"changed since|There is no file|cannot be read"):
        contents(source)


@pytest.mark.parametrize(
    "form", ["{sum}  {name}\n", "{sum} *{name}\n", "{sum}\n", "{SUM}  ./{name}"]
)
def test_a_checksum_file_beside_is_checked(tmp_path: Path, form: str) -> None:
    path = tmp_path / "backup.tar.gz"
    path.write_bytes(gzip.compress(tar(), mtime=0))
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    beside = tmp_path / "backup.tar.gz.sha256"
    beside.write_text(form.format(sum=digest, SUM=digest.upper(), name=path.name))
    source = ArchiveFile(path)
    with source.open() as stream:
        while stream.read(1 << 16):
            pass
        assert stream.finish().notes == ("The archive is what backup.tar.gz.sha256 says.",)
    beside.write_text(form.format(sum="0" * 64, SUM="0" * 64, name=path.name))
    with pytest.raises(ArchiveBroken, match="not what its checksum file says"):
        contents(ArchiveFile(path))


@pytest.mark.parametrize("said", ["", "nonsense\n", "0" * 64 + "  another.tar\n"])
def test_a_checksum_file_about_something_else_says_nothing(tmp_path: Path, said: str) -> None:
    path = tmp_path / "backup.tar"
    path.write_bytes(wanted := tar())
    (tmp_path / "backup.tar.sha256").write_text(said)
    assert contents(ArchiveFile(path)) == wanted


def piped(data: bytes, *, close: bool = True) -> PipedArchive:
    """An archive whose pipe stays open unless it is closed behind it."""
    ours, its = os.pipe()

    def write() -> None:
        with open(its, "wb", closefd=close) as pipe:
            pipe.write(data)

    threading.Thread(target=write, daemon=True).start()
    return PipedArchive(lambda: ours, "standard input")


@pytest.mark.parametrize("kind", PACK)
def test_a_pipe_is_read_once(kind: str) -> None:
    source = piped(PACK[kind](wanted := tar()))
    assert contents(source) == wanted
    with pytest.raises(UsageError, match="only once"):
        contents(source)


def test_waiting_for_a_pipe_ends_with_a_cancel() -> None:
    source = piped(tar(10)[:2000], close=False)
    cancel = Cancel()
    with working_for(cancel), source.open() as stream:
        assert len(stream.read(512)) == 512
        threading.Timer(0.1, cancel.cancel).start()
        begun = time.monotonic()
        with pytest.raises(Cancelled):
            list(iter(lambda: stream.read(1 << 16), b""))
        assert time.monotonic() - begun < 2


def test_a_fifo_waits_for_its_writer_and_a_cancel_ends_that(tmp_path: Path) -> None:
    path = tmp_path / "pipe"
    os.mkfifo(path)
    cancel, errors = Cancel(), queue.SimpleQueue[BaseException]()

    def read() -> None:
        with working_for(cancel):
            try:
                with source_at(str(path)).open() as stream:
                    stream.read(1)
            except Cancelled as error:
                errors.put(error)

    reader = threading.Thread(target=read, daemon=True)
    reader.start()
    with pytest.raises(queue.Empty):
        errors.get(timeout=0.2)  # Nobody writes: that is no end.
    cancel.cancel()
    assert isinstance(errors.get(timeout=10), Cancelled)
    reader.join(10)


def test_a_fifo_gives_what_is_written_to_it(tmp_path: Path) -> None:
    path = tmp_path / "pipe"
    os.mkfifo(path)
    wanted = tar()
    writer = threading.Thread(target=path.write_bytes, args=(wanted,), daemon=True)
    writer.start()
    with source_at(str(path)).open() as stream:
        data = b"".join(iter(lambda: stream.read(512), b""))
    writer.join(10)
    assert data == wanted
