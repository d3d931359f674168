"""Deleting and emptying as pictures: look at it before accepting another."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from errno import EBUSY, EPERM

import pytest
from textual.pilot import Pilot

from tests.showcase import engine
from tests.snapshots.test_snapshots import NARROW, WIDE, Compare, seen
from tui.app import VolumeApp
from tui.engine.emptying import Failure
from tui.engine.errors import VolumeInUse
from tui.screens.deleting import DeleteScreen
from tui.screens.main import MainScreen

SIZES = pytest.mark.parametrize("size", [NARROW, WIDE], ids=["80x24", "200x50"])


def deleting(
    *names: str, choosing: int = 99, typing: str = "", then: str
) -> Callable[[Pilot[None]], Awaitable[None]]:
    """Mark volumes and press d; choose so many containers, or all, and type."""

    async def act(pilot: Pilot[None]) -> None:
        await seen(pilot, "gitea-data")
        main = pilot.app.screen
        assert isinstance(main, MainScreen)
        for name in names:
            main.volumes.table.seek(name)
            if len(names) > 1:
                await pilot.press("space")
        await pilot.press("d")
        await seen(pilot, "Space chooses")
        dialog = pilot.app.screen
        assert isinstance(dialog, DeleteScreen)
        while dialog.refusal() and len(dialog.boxes.chosen) < choosing:
            await pilot.press("space")
        await pilot.press(*typing)
        if then.startswith("Not"):
            await pilot.press("enter")
        await seen(pilot, then)
        await pilot.pause()

    return act


@SIZES
def test_in_use(snap_compare: Compare, size: tuple[int, int]) -> None:
    run = deleting("pgdata", choosing=1, then="db-replica, pgadmin hold it")
    assert snap_compare(VolumeApp(engine()), terminal_size=size, run_before=run)


@SIZES
def test_several(snap_compare: Compare, size: tuple[int, int]) -> None:
    run = deleting("pgdata", "redis-cache", "share", choosing=2, then="redis, pgadmin hold them")
    assert snap_compare(VolumeApp(engine()), terminal_size=size, run_before=run)


def test_chosen_and_typed_without_colours(
    snap_compare: Compare, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    run = deleting("pgdata", typing="pgd", then="pgd")
    assert snap_compare(VolumeApp(engine()), terminal_size=NARROW, run_before=run)


@SIZES
def test_what_stayed(snap_compare: Compare, size: tuple[int, int]) -> None:
    fake = engine()
    fake.unremovable["pgdata"] = VolumeInUse(
        "pgdata is in use by late (running).", hint="Look again."
    )
    typing, then = "delete 2", "Not everything was deleted"
    run = deleting("pgdata", "redis-cache", typing=typing, then=then)
    assert snap_compare(VolumeApp(fake), terminal_size=size, run_before=run)


def test_read_only(snap_compare: Compare) -> None:
    fake = engine()
    fake.read_only = True

    async def run(pilot: Pilot[None]) -> None:
        await seen(pilot, "gitea-data")
        await pilot.press("d")
        await pilot.pause()

    assert snap_compare(VolumeApp(fake), terminal_size=NARROW, run_before=run)


@SIZES
def test_emptying(snap_compare: Compare, size: tuple[int, int]) -> None:
    async def run(pilot: Pilot[None]) -> None:
        await seen(pilot, "gitea-data")
        await pilot.press("slash", *"pgd", "enter", "X")
        await seen(pilot, "not readable")
        await seen(pilot, "may write")
        await pilot.press(*"pgd")
        await pilot.pause()

    assert snap_compare(VolumeApp(engine()), terminal_size=size, run_before=run)


def test_emptied_in_part(snap_compare: Compare) -> None:
    fake = engine()
    fake.undeletable["pgdata"] = (
        Failure("/base/1/PG_VERSION", EPERM), Failure("/pg_wal", EBUSY),
    )  # fmt: skip

    async def run(pilot: Pilot[None]) -> None:
        await seen(pilot, "gitea-data")
        await pilot.press("slash", *"pgd", "enter", "X")
        await seen(pilot, "not readable")
        await seen(pilot, "may write")
        await pilot.press(*"pgdata", "enter")
        await seen(pilot, "Not everything is gone")
        await pilot.pause()

    assert snap_compare(VolumeApp(fake), terminal_size=NARROW, run_before=run)
