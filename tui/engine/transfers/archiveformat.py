"""Which archive begins with these bytes: told by what it holds, never by its name."""

from __future__ import annotations

import tarfile
from collections.abc import Callable

from tui.engine.errors import UsageError
from tui.engine.tarstream import BLOCK, looks_like_tar
from tui.engine.transfers.header import FIRST_BYTES, read_header
from tui.engine.unpacking import CHUNK, Compression, Read, compression_of, unpacked

_ENDINGS = {
    None: "tar",
    Compression.GZIP: "tar.gz",
    Compression.BZIP2: "tar.bz2",
    Compression.XZ: "tar.xz",
    Compression.ZSTD: "tar.zst",
}
_TYPE = slice(156, 157)
"""Where a header says what it is."""
_SKIPPABLE = tuple(bytes([0x50 | number, 0x2A, 0x4D, 0x18]) for number in range(16))
"""A zstd file may begin with a frame that holds nothing (RFC 8878)."""
_HINT = "Archives are tar files, plain or packed with gzip, zstd, xz or bzip2."


class Unpacked:
    """The bytes of the tar archive in a file, however that is compressed."""

    def __init__(self, read: Read, label: str) -> None:
        """Raises `UsageError` where it holds none, and `ArchiveBroken`."""
        first = _at_least(read, 6, CHUNK)
        compression = compression_of(first)
        if first.startswith(_SKIPPABLE):
            compression = Compression.ZSTD
        self.kind = f"{_ENDINGS[compression]} archive"
        self._read = _behind(first, read)
        if compression is not None:
            self._read = unpacked(self._read, compression)
        block = _at_least(self._read, BLOCK, BLOCK)
        if not looks_like_tar(block):
            raise UsageError(_refusal(label, first, block), hint=_HINT)
        begin = block
        if block[_TYPE] == tarfile.XGLTYPE:
            begin += _at_least(self._read, FIRST_BYTES, FIRST_BYTES)
        self.header = read_header(begin)
        """What voltui wrote about it; None where another tool made it."""
        self._read = _behind(begin, self._read)

    def read(self, size: int) -> bytes:
        """At most so many bytes; none at the end. Raises `ArchiveBroken`."""
        return self._read(size)


def _refusal(label: str, first: bytes, block: bytes) -> str:
    if not first:
        return f"{label} is empty: it is no archive."
    if first.startswith(b"PK\3\4"):
        return f"{label} is a zip file, which cannot keep what a volume holds."
    if len(block) == BLOCK and not block.strip(b"\0"):
        return f"{label} begins with the end of an archive: there is nothing in it."
    return f"{label} is no archive that can be imported."


def _at_least(read: Read, wanted: int, at_once: int) -> bytes:
    """So many bytes or more, fewer only at the end."""
    data = b""
    while len(data) < wanted and (more := read(at_once - len(data))):
        data += more
    return data


def _behind(first: bytes, read: Read) -> Callable[[int], bytes]:
    """Read what was read already once more, then the rest."""
    kept = first

    def take(size: int) -> bytes:
        nonlocal kept
        if not kept:
            return read(size)
        data, kept = kept[:size], kept[size:]
        return data

    return take
