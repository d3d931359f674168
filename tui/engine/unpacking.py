"""Compressed bytes as a stream of what they were, in bounded pieces and with bounded memory."""

from __future__ import annotations

import bz2
import io
import lzma
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import StrEnum
from typing import IO, cast

from tui.engine.errors import ArchiveBroken

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
    """Read what an xz or zstd file was; raises `ArchiveBroken`."""
    return _zstd(read) if compression is Compression.ZSTD else _streams(read)


def _streams(read: Read) -> Read:
    """One or more xz streams behind one another, with zeros between them."""
    current = lzma.LZMADecompressor(memlimit=MEMORY)

    def take(size: int) -> bytes:
        nonlocal current
        while True:
            data = b""
            if current.eof:
                data = current.unused_data.lstrip(b"\0") or read(CHUNK).lstrip(b"\0")
                if not data:
                    return b""
                current = lzma.LZMADecompressor(memlimit=MEMORY)
            elif current.needs_input and not (data := read(CHUNK)):
                raise ArchiveBroken("It ends too early.")
            with _broken():
                data = current.decompress(data, size)
            if data:
                return data

    return take


class _Source:
    """What zstandard reads from."""

    def __init__(self, read: Read) -> None:
        self.read = read


def _zstd(read: Read) -> Read:
    import zstandard

    # A file from strangers may ask for a window of any size.
    unpacker = zstandard.ZstdDecompressor(max_window_size=MEMORY)
    source = cast(IO[bytes], _Source(read))
    stream = unpacker.stream_reader(source, read_size=CHUNK, read_across_frames=True)

    def take(size: int) -> bytes:
        try:
            return bytes(stream.read(size))
        except zstandard.ZstdError as error:
            raise _unpackable(error) from error

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
