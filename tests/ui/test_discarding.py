"""What a voltui that died has left half-made is asked about at the next start."""

from __future__ import annotations

from datetime import UTC, datetime

from tests.fakes import FakeEngine
from tests.showcase import volume
from tests.ui.screen import running
from tests.ui.test_recovering import stopped
from tui.engine.errors import VolumeInUse
from tui.engine.transfers.journal import Filling
from tui.screens.main import MainScreen

AT = datetime(2026, 11, 19, 14, 2, tzinfo=UTC)


def engine() -> FakeEngine:
    fake = FakeEngine([volume("app-db", 1)])
    fake.left_half_made = [
        Filling("clone", "new", "ab", "app-db", AT, "host/7"),
        Filling("import", "other", "cd", "other.tar", AT, "host/7"),
    ]
    return fake


async def test_they_are_named_and_removed() -> None:
    fake = engine()
    async with running(fake) as seen:
        await seen.sees("2 volumes left half-made", "! new", "Nov 19 14:02, clone of app-db")
        await seen.sees("! other", "import of other.tar")
        await seen.press("y")
        await seen.sees("Removed: new, other.")
        assert fake.left_half_made == []
        assert isinstance(seen.app.screen, MainScreen)


async def test_nothing_goes_unasked() -> None:
    fake = engine()
    async with running(fake) as seen:
        await seen.sees("left half-made")
        await seen.press("escape")
        await seen.sees_no("left half-made")
        assert len(fake.left_half_made) == 2


async def test_they_are_left_and_not_asked_about_again() -> None:
    fake = engine()
    async with running(fake) as seen:
        await seen.sees("left half-made")
        await seen.press("l")
        await seen.sees_no("left half-made")
        assert fake.left_half_made == []


async def test_one_that_stays_says_why() -> None:
    fake = engine()
    fake.undiscardable = {"new": VolumeInUse("new is in use by web (running).")}
    async with running(fake) as seen:
        await seen.sees("left half-made")
        await seen.press("y")
        await seen.sees("Not all of them are gone", "new is in use by web (running).", "removed")
        await seen.press("escape")
        await seen.sees_no("Not all of them")


async def test_stopped_containers_are_asked_about_before() -> None:
    fake = engine()
    fake.stopped_told = [stopped("web")]
    async with running(fake) as seen:
        await seen.sees("1 container left stopped")
        await seen.press("escape")
        await seen.sees("2 volumes left half-made")
