"""The formats an archive is written in, and what compresses it on the way."""

from __future__ import annotations

import os
import zlib
from enum import StrEnum
from typing import Protocol

from tui.engine.unpacking import Compression, Read, unpacked

_LEVEL = 3
_MOST_THREADS = 4
_PIECE = 1024 * 1024
"""Bytes that a thread of zstd gets at once, and its memory depends on; it decides by them how far
back it looks too.
"""


class ArchiveFormat(StrEnum):
    """How a tar archive is stored; the value is how the names of such files end."""

    TAR = ".tar"
    GZIP = ".tar.gz"
    ZSTD = ".tar.zst"

    @classmethod
    def by_name(cls, name: str) -> ArchiveFormat:
        """The format of a short name: `tar`, `gz`, `zst`."""
        return cls(".tar" if name == "tar" else f".tar.{name}")


_ENDINGS = {
    ".tar": ArchiveFormat.TAR,
    ".tar.gz": ArchiveFormat.GZIP,
    ".tgz": ArchiveFormat.GZIP,
    ".tar.zst": ArchiveFormat.ZSTD,
    ".tar.zstd": ArchiveFormat.ZSTD,
    ".tzst": ArchiveFormat.ZSTD,
}


def format_of(name: str) -> ArchiveFormat | None:
    """The format that the name of a file tells; None where it tells none we write."""
    folded = name.lower()
    return next((kind for ending, kind in _ENDINGS.items() if folded.endswith(ending)), None)


class Compressor(Protocol):
    """Takes a stream piece by piece; what comes out is the file, in order."""

    def compress(self, data: bytes, /) -> bytes:
        """What is ready by now, often nothing."""

    def flush(self) -> bytes:
        """The rest; nothing may come after it."""


class _Plain:
    """Gives what it gets."""

    def compress(self, data: bytes, /) -> bytes:
        return data

    def flush(self) -> bytes:
        return b""


def compressor(kind: ArchiveFormat) -> Compressor:
    """One that writes a whole file of this format; it needs at most about 30 MiB of memory."""
    if kind is ArchiveFormat.TAR:
        return _Plain()
    if kind is ArchiveFormat.GZIP:
        return zlib.compressobj(wbits=zlib.MAX_WBITS | 16)
    import zstandard

    parameters = zstandard.ZstdCompressionParameters.from_level(
        _LEVEL,
        threads=min(os.cpu_count() or 1, _MOST_THREADS),
        job_size=_PIECE,
        write_checksum=True,
        write_content_size=False,
    )
    return zstandard.ZstdCompressor(compression_params=parameters).compressobj()


def decompressed(read: Read, kind: ArchiveFormat) -> Read:
    """Read the tar archive in a file; raises `ArchiveBroken`."""
    if kind is ArchiveFormat.TAR:
        return read
    return unpacked(read, Compression.GZIP if kind is ArchiveFormat.GZIP else Compression.ZSTD)
