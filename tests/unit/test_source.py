"""What the viewer has read of a file."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from tests.fakes import FakeEngine, FakeFiles
from tests.showcase import volume
from tui.engine.model import FileRange
from tui.viewing.source import FileSource


class Lying(FakeFiles):
    """Files that say another size than they have."""

    def read(self, path: str, offset: int = 0, length: int = 65536) -> FileRange:
        read = super().read(path, offset, length)
        return replace(read, version=read.version._replace(size=self.told))

    told = 0


@pytest.mark.parametrize("told", [0, 3, 4096, 1 << 40])
async def test_a_file_is_as_long_as_what_can_be_read_of_it(told: int) -> None:
    box = volume("box", 1)
    files = Lying(FakeEngine([box], {"box": {"file": b"1 line\n"}}), box)
    files.told = told
    source = FileSource(files, "/file")
    await source.open()
    assert source.blocks.size == 7

    def read() -> None:
        assert source.blocks.slice(0, 4096) == b"1 line\n"

    await asyncio.wait_for(source.reading(read), 30)
