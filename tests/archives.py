"""What stands in an archive, for the engine in memory."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import stat
import zipfile
from collections.abc import Callable

import zstandard

from tui.engine.archives import ArchiveFormat
from tui.engine.model import Entry
from tui.engine.tarstream import tar_members


def members(data: bytes, kind: ArchiveFormat) -> list[Entry]:
    """What stands in an archive."""
    if kind is not ArchiveFormat.ZIP:
        return list(tar_members(io.BytesIO(UNPACK[kind](data)).read))
    with zipfile.ZipFile(io.BytesIO(data)) as packed:
        return [
            Entry(
                info.filename, info.external_attr >> 16 or stat.S_IFREG | 0o644, 0, 0,
                info.file_size, 1_795_000_000, 0, 1, 0, 0, "", 0,
            )
            for info in packed.infolist()
        ]  # fmt: skip


UNPACK: dict[ArchiveFormat, Callable[[bytes], bytes]] = {
    ArchiveFormat.TAR: bytes,
    ArchiveFormat.TAR_GZ: gzip.decompress,
    ArchiveFormat.TAR_BZ2: bz2.decompress,
    ArchiveFormat.TAR_XZ: lzma.decompress,
    ArchiveFormat.TAR_ZST: zstandard.decompress,
}
