"""Formats an archive is written in, and what it says about itself."""

from __future__ import annotations

import io
import subprocess
import tarfile
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tui.engine.errors import ArchiveBroken
from tui.engine.model import EngineInfo, Volume
from tui.engine.transfers.compression import ArchiveFormat, compressor, decompressed, format_of
from tui.engine.transfers.header import (
    FIRST_BYTES,
    ArchiveHeader,
    encode_header,
    header_of,
    read_header,
)

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
INFO = EngineInfo("Docker", "26.1", "1.45", "linux", "amd64", identity="one")
TOOLS = {ArchiveFormat.TAR: ["cat"], ArchiveFormat.GZIP: ["gzip", "-dc"]}


def packed(kind: ArchiveFormat, data: bytes) -> bytes:
    made = compressor(kind)
    pieces = [made.compress(data[at : at + 262_144]) for at in range(0, len(data), 262_144)]
    return b"".join(pieces) + made.flush()


def read_all(kind: ArchiveFormat, data: bytes) -> bytes:
    read = decompressed(io.BytesIO(data).read, kind)
    return b"".join(iter(lambda: read(65_536), b""))


@pytest.mark.parametrize("kind", ArchiveFormat)
@pytest.mark.parametrize("size", [0, 1, 5_000_000])
def test_what_was_written_is_read(kind: ArchiveFormat, size: int, tmp_path: Path) -> None:
    data = (bytes(range(256)) * 5000 + bytes(700_000))[:1_900_000] * 3
    made = packed(kind, data[:size])
    assert read_all(kind, made) == data[:size]
    if kind in TOOLS:
        done = subprocess.run(TOOLS[kind], input=made, capture_output=True, check=True)
        assert done.stdout == data[:size]


@pytest.mark.parametrize("kind", [ArchiveFormat.GZIP, ArchiveFormat.ZSTD])
def test_what_is_cut_off_or_changed_is_no_archive(kind: ArchiveFormat) -> None:
    made = packed(kind, bytes(range(256)) * 20_000)
    for broken in (made[:-1], made[: len(made) // 2], made[:-2] + b"!!"):
        with pytest.raises(ArchiveBroken):
            read_all(kind, broken)


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("a.tar", ArchiveFormat.TAR),
        ("a.b.TGZ", ArchiveFormat.GZIP),
        ("a.tar.gz", ArchiveFormat.GZIP),
        ("a.tar.zst", ArchiveFormat.ZSTD),
        ("a.zst", None),
        ("tar", None),
    ],
)
def test_the_name_tells_the_format(name: str, kind: ArchiveFormat | None) -> None:
    assert format_of(name) is kind


def tar_with(comment: bytes) -> bytes:
    out = io.BytesIO()
    headers = {"comment": comment.decode()}
    with tarfile.open(fileobj=out, mode="w", format=tarfile.PAX_FORMAT, pax_headers=headers):
        pass
    return out.getvalue()


def test_the_header_is_read_back_and_holds_no_secret() -> None:
    listed = Volume(
        "pg\udcff",
        "local",
        "local",
        "",
        None,
        labels={"a": "b=c\n", "voltui.job": "f00"},
        options={"type": "cifs", "o": "username=me,password=hunter2"},
    )
    header = header_of(listed, INFO, NOON)
    comment = encode_header(header)
    assert b"hunter2" not in comment
    told = read_header(tar_with(comment)[:FIRST_BYTES])
    assert told == header
    assert told is not None
    assert (told.volume, told.created, dict(told.labels)) == ("pg\udcff", NOON, {"a": "b=c\n"})
    other = replace(INFO, identity="two")
    assert told.engine != header_of(listed, other, NOON).engine


def test_labels_of_any_length_keep_the_header_readable() -> None:
    header = ArchiveHeader("v", "local", NOON, labels={"long": "x" * 1_000_000})
    told = read_header(tar_with(encode_header(header))[:FIRST_BYTES])
    assert told is not None
    assert (told.volume, told.labels) == ("v", {})


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"x" * 2000,
        tar_with(b"made by hand"),
        tar_with(b"[1]"),
        tar_with(b'{"format": 1}'),
        tar_with(b'{"format": 1, "volume": 7, "created": "2026-11-20T12:00:00+00:00"}'),
        tar_with(b"[" * 100_000),
    ],
)
def test_what_has_no_header_of_ours(data: bytes) -> None:
    assert read_header(data) is None
