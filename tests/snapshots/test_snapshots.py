"""Each state of the screen as a picture; look at it before accepting another."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable

import pytest
from textual.pilot import Pilot

from tests.fakes import REMOTE, FakeEngine
from tests.hostile import hostile_engine
from tests.showcase import PGDATA, VOLUMES, engine
from tui.app import VolumeApp
from tui.engine.errors import EngineUnreachable
from tui.widgets.preview import PreviewPane

Compare = Callable[..., bool]
NARROW, WIDE = (80, 24), (200, 50)
INSIDE = ("pgdata", "/")
GONE = EngineUnreachable(
    "No engine answers at unix:///var/run/docker.sock (default socket): it does not exist.",
    hint="Start the engine, or name another one with --host.",
)


def after(text: str, *keys: str, then: str = "") -> Callable[[Pilot[None]], Awaitable[None]]:
    """Press keys once a text is seen, and wait for another one."""

    async def act(pilot: Pilot[None]) -> None:
        await seen(pilot, text)
        await pilot.press(*keys)
        await seen(pilot, then)
        await settled(pilot)

    return act


async def settled(pilot: Pilot[None]) -> None:
    """Wait until the preview shows all it can, colours included."""
    preview = pilot.app.screen_stack[0].query_one(PreviewPane)
    end = time.monotonic() + 30
    while preview.reading:
        assert time.monotonic() < end, shown(pilot)
        await asyncio.sleep(0.005)
    await pilot.pause()


async def seen(pilot: Pilot[None], text: str) -> None:
    end = time.monotonic() + 30
    while text not in shown(pilot):
        assert time.monotonic() < end, shown(pilot)
        await pilot.pause()
        await asyncio.sleep(0.005)


def shown(pilot: Pilot[None]) -> str:
    strips = pilot.app.screen._compositor.render_strips()
    return "\n".join("".join(part.text for part in strip) for strip in strips)


@pytest.mark.parametrize("size", [NARROW, WIDE], ids=["80x24", "200x50"])
def test_volumes(snap_compare: Compare, size: tuple[int, int]) -> None:
    run = after("gitea-data", "slash", *"pg", "enter", "escape", "space", then="Attached")
    assert snap_compare(VolumeApp(engine()), terminal_size=size, run_before=run)


@pytest.mark.parametrize("size", [NARROW, WIDE], ids=["80x24", "200x50"])
def test_files(snap_compare: Compare, size: tuple[int, int]) -> None:
    run = after("29 entries", "G", "k", "k", "space", "k", then="listen_addresses")
    assert snap_compare(VolumeApp(engine(), INSIDE), terminal_size=size, run_before=run)


def test_preview_of_a_binary(snap_compare: Compare) -> None:
    run = after("29 entries", "slash", *"core", "enter", "enter", then="000010")
    assert snap_compare(VolumeApp(engine(), INSIDE), terminal_size=NARROW, run_before=run)


@pytest.mark.parametrize(
    ("keys", "then"),
    [
        (["question_mark"], "Everywhere"),
        (["comma"], "Sort by"),
        (["slash", *"data"], "3 of 14"),
        (["slash", *"xyz"], "No volume has"),
        (["i"], "Mountpoint"),
    ],
    ids=["help", "sort", "filter", "nothing", "inspect"],
)
def test_over_the_list(snap_compare: Compare, keys: list[str], then: str) -> None:
    run = after("gitea-data", *keys, then=then)
    assert snap_compare(VolumeApp(engine()), terminal_size=NARROW, run_before=run)


def test_unreachable(snap_compare: Compare) -> None:
    fake = FakeEngine(endpoint=REMOTE)
    fake.error = GONE
    run = after("R retries")
    assert snap_compare(VolumeApp(fake), terminal_size=NARROW, run_before=run)


def test_stale(snap_compare: Compare) -> None:
    fake = FakeEngine(VOLUMES, read_only=True)

    async def run(pilot: Pilot[None]) -> None:
        await seen(pilot, "gitea-data")
        fake.error = GONE
        await pilot.press("R")
        await seen(pilot, "Stale.")

    assert snap_compare(VolumeApp(fake), terminal_size=NARROW, run_before=run)


def test_unreadable_folder(snap_compare: Compare) -> None:
    fake = FakeEngine(VOLUMES, {"pgdata": {"secret": PGDATA["pg_private"]}})
    run = after("1 entry", "enter", then="goes up")
    assert snap_compare(VolumeApp(fake, INSIDE), terminal_size=NARROW, run_before=run)


def test_hostile(snap_compare: Compare) -> None:
    run = after("pwned")
    assert snap_compare(VolumeApp(hostile_engine()), terminal_size=NARROW, run_before=run)


def test_no_colours(snap_compare: Compare, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    run = after("29 entries", "G", "space", then="1 marked")
    assert snap_compare(VolumeApp(engine(), INSIDE), terminal_size=NARROW, run_before=run)
