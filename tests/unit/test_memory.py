"""Memory of long lists: let go at once, looked at when nobody types, grown in place."""

from __future__ import annotations

import gc
import subprocess
import sys
import weakref
from collections.abc import Callable, Iterator

import pytest

from tests.showcase import volume
from tui import memory
from tui.widgets.file_rows import FileRows
from tui.widgets.found_rows import FoundRows
from tui.widgets.match_rows import MatchRows
from tui.widgets.pick_rows import PickRows, Title
from tui.widgets.table import Rows
from tui.widgets.table.arrangement import Arrangement
from tui.widgets.usage_rows import UsageRows
from tui.widgets.volume_rows import VolumeRows

ADDRESSES = """
import ctypes
from tui.memory import grow_in_place
grow_in_place()
del_me = bytearray(24 << 20)
del del_me
blocks = [bytearray(2 << 20) for _ in range(5)]
print([ctypes.addressof(ctypes.c_char.from_buffer(block)) % 4096 for block in blocks])
"""
"""A block that has its own pages begins right behind the 16 bytes that glibc puts before it."""


class Ring:
    """Refers to itself."""

    def __init__(self) -> None:
        self.itself = self


@pytest.fixture(autouse=True)
def nothing_is_collected_by_itself() -> Iterator[None]:
    gc.disable()
    yield
    gc.enable()


@pytest.mark.parametrize(
    "make",
    [
        FileRows,
        VolumeRows,
        lambda: VolumeRows([volume("box", 1)]),
        lambda: FoundRows("/", None),
        lambda: MatchRows("/"),
        lambda: UsageRows(on_disk=True),
        lambda: PickRows([Title("Name")], [[[("a", "")]]]),
    ],
)
def test_rows_are_let_go_with_the_last_who_shows_them(make: Callable[[], Rows]) -> None:
    arrangement = Arrangement(make())
    arrangement.append()
    arrangement.sort_by("name", reverse=True)
    assert arrangement.rows.columns
    assert all(step is None for step in arrangement.steps())
    rows = weakref.ref(arrangement.rows)
    del arrangement
    assert rows() is None


def test_garbage_waits_until_nobody_types() -> None:
    gc.collect()
    ring = weakref.ref(Ring())
    memory.collect_at_rest(lambda _: True)
    assert ring() is not None, "too little was made since the last time"
    for _ in range(11):
        gc.collect(1)
    memory.collect_at_rest(lambda seconds: seconds < 1)
    assert gc.get_count()[2] > 10
    memory.collect_at_rest(lambda _: True)
    assert ring() is None
    assert not gc.get_count()[2]


def test_large_blocks_keep_their_own_pages() -> None:
    done = subprocess.run(
        [sys.executable, "-c", ADDRESSES], check=True, capture_output=True, text=True
    )
    assert done.stdout.strip() == str([16] * 5)
