"""What a voltui that died has left stopped is asked about at the next start."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from tests.fakes import FakeEngine
from tests.showcase import volume
from tests.ui.screen import running
from tui.engine.errors import ContainerGone, EngineFailed
from tui.engine.journal import Stopped
from tui.engine.model import ContainerState
from tui.screens.main import MainScreen


def stopped(name: str) -> Stopped:
    at = datetime(2026, 11, 19, 14, 2, tzinfo=UTC)
    return Stopped(f"id-{name}", name, "app-db", ContainerState.RUNNING, "", at, 20.0)


def engine(*, read_only: bool = False) -> FakeEngine:
    fake = FakeEngine([volume("app-db", 1)], read_only=read_only)
    fake.stopped_told = [stopped("web"), stopped("db")]
    return fake


async def test_they_are_named_and_started_again() -> None:
    fake = engine()
    async with running(fake) as seen:
        await seen.sees("2 containers left stopped", "Nov 19 14:02, to delete app-db", "○ web")
        await seen.sees("They were stopped:")
        await seen.press("y")
        await seen.sees("Started again: db, web.")
        assert fake.stopped_told == []
        assert isinstance(seen.app.screen, MainScreen)


async def test_they_are_left_and_not_asked_about_again() -> None:
    fake = engine()
    async with running(fake) as seen:
        await seen.sees("left stopped")
        await seen.press("l")
        await seen.sees_no("left stopped")
        assert fake.stopped_told == []


@pytest.mark.parametrize("key", ["escape", "enter", "q", "n"])
async def test_any_other_answer_asks_again_later(key: str) -> None:
    fake = engine()
    async with running(fake) as seen:
        await seen.sees("left stopped")
        await seen.press(key)
        await seen.sees_no("left stopped")
        assert len(fake.stopped_told) == 2
        assert isinstance(seen.app.screen, MainScreen)


async def test_who_does_not_come_back_says_why() -> None:
    fake = engine()
    fake.unstartable = {
        "web": EngineFailed("web was started again and ended at once with status 1."),
        "db": ContainerGone("db no longer exists and cannot be started again."),
    }
    async with running(fake) as seen:
        await seen.sees("left stopped")
        await seen.press("y")
        await seen.sees("Not all of them run again", "ended at once with status 1", "no longer")
        await seen.press("escape")
        await seen.sees_no("Not all of them")
        assert [each.name for each in fake.stopped_told] == ["web"]


async def test_it_is_not_asked_over_something_else() -> None:
    fake = engine()
    fake.answers.clear()
    async with running(fake) as seen:
        await seen.sees("Asking the engine")
        await seen.press("question_mark")
        await seen.sees("Everywhere")
        fake.answers.set()
        await seen.sees("1 volume", "Docker 27.3.1")
        assert "left stopped" not in seen.text
        await seen.press("escape")
        await seen.sees("2 containers left stopped")


async def test_read_only_does_not_ask() -> None:
    fake = engine(read_only=True)
    async with running(fake) as seen:
        await seen.sees("app-db", "Docker 27.3.1")
        await seen.pilot.pause()
        assert isinstance(seen.app.screen, MainScreen)
