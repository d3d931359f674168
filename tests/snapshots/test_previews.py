"""Previews as pictures: at both sizes, in 16 colours and without any."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import pytest
from textual.pilot import Pilot

from tests.samples import TREE, engine
from tests.snapshots.test_snapshots import NARROW, WIDE, Compare, after
from tui.app import VolumeApp

LISTED = f"{len(TREE)} entries"
START = ("box", "/")
FILES = {
    "data.json": '"name": "shop"',
    "compose.yaml": "POSTGRES_DB",
    "report.py": "RETRIES",
    "default.conf": "upstream",
    "src.tar.gz": "cron.d",
    "core": "000010",
}
SIZES = pytest.mark.parametrize("size", [NARROW, WIDE], ids=["80x24", "200x50"])
Run = Callable[[Pilot[None]], Awaitable[None]]


def showing(name: str) -> Run:
    """The preview of a file; on a narrow terminal it has the screen."""
    return after(LISTED, "slash", *name.partition(".")[0], "enter", "4", then=FILES[name])


@SIZES
@pytest.mark.parametrize("name", FILES)
def test_preview(snap_compare: Compare, name: str, size: tuple[int, int]) -> None:
    assert snap_compare(VolumeApp(engine(), START), terminal_size=size, run_before=showing(name))


@pytest.mark.parametrize("name", ["compose.yaml", "report.py", "src.tar.gz"])
def test_in_16_colours(snap_compare: Compare, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.delenv("COLORTERM")
    assert snap_compare(VolumeApp(engine(), START), terminal_size=NARROW, run_before=showing(name))


@pytest.mark.parametrize("name", ["compose.yaml", "report.py"])
def test_without_colours(snap_compare: Compare, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    assert snap_compare(VolumeApp(engine(), START), terminal_size=NARROW, run_before=showing(name))
