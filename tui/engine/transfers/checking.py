"""An archive that was written, read again to its end."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Generator

from tui.engine.cancel import refuse_cancelled
from tui.engine.errors import ArchiveBroken
from tui.engine.tarstream import tar_members
from tui.engine.transfers.compression import ArchiveFormat, decompressed
from tui.engine.transfers.destinations import Packed
from tui.engine.transfers.pace import Pace
from tui.engine.transfers.progress import Progress, Stage, Sums
from tui.engine.unpacking import Read

_CHUNK = 1024 * 1024
_LONGEST_HEADER = 64 * 1024 * 1024
"""Bytes of what one member may have in extended attributes."""


class _Hashed:
    """Reads in large pieces and gives small ones; hashes all it reads."""

    def __init__(self, read: Read) -> None:
        self._read = read
        self._hash = hashlib.sha256()
        self._piece = memoryview(b"")
        self.size = 0

    def read(self, size: int) -> bytes:
        """At most so many bytes; none at the end."""
        if not self._piece:
            refuse_cancelled()
            data = self._read(_CHUNK)
            self._hash.update(data)
            self.size += len(data)
            self._piece = memoryview(data)
        given, self._piece = bytes(self._piece[:size]), self._piece[size:]
        return given

    def digest(self) -> str:
        return self._hash.hexdigest()


def check(fd: int, kind: ArchiveFormat, packed: Packed) -> Generator[Progress, None, str]:
    """Prove that a file is the archive of what the agent sent, down to its last byte; the file's
    SHA-256 in hex. Raises `ArchiveBroken` where it is not, `OSError` where it cannot be read.
    """
    file = _Hashed(lambda size: os.read(fd, size))
    stream = file if kind is ArchiveFormat.TAR else _Hashed(decompressed(file.read, kind))
    pace = Pace()
    total = Sums(packed.sums.entries, size=packed.size)
    for members, _ in enumerate(tar_members(stream.read, longest=_LONGEST_HEADER), 1):
        if pace.due():
            yield Progress(Stage.VERIFYING, Sums(members, size=stream.size), total)
    while rest := stream.read(_CHUNK):
        if rest.strip(b"\0"):
            raise ArchiveBroken("Something stands behind its end.")
    if (stream.size, stream.digest()) != (packed.size, packed.digest):
        raise ArchiveBroken("It does not hold what the helper sent.")
    return file.digest()
