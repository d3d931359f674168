"""Prune as pictures: the choice, the question, what became of them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace

import pytest
from textual.pilot import Pilot

from tests.fakes import FakeEngine
from tests.showcase import VOLUMES, mount, volume
from tests.snapshots.test_snapshots import NARROW, WIDE, Compare, seen
from tui.app import VolumeApp
from tui.engine.changes import Changed
from tui.engine.errors import VolumeInUse
from tui.engine.volumes import SNAPSHOT_LABEL

SIZES = pytest.mark.parametrize("size", [NARROW, WIDE], ids=["80x24", "200x50"])
BUILD, CACHE = "7b" * 32, "c4" * 32


def engine() -> FakeEngine:
    """Nine candidates of every kind."""
    labels = {"com.docker.compose.project": "shop", "backup": "nightly"}
    fake = FakeEngine([
        *VOLUMES,
        volume(BUILD, 1_204_000_000, anonymous=True),
        volume(CACHE, None, anonymous=True),
        volume("pgdata-20261101T120000Z", 1_900_000_000, labels={SNAPSHOT_LABEL: "pgdata"}),
        volume("shop_old-media", 5_240_000_000, project="shop", labels=labels),
        volume("tmp-migration", 88_000, labels={"owner": "dev"}),
    ])  # fmt: skip
    words = f"{BUILD} is in use by ci-runner-7, which was started meanwhile."
    fake.unremovable = {BUILD: VolumeInUse(words, hint="Prune again when it has ended.")}
    return fake


Act = Callable[[Pilot[None]], Awaitable[None]]


def pruning(*keys: str, then: str) -> Act:
    async def act(pilot: Pilot[None]) -> None:
        await seen(pilot, "gitea-data")
        await pilot.press("P")
        await seen(pilot, "chosen")
        await pilot.press(*keys)
        await seen(pilot, then)

    return act


@SIZES
def test_choice(snap_compare: Compare, size: tuple[int, int]) -> None:
    fake = engine()

    async def act(pilot: Pilot[None]) -> None:
        await pruning("G", "space", "k", "k", then="4 of 9 chosen")(pilot)
        number = next(n for n, each in enumerate(fake.listed) if each.name == CACHE)
        fake.listed[number] = replace(fake.listed[number], mounts=(mount("builder", "/c"),))
        fake.happened.put(Changed())
        await seen(pilot, "in use by")

    assert snap_compare(VolumeApp(fake), terminal_size=size, run_before=act)


@SIZES
def test_question(snap_compare: Compare, size: tuple[int, int]) -> None:
    act = pruning("G", "space", "k", "space", "d", then="Type delete 5")
    assert snap_compare(VolumeApp(engine()), terminal_size=size, run_before=act)


@SIZES
def test_result(snap_compare: Compare, size: tuple[int, int]) -> None:
    act = pruning("d", "y", then="1 stayed")
    assert snap_compare(VolumeApp(engine()), terminal_size=size, run_before=act)


def test_choice_in_16_colours(snap_compare: Compare, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLORTERM", "")
    monkeypatch.setenv("TERM", "xterm")
    act = pruning("G", then="3 of 9 chosen")
    assert snap_compare(VolumeApp(engine()), terminal_size=NARROW, run_before=act)


def test_choice_without_colours(snap_compare: Compare, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    act = pruning("G", then="3 of 9 chosen")
    assert snap_compare(VolumeApp(engine()), terminal_size=NARROW, run_before=act)


def test_result_without_colours(snap_compare: Compare, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    act = pruning("d", "y", then="1 stayed")
    assert snap_compare(VolumeApp(engine()), terminal_size=NARROW, run_before=act)
