"""Previews of real files by the real agent: every compression, and files replaced meanwhile."""

from __future__ import annotations

import bz2
import gzip
import lzma
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
import zstandard

from tests.agent.process import agent_binary
from tests.local import LocalEngine, LocalHelpers
from tests.samples import sources
from tests.showcase import volume
from tests.ui.screen import running
from tests.ui.test_previews import START, WIDE, again, look_at, preview


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """What the volume holds."""
    path = tmp_path / "volume"
    path.mkdir()
    return path


@pytest.fixture
def local(folder: Path) -> Iterator[LocalEngine]:
    """An engine whose volume is that folder."""
    engine = LocalEngine([volume("box", 1)])
    engine.local = LocalHelpers(agent_binary(), folder)
    yield engine
    engine.close()
    engine.local.end()


async def test_every_compression_of_a_tar(local: LocalEngine, folder: Path) -> None:
    data = sources()
    packed = {
        "plain.tar": data,
        "gz.tar.gz": gzip.compress(data),
        "bz2.tar.bz2": bz2.compress(data),
        "xz.tar.xz": lzma.compress(data),
        "zst.tar.zst": zstandard.compress(data),
    }
    for name, content in packed.items():
        (folder / name).write_bytes(content)
    async with running(local, WIDE, START) as seen:
        await seen.sees("5 entries")
        for name in packed:
            await look_at(seen, name)
            await seen.sees("8 entries", "app/latest → main.py", r"evil\e]0;")
            await seen.press("escape")


async def test_archives_that_are_broken_say_so(local: LocalEngine, folder: Path) -> None:
    (folder / "cut.tar").write_bytes(sources()[:2000])
    (folder / "none.zip").write_bytes(b"PK\x03\x04" + b"x" * 100)
    async with running(local, WIDE, START) as seen:
        await seen.sees("2 entries")
        await look_at(seen, "cut.tar")
        await seen.sees("broken", "… and no further. It ends too early.")
        await seen.press("escape")
        await look_at(seen, "none.zip")
        await seen.sees("A zip archive. It cannot be listed. It has no directory at its")


async def test_a_file_replaced_by_a_fifo_is_not_opened(local: LocalEngine, folder: Path) -> None:
    file = folder / "file"
    file.write_text("text\n")
    async with running(local, WIDE, START) as seen:
        await look_at(seen, "file")
        assert list(preview(seen).view.lines) == ["text"]
        file.unlink()
        os.mkfifo(file)
        again(seen)
        await seen.until(
            lambda: "is not a regular file" in seen.text or "Fifo" in seen.text, "a sentence"
        )
        file.unlink()
        file.write_text("text again\n")
        again(seen)
        await seen.sees("text again")


async def test_a_file_that_grows_is_shown_as_it_grows(local: LocalEngine, folder: Path) -> None:
    file = folder / "file.log"
    file.write_text("first\n" * 100)
    async with running(local, (80, 24), START) as seen:
        await look_at(seen, "file.log")
        await seen.press("4", "G")
        with file.open("a") as log:
            log.write("second\n")
        await seen.until(lambda: len(preview(seen).view.lines) == 101, "the line that was added")
        place = preview(seen).view.scroll_offset.y
        await seen.press("G")
        await seen.sees("second")
        assert 0 < place < preview(seen).view.scroll_offset.y
