"""How the app ends: asked about jobs that are under way, and never before the engine is closed."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING

from textual import work
from textual.app import App

from tui.calls import call
from tui.engine import Engine

if TYPE_CHECKING:
    from tui.jobs import Jobs

CLOSE_WITHIN = 3.0
"""Seconds that the end may take."""

END_WITHIN = 1.5
"""Seconds of them in which work that is under way may end; what a removal stopped and could not
start again by then is in its journal, and what a job made so far carries its mark.
"""

AGAIN_WITHIN = 2.0
"""Seconds in which a second Ctrl+c quits."""


class LeavingApp(App[None]):
    """Ends by a key, by Ctrl+c twice, or by a signal, which asks nothing."""

    def __init__(self, engine: Engine, *, ansi_color: bool | None) -> None:
        super().__init__(ansi_color=ansi_color)
        self._engine = engine
        self._interrupted = 0.0

    @property
    def jobs(self) -> Jobs:
        """Transfers that work while the user goes on."""
        raise NotImplementedError

    def action_interrupt(self) -> None:
        """Quit at the second Ctrl+c; the first may have been meant for a selection."""
        now = asyncio.get_running_loop().time()
        if now - self._interrupted < AGAIN_WITHIN:
            self.ask_to_leave()
            return
        self._interrupted = now
        self.notify("Press Ctrl+c again to quit.", markup=False, timeout=AGAIN_WITHIN)

    async def action_quit(self) -> None:
        """Quit, after a question while jobs are under way."""
        self.ask_to_leave()

    def ask_to_leave(self) -> None:
        """Leave at once where nothing is lost by it."""
        from tui.screens.quitting import QuitScreen

        jobs = self.jobs.unfinished
        if not jobs:
            self.leave()
        elif not isinstance(self.screen, QuitScreen):
            self.push_screen(QuitScreen(jobs), self._answered)

    def _answered(self, yes: bool | None) -> None:
        if yes:
            self.leave()

    def close_engine(self) -> None:
        """In a thread: end the jobs, then what is open on the engine."""
        self.jobs.cancel()
        self.jobs.wait(END_WITHIN)
        self._engine.close()

    @work(exclusive=True, group="quit")
    async def leave(self, status: int = 0) -> None:
        """Say so, end what works, close the engine, leave with an exit status."""
        from tui.screens.closing import ClosingScreen
        from tui.screens.working import Working

        working = [screen for screen in self.screen_stack if isinstance(screen, Working)]
        end = asyncio.get_running_loop().time() + CLOSE_WITHIN
        jobs = self.jobs.unfinished
        self.jobs.cancel()
        self.push_screen(ClosingScreen(len(jobs)))
        for screen in working:
            with suppress(TimeoutError):
                await asyncio.wait_for(screen.stop_work(), END_WITHIN)
        with suppress(TimeoutError):
            left = end - asyncio.get_running_loop().time()
            await asyncio.wait_for(call(self.close_engine), left)
        self.exit(return_code=status)
