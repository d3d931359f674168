"""The form for a new volume, as a picture; look at it before accepting another."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.showcase import VOLUMES, engine, volume
from tests.snapshots.test_snapshots import NARROW, WIDE, after
from tui.app import VolumeApp

Compare = Callable[..., bool]

SIZES = pytest.mark.parametrize("size", [NARROW, WIDE], ids=["80x24", "200x50"])


@SIZES
def test_empty(snap_compare: Compare, size: tuple[int, int]) -> None:
    run = after("Attached", "a", then="rclone")
    assert snap_compare(VolumeApp(engine()), terminal_size=size, run_before=run)


@SIZES
def test_nfs(snap_compare: Compare, size: tuple[int, int]) -> None:
    fake = engine()
    nas = {"type": "nfs", "device": ":/export/media", "o": "addr=nas.example"}
    fake.listed = [*VOLUMES, volume("media-old", 70_000_000, options=nas)]
    run = after(
        "Attached", "a", *"media", "tab", "tab", "left", "left", "tab", *"nas.example", "tab",
        *"/export/media", "tab", *"nfsvers=4.2,soft", "tab", *"owner=ada", then="same data",
    )  # fmt: skip
    assert snap_compare(VolumeApp(fake), terminal_size=size, run_before=run)


@SIZES
def test_cifs_of_a_taken_name(snap_compare: Compare, size: tuple[int, int]) -> None:
    run = after(
        "Attached", "a", *"pgdata", "tab", "tab", "left", "tab", *"nas", "tab", *"media", "tab",
        *"joe", "tab", *"hunter2", "enter", then="Choose another",
    )  # fmt: skip
    assert snap_compare(VolumeApp(engine()), terminal_size=size, run_before=run)
