"""Prune on a real engine: what goes and what stays is what its own lists say before and after."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from tests.integration.conftest import Things
from tests.ui.screen import Seen
from tests.ui.test_pruning import chosen, prune
from tui.app import VolumeApp
from tui.calls import call
from tui.engine import Engine

ANONYMOUS = {"com.docker.volume.anonymous": ""}


@asynccontextmanager
async def browsing(engine: Engine) -> AsyncIterator[Seen]:
    app = VolumeApp(engine)
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        yield Seen(app, pilot)


def listed(things: Things) -> set[str]:
    """The engine's own list."""
    return {str(volume["Name"]) for volume in things.engine.api.get("/volumes")["Volumes"]}


@pytest.fixture
def five(things: Things) -> dict[str, str]:
    """Five volumes nobody uses, and one that is in use."""
    names = {
        "first": things.volume("0a" * 32, Labels=ANONYMOUS),
        "second": things.volume("0b" * 32, Labels=ANONYMOUS),
        "looks": things.volume("0c" * 32),
        "named": things.volume("old-backups"),
        "project": things.volume("shop_data", Labels={"com.docker.compose.project": "shop"}),
        "used": things.volume("wiki"),
    }
    for name in ("first", "named"):
        (things.folder(names[name]) / "data").write_bytes(b"x" * 100_000)
    things.container([f"{names['used']}:/data"], ["true"])
    return names


async def test_two_of_five_go_and_nothing_else(
    things: Things, engine: Engine, five: dict[str, str]
) -> None:
    before = listed(things)
    async with browsing(engine) as seen:
        await seen.sees("6 volumes")
        pane = await prune(seen)
        assert chosen(pane) == [five["first"], five["second"]]
        await seen.press("j", "space", "G", "k", "space")
        await seen.sees("2 of 5 chosen, frees 195.3 KiB  ")
        await seen.press("d")
        await seen.sees("Remove 2 volumes?", "Type old-backups", five["first"])
        assert listed(things) == before
        await seen.type("old-backups")
        await seen.press("enter")
        await seen.sees("2 removed, 195.3 KiB freed")
        await seen.press("escape")
        await seen.sees("4 volumes", "Details")
    assert before - listed(things) == {five["first"], five["named"]}


async def test_what_comes_into_use_behind_the_question_stays(
    things: Things, engine: Engine, five: dict[str, str]
) -> None:
    before = listed(things)
    async with browsing(engine) as seen:
        await seen.sees("6 volumes")
        await prune(seen)
        await seen.press("d")
        await seen.sees("Remove 2 volumes?", "y Yes")
        things.container([f"{five['first']}:/data"], ["true"], Hostname="late")
        await seen.press("y")
        await seen.sees("1 removed, ", "1 stayed", "is in use by")
    assert before - listed(things) == {five["second"]}


async def test_what_is_removed_and_made_elsewhere_is_seen(
    things: Things, engine: Engine, five: dict[str, str]
) -> None:
    async with browsing(engine) as seen:
        await seen.sees("6 volumes")
        pane = await prune(seen)
        await seen.sees("2 of 5 chosen, frees 97.7 KiB  ")
        await call(things.remove_volume, five["second"])
        made = things.volume("0d" * 32, Labels=ANONYMOUS)
        await seen.sees("1 of 5 chosen", "0d0d0d0d0d0d…")
        container = things.container([f"{five['first']}:/data"], ["true"])
        await seen.sees("Nothing of 4 chosen", "in use by")
        things.engine.api.delete(f"/containers/{container}")
        await seen.sees("Nothing of 5 chosen")
        assert made in pane.rows.names
