"""What a user sees and does, for tests of the running app."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from functools import partial

from textual.pilot import Pilot

from tests.fakes import FakeEngine
from tui.app import VolumeApp
from tui.config import Config
from tui.widgets.table import VirtualTable

DEADLINE = 30.0
"""Seconds a condition may take to come true."""


class Seen:
    """The running app, by keys and by the text on its screen."""

    def __init__(self, app: VolumeApp, pilot: Pilot[None]) -> None:
        self.app = app
        self.pilot = pilot

    @property
    def text(self) -> str:
        strips = self.app.screen._compositor.render_strips()
        return "\n".join("".join(part.text for part in strip).rstrip() for strip in strips)

    def line(self, containing: str) -> str:
        return next(line for line in self.text.split("\n") if containing in line)

    @property
    def cursor_line(self) -> str:
        table = self.app.screen.focused
        return (table.name_under_cursor if isinstance(table, VirtualTable) else None) or ""

    async def press(self, *keys: str) -> None:
        await self.pilot.press(*keys)

    async def type(self, text: str) -> None:
        await self.pilot.press(*text)

    async def until(self, condition: Callable[[], bool], what: str) -> None:
        end = time.monotonic() + DEADLINE
        while not condition():
            if time.monotonic() > end:
                raise AssertionError(f"{what} did not come:\n{self.text}")
            await self.pilot.pause()
            await asyncio.sleep(0.005)

    async def sees(self, *texts: str) -> None:
        for text in texts:
            await self.until(partial(self._shows, text), repr(text))

    def _shows(self, text: str) -> bool:
        return text in self.text

    async def at(self, name: str) -> None:
        """The cursor of the list in focus stands on it; focus moves a moment after the picture."""
        await self.until(lambda: self.cursor_line == name, f"the cursor on {name!r}")

    async def sees_no(self, text: str) -> None:
        await self.until(lambda: text not in self.text, f"the end of {text!r}")


@asynccontextmanager
async def running(
    engine: FakeEngine,
    size: tuple[int, int] = (80, 24),
    start: tuple[str, str] | None = None,
    *,
    ascii: bool = False,  # noqa: A002
    config: Config | None = None,
) -> AsyncIterator[Seen]:
    app = VolumeApp(engine, start, ascii=ascii, config=config)
    async with app.run_test(size=size, notifications=True) as pilot:
        yield Seen(app, pilot)
        engine.answers.set()
        engine.freed.set()
