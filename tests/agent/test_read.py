"""Reading a file as it is, also while it changes."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from tests.agent.conftest import Start
from tests.agent.process import AgentProcess
from tui.engine.protocol import FrameType

MIB = 1024 * 1024
SIZE = 8 * MIB


def test_any_range(start: Start, volume: Path) -> None:
    data = os.urandom(700_001)
    file = volume / "file"
    file.write_bytes(data)
    agent = start(volume).connect()
    found = os.stat(file)
    for offset in (0, 1, 262_143, 262_144, 700_000, 700_001, 10**9, 2**63 - 1):
        for length in (0, 1, 262_144, 262_145, 2**40):
            part = agent.read("/file", offset, length)
            assert part.data == data[offset : offset + length]
            assert part.offset == offset
            assert part.reaches_end == (offset + length >= len(data))
            assert part.version == (
                found.st_ino,
                found.st_size,
                found.st_mtime_ns,
                found.st_ctime_ns,
            )


def test_a_hole_is_read_as_zeros(start: Start, volume: Path) -> None:
    with open(volume / "file", "wb") as file:
        file.truncate(1 << 40)
    part = start(volume).connect().read("/file", (1 << 40) - 10, 100)
    assert part.data == bytes(10)


@pytest.fixture
def reading(start: Start, volume: Path) -> AgentProcess:
    """An agent in the middle of 8 MiB: it waits for us to read on."""
    (volume / "file").write_bytes(os.urandom(SIZE))
    process = start(volume)
    process.greet()
    process.ask(2, "read", "/file", offset=0, length=2 * SIZE)
    frame = process.next()
    assert frame.type is FrameType.DATA
    assert 0 < len(frame.payload) < SIZE
    return process


def rest(process: AgentProcess) -> tuple[int, dict[str, int]]:
    """How many bytes follow, and what the file is after that."""
    before, final = process.final(2)
    assert final.type is FrameType.DONE
    return sum(len(frame.payload) for frame in before), json.loads(final.payload)


def test_a_file_that_grows(reading: AgentProcess, volume: Path) -> None:
    with open(volume / "file", "ab") as file:
        file.write(bytes(MIB))
    size, version = rest(reading)
    assert version["size"] == SIZE + MIB
    assert size == SIZE + MIB - 256 * 1024


def test_a_file_that_shrinks(reading: AgentProcess, volume: Path) -> None:
    os.truncate(volume / "file", 100)
    size, version = rest(reading)
    assert version["size"] == 100
    assert size < SIZE - 256 * 1024


def test_a_file_that_vanishes(reading: AgentProcess, volume: Path) -> None:
    inode = os.stat(volume / "file").st_ino
    (volume / "file").unlink()
    size, version = rest(reading)
    assert size == SIZE - 256 * 1024
    assert (version["inode"], version["nlink"]) == (inode, 0)


def test_a_file_that_is_replaced(reading: AgentProcess, volume: Path) -> None:
    inode = os.stat(volume / "file").st_ino
    (volume / "other").write_text("other")
    os.replace(volume / "other", volume / "file")
    size, version = rest(reading)
    assert size == SIZE - 256 * 1024
    assert version["inode"] == inode


def test_cancel_in_the_middle(reading: AgentProcess) -> None:
    reading.cancel(2)
    before, final = reading.final(2)
    assert final.type is FrameType.ERROR
    assert b'"ECANCELED"' in final.payload
    # What it writes while the CANCEL is on its way still comes.
    assert sum(len(frame.payload) for frame in before) <= SIZE // 4
