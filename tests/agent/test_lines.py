"""Counting line ends step by step: where lines are in files of any size."""

from __future__ import annotations

import json
import os
import random
from pathlib import Path

import pytest

from tests.agent.conftest import Start
from tests.agent.process import AgentProcess
from tui.engine.errors import FileFailed
from tui.engine.lineindex import STEP, LineIndex, lines
from tui.engine.protocol import FrameType

GIB = 1 << 30


def index(agent: AgentProcess, path: str = "/file", unit: str = "") -> LineIndex:
    found = LineIndex()
    for part in lines(agent.connect(), path, unit=unit):
        found.add(part)
    return found


def test_every_line_is_found(start: Start, volume: Path) -> None:
    dice = random.Random(1)
    data = (
        b"".join(b"x" * dice.choice([0, 1, 80, 80, 300, 70_000]) + b"\n" for _ in range(400))
        + b"no end"
    )
    (volume / "file").write_bytes(data)
    found = index(start(volume))
    assert found.complete
    assert found.done == len(data)
    assert len(found) == 401
    begin = 0
    for number, line in enumerate(data.split(b"\n")):
        step = found.step_of(number)
        assert step is not None
        before = found.before(step)
        assert before is not None
        rest = number - before
        at = step
        for _ in range(rest):
            at = data.index(b"\n", at) + 1
        assert at == begin
        assert (found.before(begin) or 0) + data.count(b"\n", begin // STEP * STEP, begin) == number
        begin += len(line) + 1
    assert found.step_of(401) is None


@pytest.mark.parametrize("size", [0, 1, STEP - 1, STEP, STEP + 1, 5 * STEP])
def test_files_around_a_step(start: Start, volume: Path, size: int) -> None:
    (volume / "file").write_bytes(b"\n" * size)
    found = index(start(volume))
    assert (len(found), found.done, found.complete) == (size, size, True)


@pytest.mark.parametrize(("unit", "codec"), [("le", "utf-16-le"), ("be", "utf-16-be")])
def test_utf_16(start: Start, volume: Path, unit: str, codec: str) -> None:
    text = "\u0a41\u410a\u0a0a line\n" * 10_000
    (volume / "file").write_bytes(text.encode(codec))
    assert len(index(start(volume), unit=unit)) == 10_000


def test_it_goes_on_where_a_file_grew(start: Start, volume: Path) -> None:
    file = volume / "file"
    file.write_bytes(b"line\n" * 50_000)
    agent = start(volume).connect()
    found = LineIndex()
    for part in lines(agent, "/file"):
        found.add(part)
    with file.open("ab") as appended:
        appended.write(b"more\n" * 50_000)
    assert found.next == 250_000 // STEP * STEP
    for part in lines(agent, "/file", found.next):
        found.add(part)
    assert (len(found), found.done) == (100_000, 500_000)
    assert found.before(300_000) == 262_144 // 5
    assert found.before(600_000) is None


def test_ten_gibibytes_on_one_line_are_mostly_a_hole(start: Start, volume: Path) -> None:
    with (volume / "file").open("wb") as file:
        file.write(b"first\n")
        file.truncate(10 * GIB)
        file.seek(10 * GIB - 1)
        file.write(b"\n")
    found = index(start(volume))
    assert (len(found), found.done) == (2, 10 * GIB)
    assert found.step_of(1) == 0
    assert found.before(10 * GIB - 1) == 1


def test_it_says_how_far_it_is_and_can_be_cancelled(start: Start, volume: Path) -> None:
    (volume / "file").write_bytes(b"\n")
    os.truncate(volume / "file", 1 << 40)
    process = start(volume)
    process.greet()
    process.ask(2, "lines", "/file", offset=0, step=4096)
    frame = process.next()
    assert frame.type is FrameType.PROGRESS
    part = json.loads(frame.payload)
    assert part["counts"][0] == 1
    assert part["done"] == 4096 * len(part["counts"])
    process.cancel(2)
    assert process.error(2).code == "ECANCELED"


@pytest.mark.parametrize(
    "fields",
    [
        {"offset": 0},
        {"offset": 0, "step": 4095},
        {"offset": 0, "step": 0},
        {"offset": 1, "step": STEP},
        {"offset": -STEP, "step": STEP},
        {"step": STEP},
        {"offset": 0, "step": STEP, "unit": "utf-16"},
        {"offset": 0, "step": "64K"},
    ],
)
def test_impossible_fields(start: Start, volume: Path, fields: dict[str, int]) -> None:
    (volume / "file").touch()
    process = start(volume)
    process.greet()
    process.ask(2, "lines", "/file", **fields)
    assert process.error(2).code == "EINVAL"


def test_only_regular_files_are_opened(start: Start, volume: Path) -> None:
    os.mkfifo(volume / "fifo")
    agent = start(volume).connect()
    with pytest.raises(FileFailed, match="not a regular file"):
        list(lines(agent, "/fifo"))
