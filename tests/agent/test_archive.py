"""Listing what stands in an archive, whatever the archive says about itself."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import os
import random
import stat
import struct
import tarfile
import zipfile
from collections.abc import Callable
from errno import EINVAL, EISDIR, ENOENT
from pathlib import Path

import pytest
import zstandard

from tests.agent.conftest import Start
from tests.agent.trees import HOSTILE_NAMES
from tui.engine.agent import AgentConnection
from tui.engine.archives import ArchiveFormat, ArchiveSum, archive
from tui.engine.errors import FileFailed
from tui.engine.model import Entry, EntryKind

PACK: dict[ArchiveFormat, Callable[[bytes], bytes]] = {
    ArchiveFormat.TAR: lambda data: data,
    ArchiveFormat.TAR_GZ: lambda data: gzip.compress(data, 1),
    ArchiveFormat.TAR_BZ2: lambda data: bz2.compress(data, 1),
    ArchiveFormat.TAR_XZ: lambda data: lzma.compress(data, preset=0),
    ArchiveFormat.TAR_ZST: lambda data: zstandard.compress(data, 1),
}
TARS = list(PACK)
MTIME = 1_700_000_000


@pytest.fixture
def agent(start: Start, volume: Path) -> AgentConnection:
    return start(volume).connect(deadline=60.0)


def listed(
    agent: AgentConnection, kind: ArchiveFormat, limit: int = 10_000
) -> tuple[list[Entry], ArchiveSum]:
    """The members of /archive, and their sum."""
    entries: list[Entry] = []
    for part in archive(agent, "/archive", kind, limit):
        if isinstance(part, ArchiveSum):
            assert part.entries == len(entries)
            return entries, part
        entries += part
    raise AssertionError("no sum")


def member(name: str, kind: bytes = tarfile.REGTYPE, **more: object) -> tarfile.TarInfo:
    info = tarfile.TarInfo(name)
    info.type, info.mtime = kind, MTIME
    for field, value in more.items():
        setattr(info, field, value)
    return info


def tar_of(*members: tarfile.TarInfo, format: int = tarfile.PAX_FORMAT) -> bytes:  # noqa: A002
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=format, errors="surrogateescape") as tar:
        for info in members:
            tar.addfile(info, io.BytesIO(bytes(info.size)) if info.isreg() else None)
    return out.getvalue()


EVERY_KIND = [
    member("folder", tarfile.DIRTYPE, mode=0o755),
    member("folder/file", size=700, mode=0o4640, uid=1000, gid=50),
    member("folder/empty"),
    member("link", tarfile.SYMTYPE, linkname="../elsewhere", mode=0o777),
    member("hard", tarfile.LNKTYPE, linkname="folder/file"),
    member("fifo", tarfile.FIFOTYPE),
    member("null", tarfile.CHRTYPE, devmajor=1, devminor=3),
    member("sda", tarfile.BLKTYPE, devmajor=8, devminor=0),
    member("x" * 300, size=1),
    member("late", mtime=-1.5),
]


@pytest.mark.parametrize("form", [tarfile.PAX_FORMAT, tarfile.GNU_FORMAT], ids=["pax", "gnu"])
@pytest.mark.parametrize("kind", TARS)
def test_every_kind_of_member(
    agent: AgentConnection, volume: Path, kind: ArchiveFormat, form: int
) -> None:
    members = EVERY_KIND if form == tarfile.PAX_FORMAT else EVERY_KIND[:-1]
    (volume / "archive").write_bytes(PACK[kind](tar_of(*members, format=form)))
    entries, total = listed(agent, kind)
    assert total == ArchiveSum(len(members))
    by_name = {entry.name.rstrip("/"): entry for entry in entries}
    kinds = {name: entry.kind for name, entry in by_name.items()}
    assert kinds == {
        "folder": EntryKind.DIRECTORY, "folder/file": EntryKind.FILE,
        "folder/empty": EntryKind.FILE, "link": EntryKind.SYMLINK, "hard": EntryKind.FILE,
        "fifo": EntryKind.FIFO, "null": EntryKind.CHAR, "sda": EntryKind.BLOCK,
        "x" * 300: EntryKind.FILE, **({"late": EntryKind.FILE} if len(members) == 10 else {}),
    }  # fmt: skip
    file = by_name["folder/file"]
    assert (file.mode, file.size, file.uid, file.gid) == (stat.S_IFREG | 0o4640, 700, 1000, 50)
    assert (file.mtime, file.mtime_nsec) == (MTIME, 0)
    assert by_name["link"].target == "../elsewhere"
    assert by_name["hard"].target == "folder/file"
    assert by_name["sda"].rdev == 8 << 32
    if "late" in by_name:
        assert by_name["late"].mtime_ns == -1_500_000_000


@pytest.mark.parametrize("kind", TARS)
def test_names_are_any_bytes(agent: AgentConnection, volume: Path, kind: ArchiveFormat) -> None:
    names = [os.fsdecode(name) for name in HOSTILE_NAMES]
    names += ["../../etc/passwd", "/etc/shadow", "..", "a//b/./c", "a/" * 1000 + "deep"]
    data = tar_of(*map(member, names), format=tarfile.GNU_FORMAT)
    (volume / "archive").write_bytes(PACK[kind](data))
    entries, total = listed(agent, kind)
    assert [entry.name for entry in entries] == names
    assert total == ArchiveSum(len(names))


@pytest.mark.parametrize("kind", TARS)
def test_a_long_list_is_cut(agent: AgentConnection, volume: Path, kind: ArchiveFormat) -> None:
    data = tar_of(*(member(f"{number}") for number in range(1200)))
    (volume / "archive").write_bytes(PACK[kind](data))
    entries, total = listed(agent, kind, 1000)
    assert total == ArchiveSum(1000, cut="entries")
    assert entries[-1].name == "999"
    assert listed(agent, kind, 1200)[1] == ArchiveSum(1200)


@pytest.mark.parametrize("kind", TARS)
def test_a_cut_file_keeps_what_came_before(
    agent: AgentConnection, volume: Path, kind: ArchiveFormat
) -> None:
    size = 200_000
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as tar:
        for name in ("first", "second"):
            tar.addfile(member(name, size=size), io.BytesIO(os.urandom(size)))
    (volume / "archive").write_bytes(PACK[kind](out.getvalue())[:330_000])
    entries, total = listed(agent, kind)
    assert [entry.name for entry in entries] == ["first", "second"]
    assert total.broken
    assert not total.cut


@pytest.mark.parametrize("kind", list(ArchiveFormat))
@pytest.mark.parametrize("content", [b"", b"\0", b"x", bytes(range(256)) * 20, b"\0" * 600])
def test_what_is_no_archive_ends(
    agent: AgentConnection, volume: Path, kind: ArchiveFormat, content: bytes
) -> None:
    (volume / "archive").write_bytes(content)
    entries, total = listed(agent, kind)
    assert entries == []
    assert total.broken or kind is ArchiveFormat.TAR or not content.strip(b"\0")


def lying(kind: bytes, size: bytes) -> bytes:
    """A header that says how long it is, with nothing behind it."""
    block = bytearray(member("name", kind).tobuf(tarfile.GNU_FORMAT))
    block[124:136] = size
    block[148:156] = b" " * 8
    block[148:156] = b"%06o\0 " % sum(block)
    return bytes(block)


@pytest.mark.parametrize("kind", TARS)
@pytest.mark.parametrize(
    "data",
    [
        lying(tarfile.GNUTYPE_LONGNAME, b"77777777777\0"),
        lying(tarfile.XHDTYPE, b"\x80" + b"\0" * 3 + b"\x7f" + b"\xff" * 7),
        lying(tarfile.REGTYPE, b"\x80" + b"\xff" * 11),
        lying(tarfile.REGTYPE, b"\xff" * 12),
        lying(tarfile.REGTYPE, b"77777777777\0"),
        tar_of(member("pax"))[:0] + lying(tarfile.XHDTYPE, b"00000000020\0") + b"9999999 path=x\n",
    ],
    ids=["long-name", "huge-pax", "base-256", "negative", "8-gib", "record"],
)
def test_a_size_that_lies(
    agent: AgentConnection, volume: Path, kind: ArchiveFormat, data: bytes
) -> None:
    (volume / "archive").write_bytes(PACK[kind](data))
    entries, total = listed(agent, kind)
    assert len(entries) <= 1
    assert total.broken


@pytest.mark.parametrize("kind", [ArchiveFormat.TAR_XZ, ArchiveFormat.TAR_ZST])
def test_a_bomb_is_not_unpacked_into_memory(
    agent: AgentConnection, volume: Path, kind: ArchiveFormat
) -> None:
    zeros = PACK[kind](bytes(64 * 1024 * 1024))
    header = PACK[kind](member("bomb", size=200 << 30).tobuf(tarfile.GNU_FORMAT))
    (volume / "archive").write_bytes(header + zeros * 3)
    entries, total = listed(agent, kind)
    assert [entry.size for entry in entries] == [200 << 30]
    assert total.broken or total.cut == "time"


def test_a_file_of_any_size_is_skipped(agent: AgentConnection, volume: Path) -> None:
    with open(volume / "archive", "wb") as file:
        file.write(member("huge", size=1 << 40).tobuf(tarfile.GNU_FORMAT))
        file.seek((1 << 40) + 512)
        file.write(tar_of(member("behind")))
    entries, total = listed(agent, ArchiveFormat.TAR)
    assert [entry.name for entry in entries] == ["huge", "behind"]
    assert total == ArchiveSum(2)


def zip_of(*members: tuple[zipfile.ZipInfo, bytes], prefix: bytes = b"") -> bytes:
    out = io.BytesIO()
    out.write(prefix)
    with zipfile.ZipFile(out, "a" if prefix else "w", zipfile.ZIP_DEFLATED) as packed:
        for info, data in members:
            packed.writestr(info, data)
    return out.getvalue()


def zipped(name: str, mode: int = stat.S_IFREG | 0o644) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name, (2023, 11, 14, 22, 13, 20))
    info.create_system, info.external_attr = 3, mode << 16
    return info


@pytest.mark.parametrize("prefix", [b"", b"#!/bin/sh\nexit\n" * 99], ids=["plain", "behind"])
def test_zip(agent: AgentConnection, volume: Path, prefix: bytes) -> None:
    windows = zipfile.ZipInfo("dos.txt", (1980, 1, 1, 0, 0, 0))
    windows.create_system = 0
    data = zip_of(
        (zipped("a/", stat.S_IFDIR | 0o750), b""),
        (zipped("a/file", stat.S_IFREG | 0o600), b"x" * 5000),
        (zipped("a/link", stat.S_IFLNK | 0o777), b"../etc"),
        (windows, b"dos"),
        (zipped("../../evil\x1b[2J"), b""),
        (zipped("/absolute"), b""),
        (zipped("grüße"), b""),
        prefix=prefix,
    )
    (volume / "archive").write_bytes(data)
    entries, total = listed(agent, ArchiveFormat.ZIP)
    assert total == ArchiveSum(7)
    assert [(entry.name, entry.mode, entry.size) for entry in entries] == [
        ("a/", stat.S_IFDIR | 0o750, 0),
        ("a/file", stat.S_IFREG | 0o600, 5000),
        ("a/link", stat.S_IFLNK | 0o777, 6),
        ("dos.txt", stat.S_IFREG | 0o644, 3),
        ("../../evil\x1b[2J", stat.S_IFREG | 0o644, 0),
        ("/absolute", stat.S_IFREG | 0o644, 0),
        ("grüße", stat.S_IFREG | 0o644, 0),
    ]
    assert entries[1].mtime == MTIME


def test_zip_of_more_than_65535(agent: AgentConnection, volume: Path) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as packed:
        for number in range(66_000):
            packed.writestr(zipfile.ZipInfo(f"{number}"), b"")
    (volume / "archive").write_bytes(out.getvalue())
    assert listed(agent, ArchiveFormat.ZIP)[1] == ArchiveSum(10_000, cut="entries")
    assert listed(agent, ArchiveFormat.ZIP, 100_000)[1] == ArchiveSum(66_000)


def test_empty_zip(agent: AgentConnection, volume: Path) -> None:
    (volume / "archive").write_bytes(zip_of())
    assert listed(agent, ArchiveFormat.ZIP) == ([], ArchiveSum(0))


def zip_end(records: int, size: int, offset: int, comment: int = 0) -> bytes:
    return struct.pack("<IHHHHIIH", 0x06054B50, 0, 0, records, records, size, offset, comment)


@pytest.mark.parametrize(
    "data",
    [
        zip_end(1, 46, 0),
        zip_end(0xFFFF, 0xFFFFFFFF, 0xFFFFFFFF),
        zip_end(5, 10, 0xFFFFFF00),
        zip_of((zipped("a"), b""))[:-22] + zip_end(9, 47, 31),
        zip_of((zipped("a"), b""))[:-10],
        b"PK\x01\x02" + b"\xff" * 60 + zip_end(1, 64, 0),
        struct.pack("<IQHHIIQQQQ", 0x06064B50, 44, 0, 0, 0, 0, 2**64 - 1, 2**64 - 1, 2**64 - 1, 0)
        + struct.pack("<IIQI", 0x07064B50, 0, 0, 1)
        + zip_end(0xFFFF, 0xFFFFFFFF, 0xFFFFFFFF),
        struct.pack("<IIQI", 0x07064B50, 0, 2**64 - 1, 1) + zip_end(0xFFFF, 0, 0),
    ],
)
def test_zip_that_lies(agent: AgentConnection, volume: Path, data: bytes) -> None:
    (volume / "archive").write_bytes(data)
    entries, total = listed(agent, ArchiveFormat.ZIP)
    assert len(entries) <= 1
    assert total.broken


def test_only_regular_files_are_opened(agent: AgentConnection, volume: Path) -> None:
    os.mkfifo(volume / "archive")
    for kind in ArchiveFormat:
        with pytest.raises(FileFailed) as failed:
            listed(agent, kind)
        assert failed.value.errno == EINVAL
        assert "not a regular file" in str(failed.value)
    (volume / "archive").unlink()
    with pytest.raises(FileFailed) as failed:
        listed(agent, ArchiveFormat.ZIP)
    assert failed.value.errno == ENOENT
    (volume / "archive").mkdir()
    with pytest.raises(FileFailed) as failed:
        listed(agent, ArchiveFormat.TAR)
    assert failed.value.errno == EISDIR


def test_impossible_requests(start: Start, volume: Path) -> None:
    (volume / "archive").write_bytes(b"")
    process = start(volume)
    process.greet()
    for kind, limit in [("rar", 1), ("tar", 0), ("tar", 100_001), ("tar", -1)]:
        process.ask(2, "archive", "/archive", format=kind, limit=limit)
        assert process.error(2).code == "EINVAL"


SEEDS: dict[ArchiveFormat, bytes] = {
    **dict.fromkeys(TARS, tar_of(*EVERY_KIND)),
    ArchiveFormat.ZIP: zip_of((zipped("a/"), b""), (zipped("b" * 99), b"x" * 99), prefix=b"PK"),
}


@pytest.mark.parametrize("kind", list(ArchiveFormat))
@pytest.mark.parametrize("before", [True, False], ids=["inside", "packed"])
def test_bytes_changed_anywhere_are_answered(
    agent: AgentConnection, volume: Path, kind: ArchiveFormat, before: bool
) -> None:
    dice = random.Random(7)
    pack = PACK.get(kind, bytes)
    for _ in range(60):
        data = bytearray(SEEDS[kind] if before else pack(SEEDS[kind]))
        for _ in range(dice.choice([1, 4, 40])):
            data[dice.randrange(len(data))] = dice.choice([0, 0x30, 0x37, 0x80, 0xFF])
        (volume / "archive").write_bytes(pack(bytes(data)) if before else data)
        entries, total = listed(agent, kind)
        assert len(entries) <= 30
        assert not total.cut
    (volume / "archive").write_bytes(pack(SEEDS[kind]))
    assert not listed(agent, kind)[1].broken
