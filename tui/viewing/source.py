"""FileSource: one file of a volume, read block by block as its rows are asked for."""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum
from typing import TYPE_CHECKING

from tui.calls import call
from tui.documents.text import UTF_8, Encoding, read_text
from tui.engine.model import FileRange, FileVersion
from tui.viewing.blocks import BLOCK, Blocks, Missing

if TYPE_CHECKING:
    from tui.engine.files import VolumeFiles

AT_ONCE = 2
"""Blocks that are read together: what comes next is often asked for next."""


class Change(Enum):
    """What became of the file since it was read before."""

    REPLACED = "replaced"
    TRUNCATED = "truncated"


class FileSource:
    """Reads what is missing, and notices when the file is another one."""

    def __init__(self, files: VolumeFiles, path: str) -> None:
        self._files = files
        self.path = path
        self.blocks = Blocks()
        self.encoding: Encoding | None = None
        """None: not known to be text."""
        self.ends = ""
        """How its lines end: `LF`, `CRLF`, `CR` or `mixed`; empty where that is not known."""
        self.version: FileVersion | None = None
        self.change: Change | None = None
        """What was noticed; whoever has told it sets it back."""

    async def open(self) -> None:
        """Read the first block and recognise what it is; raises `EngineError`."""
        first = await call(self._files.read, self.path, 0, AT_ONCE * BLOCK)
        self.version = first.version
        self.blocks.clear(_size(first))
        self.blocks.put(0, first.data)
        self.encoding = UTF_8
        self.recognise()

    def grown(self) -> None:
        """What was empty may have something now."""
        if not self.ends:
            self.recognise()

    def recognise(self) -> None:
        """Look again at the first block for the encoding, if it is here and there is something."""
        if self.blocks.size == 0 or not self.blocks.has(0):
            return
        head = self.blocks.get(0)
        text = read_text(head, whole=len(head) == self.blocks.size)
        self.encoding = text.encoding if text else None
        self.ends = text.ends if text else ""

    async def reading(self, ask: Callable[[], None]) -> None:
        """Do what raises `Missing` until it does not, reading what it needs; or `EngineError`."""
        while True:
            try:
                ask()
            except Missing as missing:
                await self.fetch(missing.number)
            else:
                return

    async def fetch(self, number: int) -> None:
        """Read a block and its neighbour."""
        number -= number % AT_ONCE
        read = await call(self._files.read, self.path, number * BLOCK, AT_ONCE * BLOCK)
        self._take(read)

    def _take(self, read: FileRange) -> None:
        now, before = read.version, self.version
        self.version = now
        size = _size(read)
        if before is None or now.inode != before.inode:
            self.change = Change.REPLACED
            self.blocks.clear(size)
        elif size < self.blocks.size:
            self.change = Change.TRUNCATED
            self.blocks.clear(size)
        elif now.mtime_ns != before.mtime_ns and size == self.blocks.size:
            self.blocks.clear(size)  # Written in place.
        self.blocks.size = size
        self.blocks.put(read.offset, read.data)


def _size(read: FileRange) -> int:
    """Size of a file of which so many blocks were asked for; some tell more or less than they have.

    What is short ends with the file: of sysfs and some FUSE all say 4 KiB, of procfs 0.
    """
    end = read.offset + len(read.data)
    if len(read.data) == AT_ONCE * BLOCK:
        return max(read.version.size, end)
    return end if read.data else min(read.version.size, end)
