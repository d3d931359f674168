"""What stands in an archive, listed without unpacking it.

tar, tar.gz, tar.bz2 and zip are read by the agent. For xz and zstd Go's library has nothing, so the
compressed bytes come here in ranges.
"""

from __future__ import annotations

import time
from array import array
from collections.abc import Generator, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from tui.engine.agent import AgentConnection
from tui.engine.answers import done
from tui.engine.errors import ArchiveBroken, ProtocolError
from tui.engine.model import Entry, EntryBatch
from tui.engine.protocol import FrameType, answer_object, integer, parse_entries, text
from tui.engine.tarstream import tar_members
from tui.engine.unpacking import Compression, Read, unpacked

LIMIT = 10_000
"""Members that are listed at most."""

FETCHED = 8 * 1024 * 1024
"""Compressed bytes of an xz or zstd archive that are brought here at most."""

SECONDS = 5.0
"""How long an archive is read at most; the agent's limit is the same."""

_RANGE = 256 * 1024
_FIRST, _LATER = 256, 4096
_EVERY = 0.2


class ArchiveFormat(StrEnum):
    """What is listed."""

    TAR = "tar"
    TAR_GZ = "tar.gz"
    TAR_BZ2 = "tar.bz2"
    TAR_XZ = "tar.xz"
    TAR_ZST = "tar.zst"
    ZIP = "zip"


TAR_IN = {
    Compression.GZIP: ArchiveFormat.TAR_GZ,
    Compression.BZIP2: ArchiveFormat.TAR_BZ2,
    Compression.XZ: ArchiveFormat.TAR_XZ,
    Compression.ZSTD: ArchiveFormat.TAR_ZST,
}
_HERE = {ArchiveFormat.TAR_XZ: Compression.XZ, ArchiveFormat.TAR_ZST: Compression.ZSTD}


@dataclass(frozen=True, slots=True)
class ArchiveSum:
    """The end of a listing."""

    entries: int
    cut: str = ""
    """Why there may be more: `entries`, `time` or `bytes`; empty where these are all."""
    broken: str = ""
    """A sentence: why the archive could not be read to its end."""


def archive(
    agent: AgentConnection, path: str, kind: ArchiveFormat, limit: int = LIMIT
) -> Generator[EntryBatch | ArchiveSum, None, None]:
    """List the members in batches as they are read, then say how many there were.

    Names are as the archive has them: any bytes but NUL, also absolute or with `..`. A hard link
    is a file with a target.
    """
    if kind in _HERE:
        yield from _listed_here(_Ranges(agent, path), _HERE[kind], limit)
    else:
        yield from _listed_there(agent, path, kind, limit)


def _listed_there(
    agent: AgentConnection, path: str, kind: ArchiveFormat, limit: int
) -> Generator[EntryBatch | ArchiveSum, None, None]:
    listed = 0
    with agent.request("archive", path, format=kind.value, limit=limit) as answers:
        for frame in answers:
            if frame.type is FrameType.ENTRIES:
                batch = parse_entries(frame.payload)
                listed += len(batch)
                yield batch
            elif done(frame):
                told = answer_object(frame.payload)
                if integer(told, "entries") != listed:
                    raise ProtocolError(f"The helper lost members of {path}.")
                yield ArchiveSum(listed, text(told, "cut"), text(told, "broken"))


def _listed_here(
    ranges: _Ranges, compression: Compression, limit: int
) -> Generator[EntryBatch | ArchiveSum, None, None]:
    source = _Bounded(unpacked(ranges.read, compression))
    members = tar_members(source.read)
    batch: list[Entry] = []
    listed, size, sent = 0, _FIRST, time.monotonic()
    cut = broken = ""
    try:
        for entry in members:
            if listed + len(batch) == limit:
                cut = "entries"
                break
            batch.append(entry)
            if len(batch) == size or time.monotonic() - sent > _EVERY:
                yield batch_of(batch)
                listed += len(batch)
                batch, size, sent = [], _LATER, time.monotonic()
    except ArchiveBroken as error:
        cut = source.cut or ranges.cut
        broken = "" if cut else str(error)
    if batch:
        yield batch_of(batch)
    yield ArchiveSum(listed + len(batch), cut or source.cut or ranges.cut, broken)


class _Ranges:
    """The bytes of a file in their order, as many as are brought here."""

    def __init__(self, agent: AgentConnection, path: str) -> None:
        self._agent = agent
        self._path = path
        self._parts = b""
        self._at = 0
        self.cut = ""

    def read(self, size: int) -> bytes:
        """The next bytes; none at the end of the file, or once there were enough."""
        if not self._parts:
            if self._at >= FETCHED:
                self.cut = "bytes"
                return b""
            self._parts = self._agent.read(self._path, self._at, _RANGE).data
            self._at += len(self._parts)
        part, self._parts = self._parts[:size], self._parts[size:]
        return part


class _Bounded:
    """Ends a stream that takes too long."""

    def __init__(self, read: Read) -> None:
        self._read = read
        self._end = time.monotonic() + SECONDS
        self.cut = ""

    def read(self, size: int) -> bytes:
        """The next bytes; none at the end, or once it is late."""
        if time.monotonic() > self._end:
            self.cut = "time"
            return b""
        return self._read(size)


def batch_of(entries: list[Entry]) -> EntryBatch:
    """Entries as columns."""
    columns: Iterator[Any] = zip(*entries, strict=True) if entries else iter([()] * 12)
    codes = (None, "I", "I", "I", "q", "q", "I", "I", "Q", "Q", None, "I")
    made: list[Any] = [
        array(code, column) if code else list(column)
        for code, column in zip(codes, columns, strict=True)
    ]
    name, mode, uid, gid, size, mtime, nsec, nlink, inode, rdev, target, errno = made
    return EntryBatch(name, mode, uid, gid, size, mtime, nsec, nlink, inode, rdev, target, errno)
