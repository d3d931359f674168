"""A folder with a million entries: it streams in, sorts and filters while keys are served."""

from __future__ import annotations

from array import array
from collections.abc import Generator

import pytest

from tests.fakes import FakeEngine, FakeFiles
from tests.showcase import volume
from tests.ui.screen import Seen, running
from tests.ui.test_typeahead import burst
from tui.engine.files import VolumeFiles
from tui.engine.model import EntryBatch, Volume
from tui.widgets.table import VirtualTable

COUNT = 1_000_000
_BATCH = 1_000


class CrowdedFiles(FakeFiles):
    """Names in no order, sizes in another."""

    def _entries(self, _path: str) -> Generator[EntryBatch, None, None]:
        for start in range(0, COUNT, _BATCH):
            if start > COUNT // 10:
                self._engine.wait()
            numbers = [number * 7919 % COUNT for number in range(start, start + _BATCH)]
            zeros = array("I", bytes(4 * _BATCH))
            longs = array("Q", bytes(8 * _BATCH))
            yield EntryBatch(
                [f"entry-{number:06}" for number in numbers],
                array("I", [0o100644] * _BATCH),
                zeros,
                zeros,
                array("q", [COUNT - number for number in numbers]),
                array("q", numbers),
                zeros,
                zeros,
                longs,
                longs,
                [""] * _BATCH,
                zeros,
            )


class CrowdedEngine(FakeEngine):
    def open(self, volume: Volume) -> VolumeFiles:
        files = CrowdedFiles(self, volume)
        self.opened.append(files)
        return files


def table_of(seen: Seen) -> VirtualTable:
    return seen.app.screen.query_one("#files-table", VirtualTable)


async def arranged(seen: Seen) -> None:
    await seen.until(lambda: not table_of(seen).busy, "the order of a million rows")


@pytest.mark.slow
async def test_a_million_entries() -> None:
    engine = CrowdedEngine([volume("box", 1)])
    async with running(engine) as seen:
        await seen.at("box")
        engine.answers.clear()
        await seen.press("enter")
        await seen.until(lambda: len(table_of(seen).rows) > 50_000, "a part of the entries")
        await seen.press("j", "j")
        here = seen.cursor_line
        assert here.startswith("entry-")
        engine.answers.set()
        await seen.sees("1,000,000 entries")
        await arranged(seen)
        await seen.at(here)
        await seen.press("G")
        await seen.at("entry-999999")
        burst(seen, ",", "s", "k")
        await seen.at("entry-999998")
        await arranged(seen)
        await seen.press("g")
        await seen.at("entry-999999")
        burst(seen, "/", *"77777", "enter", "j")
        await seen.sees("19 of 1,000,000 entries")
        await seen.at("entry-877777")
        await seen.press("escape")
        await seen.sees("   1,000,000 entries")
        await seen.at("entry-877777")
