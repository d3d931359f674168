"""The form for a clone: what it suggests, what it refuses, and the job it ends in."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.fakes import FakeEngine
from tests.showcase import volume
from tests.ui.screen import Seen, running
from tests.ui.test_keys import offered
from tui.engine.creating import NewVolume
from tui.engine.holders import Holder
from tui.engine.model import ContainerState, Volume
from tui.screens.main import MainScreen

WRITER = Holder("1", "web", "nginx", ContainerState.RUNNING, ("/data",), read_only=False)
PGDATA = volume("pgdata", 0)
TREE = {"pgdata": {"a": b"x" * 1024, "b": b"y" * 1024}}
COMPOSE = "com.docker.compose.project"


async def opened(seen: Seen) -> None:
    await seen.sees("Details", "pgdata")
    await seen.press("c")
    await seen.sees("Clone pgdata", "2.0 KiB in 2 files", "128.0 GiB free")


async def test_a_name_is_suggested_and_enter_is_enough() -> None:
    engine = FakeEngine([PGDATA, volume("pgdata-copy", 0)], TREE)
    async with running(engine) as seen:
        await opened(seen)
        await seen.sees("pgdata-copy-2")
        await seen.press("enter")
        await seen.until(lambda: bool(engine.cloned), "the clone")
        await seen.sees_no("Clone pgdata")
    assert engine.cloned == [("pgdata", NewVolume("pgdata-copy-2", labels=PGDATA.labels), False)]


async def test_a_taken_name_is_said_as_it_is_typed_and_refused() -> None:
    engine = FakeEngine([PGDATA, volume("pgdata-copyx", 0)], TREE)
    async with running(engine) as seen:
        await opened(seen)
        await seen.press("x")
        await seen.sees("There is a volume named pgdata-copyx already.")
        await seen.press("enter")
        await seen.sees("There is a volume named pgdata-copyx already.")
        await seen.press("slash")
        await seen.sees("it is a path")
    assert engine.cloned == []


async def test_who_writes_is_named_and_has_to_be_accepted() -> None:
    engine = FakeEngine([PGDATA], TREE)
    engine.held = {"pgdata": [WRITER]}
    async with running(engine) as seen:
        await opened(seen)
        await seen.sees("Writers", "web", "not while they write")
        await seen.press("enter")
        await seen.sees("or clone it hot")
        await seen.press("tab", "right")
        await seen.sees("● hot", "different moments")
        await seen.press("enter", "enter")  # On to the last line, and behind that.
        await seen.until(lambda: bool(engine.cloned), "the clone")
    assert [hot for _, _, hot in engine.cloned] == [True]


@pytest.mark.parametrize("keeps", [False, True])
async def test_labels_of_compose_are_dropped_unless_kept(keeps: bool) -> None:
    labelled = replace(PGDATA, labels={"kept": "yes", COMPOSE: "shop"}, project="shop")
    engine = FakeEngine([labelled], TREE)
    async with running(engine) as seen:
        await opened(seen)
        await seen.sees("two volumes for one", "● without those of compose")
        await seen.press("tab")
        if keeps:
            await seen.press("right")
            await seen.sees("● all of them")
        await seen.press("shift+tab", "enter")
        await seen.until(lambda: bool(engine.cloned), "the clone")
    kept = {"kept": "yes", **({COMPOSE: "shop"} if keeps else {})}
    assert engine.cloned[0][1].labels == kept


async def test_driver_options_of_the_same_device_are_refused() -> None:
    device = "/srv/data"
    bound = replace(volume("srv", 0), options={"type": "none", "o": "bind", "device": device})
    engine = FakeEngine([PGDATA, bound], TREE)
    async with running(engine) as seen:
        await opened(seen)
        await seen.press("tab", "right")
        await seen.sees("● with options", "Options", "looked at before anything is copied")
        await seen.press("tab", "tab")
        for option in ("type=none", "o=bind", f"device={device}"):
            await seen.press(*option, "tab")
        await seen.sees("the same data as srv")
        await seen.press("shift+tab", "enter")
        await seen.sees("the same data as srv")
        await seen.press("escape")
        await seen.sees("once more closes the form")
        await seen.press("escape")
        await seen.sees_no("Clone pgdata")
    assert engine.cloned == []


async def test_an_incomplete_volume_is_marked_and_no_source() -> None:
    half: Volume = replace(PGDATA, incomplete=True)
    async with running(FakeEngine([half], TREE)) as seen:
        await seen.sees("! pgdata", "never came to its end")
        await seen.press("c")
        await seen.pilot.pause()
        assert isinstance(seen.app.screen, MainScreen)
        hits = await offered(seen)
        assert "incomplete: whoever filled it" in str(hits["Clone"].help)


async def test_read_only_clones_nothing() -> None:
    async with running(FakeEngine([PGDATA], TREE, read_only=True)) as seen:
        await seen.sees("pgdata")
        await seen.press("c")
        await seen.pilot.pause()
        assert isinstance(seen.app.screen, MainScreen)
