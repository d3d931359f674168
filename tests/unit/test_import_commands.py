"""The docker command shown beside an import: it does with this source what the import does."""

from __future__ import annotations

import bz2
import io
import lzma
import os
import tarfile
from collections.abc import Callable
from pathlib import Path

import pytest

from tui.content.importing import equivalent
from tui.engine.transfers.compression import ArchiveFormat, compressor
from tui.engine.transfers.sources import source_at

RUN = "docker run --rm -i -v pg:/to busybox tar -x -C /to"


def tar() -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as made:
        made.addfile(tarfile.TarInfo("./a"))
    return out.getvalue()


@pytest.mark.parametrize(
    ("kind", "command"),
    [
        (ArchiveFormat.TAR, RUN + " < {}"),
        (ArchiveFormat.GZIP, "gzip -dc < {} | " + RUN),
        (ArchiveFormat.ZSTD, "zstd -dc < {} | " + RUN),
    ],
)
def test_an_archive_is_unpacked_as_what_it_is(tmp_path: Path, kind: str, command: str) -> None:
    path = tmp_path / "any name"
    packer = compressor(ArchiveFormat(kind))
    path.write_bytes(packer.compress(tar()) + packer.flush())
    assert equivalent(source_at(str(path)), str(path), "pg") == command.format(f"'{path}'")


@pytest.mark.parametrize(("program", "pack"), [("bzip2", bz2.compress), ("xz", lzma.compress)])
def test_so_is_what_other_tools_made(
    tmp_path: Path, program: str, pack: Callable[[bytes], bytes]
) -> None:
    path = tmp_path / "a.tar"
    path.write_bytes(pack(tar()))
    shown = equivalent(source_at(str(path)), str(path), "pg")
    assert shown == f"{program} -dc < {path} | {RUN}"


def test_a_folder_is_packed_first(tmp_path: Path) -> None:
    assert equivalent(source_at(str(tmp_path)), str(tmp_path), "pg") == (
        f"tar -cC {tmp_path} . | {RUN}"
    )


def test_for_a_pipe_there_is_none(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    assert equivalent(source_at(str(tmp_path / "pipe")), "pipe", "pg") == ""
