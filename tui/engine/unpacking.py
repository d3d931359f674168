"""Compressed bytes as a stream of what they were, in bounded pieces and with bounded memory."""

from __future__ import annotations

import bz2
import io
import lzma
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import StrEnum
from typing import IO, Protocol, cast

from tui.engine.errors import ArchiveBroken
from tui.engine.zstdframes import ZstdFrames

CHUNK = 64 * 1024
"""Compressed bytes that are asked for at once."""

MEMORY = 128 * 1024 * 1024
"""Bytes a decompressor may take; a file that wants more is refused."""


class Compression(StrEnum):
    """How a file is compressed."""

    GZIP = "gzip"
    BZIP2 = "bzip2"
    XZ = "xz"
    ZSTD = "zstd"


_LONGEST_MAGIC = 6
_MAGIC = {
    b"\x1f\x8b\x08": Compression.GZIP,
    b"BZh": Compression.BZIP2,
    b"\xfd7zXZ\0": Compression.XZ,
    b"\x28\xb5\x2f\xfd": Compression.ZSTD,
}

Read = Callable[[int], bytes]
"""At most so many bytes; none at the end. Short answers before the end are allowed."""


def compression_of(data: bytes) -> Compression | None:
    """How a file is compressed, by its first bytes."""
    return next((kind for magic, kind in _MAGIC.items() if data.startswith(magic)), None)


def first_bytes(data: bytes, compression: Compression, limit: int) -> bytes:
    """At most `limit` bytes of what the beginning of a file was; none where it tells nothing."""
    with _broken():
        if compression is Compression.GZIP:
            return zlib.decompressobj(zlib.MAX_WBITS | 16).decompress(data, limit)
        if compression is Compression.BZIP2:
            return bz2.BZ2Decompressor().decompress(data, limit)
        if compression is Compression.XZ:
            return lzma.LZMADecompressor(memlimit=MEMORY).decompress(data, limit)
        return _zstd(io.BytesIO(data).read)(limit)


def unpacked(read: Read, compression: Compression) -> Read:
    """Read what a file was, all its parts behind one another. Raises `ArchiveBroken` where it ends
    too early, something stands behind its end or it cannot be unpacked.
    """
    if compression is Compression.ZSTD:
        return _zstd(read)
    return _Parts(read, compression).take


class _Unpacker(Protocol):
    """One gzip member, bzip2 stream or xz stream."""

    @property
    def eof(self) -> bool:
        """Whether it has ended, its checksum included."""

    @property
    def needs_input(self) -> bool:
        """Whether it has given all it had."""

    @property
    def unused_data(self) -> bytes:
        """What stands behind its end."""

    def decompress(self, data: bytes, max_length: int = -1) -> bytes:
        """At most so many bytes."""


class _Gzip:
    """zlib, called as the others are."""

    def __init__(self) -> None:
        self._zlib = zlib.decompressobj(zlib.MAX_WBITS | 16)

    @property
    def eof(self) -> bool:
        return self._zlib.eof

    @property
    def needs_input(self) -> bool:
        return not self._zlib.unconsumed_tail

    @property
    def unused_data(self) -> bytes:
        return self._zlib.unused_data

    def decompress(self, data: bytes, max_length: int = -1) -> bytes:
        return self._zlib.decompress(self._zlib.unconsumed_tail + data, max_length)


_UNPACKERS: dict[Compression, Callable[[], _Unpacker]] = {
    Compression.GZIP: _Gzip,
    Compression.BZIP2: bz2.BZ2Decompressor,
    Compression.XZ: lambda: lzma.LZMADecompressor(memlimit=MEMORY),
}
_PADDED = {Compression.GZIP, Compression.XZ}
"""Those which zeros may follow."""


class _Parts:
    """One or more parts of a file behind one another."""

    def __init__(self, read: Read, compression: Compression) -> None:
        self._read = read
        self._compression = compression
        self._current = _UNPACKERS[compression]()

    def take(self, size: int) -> bytes:
        """At most so many bytes; none at the end."""
        while (data := self._more()) is not None:
            with _broken():
                data = self._current.decompress(data, size)
            if data:
                return data
        return b""

    def _more(self) -> bytes | None:
        """What the current part wants next; None where there is none any more."""
        if self._current.eof:
            return self._next_part()
        if not self._current.needs_input:
            return b""
        if data := self._read(CHUNK):
            return data
        raise ArchiveBroken("It ends too early.")

    def _next_part(self) -> bytes | None:
        data = self._current.unused_data or self._read(CHUNK)
        while self._compression in _PADDED and data and not (data := data.lstrip(b"\0")):
            data = self._read(CHUNK)
        if not data:
            return None
        while len(data) < _LONGEST_MAGIC and (more := self._read(CHUNK)):
            data += more
        if compression_of(data) is not self._compression:
            raise ArchiveBroken("Something else stands behind its end.")
        self._current = _UNPACKERS[self._compression]()
        return data


class _Source:
    """What zstandard reads from."""

    def __init__(self, read: Read) -> None:
        self.read = read


def _zstd(read: Read) -> Read:
    import zstandard

    # A file from strangers may ask for a window of any size.
    unpacker = zstandard.ZstdDecompressor(max_window_size=MEMORY)
    frames = ZstdFrames(read)
    source = cast(IO[bytes], _Source(frames.read))
    stream = unpacker.stream_reader(source, read_size=CHUNK, read_across_frames=True)

    def take(size: int) -> bytes:
        try:
            data = bytes(stream.read(size))
        except zstandard.ZstdError as error:
            raise _unpackable(error) from error
        if not data and not frames.whole:
            raise ArchiveBroken("It ends too early.")
        return data

    return take


@contextmanager
def _broken() -> Iterator[None]:
    """What the decompressors raise, as ours."""
    try:
        yield
    except (zlib.error, lzma.LZMAError, OSError, EOFError, MemoryError) as error:
        raise _unpackable(error) from error


def _unpackable(error: Exception) -> ArchiveBroken:
    return ArchiveBroken(f"It cannot be unpacked: {error}.")
