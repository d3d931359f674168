"""Runs work that was cut into steps: a slice at a time, keys are served in between."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterator
from typing import Protocol, runtime_checkable

from textual.message_pump import MessagePump

from tui.calls import begin

SLICE = 0.0015
"""Seconds of CPU time the event loop may be kept from serving keys.

Time of the thread, not of the clock: what a busy machine gives to others is no work done.
"""

AT_ONCE = 0.05
"""The same for rows that replace others: better in order a moment later than twice in a moment."""

PAUSE = 0.001
"""Seconds between two looks at whether a key is still on its way."""


@runtime_checkable
class Paced(Protocol):
    """An app that tells whether a key is on its way: background work lets it pass."""

    @property
    def keys_under_way(self) -> bool:
        """Whether a key was pressed that nothing has answered yet."""


async def let_keys_pass(app: object) -> None:
    """Rest while a key is on its way, for a moment at most."""
    for _ in range(int(0.1 / PAUSE)):
        if not isinstance(app, Paced) or not app.keys_under_way:
            return
        await asyncio.sleep(PAUSE)


class Stepper:
    """Does one piece of work at a time; what fits into the first slice is done at once."""

    def __init__(
        self,
        owner: MessagePump,
        progressed: Callable[[], None],
        rest: Callable[[], Awaitable[None]],
    ) -> None:
        """`progressed` is called after each slice; `rest` before each, to let keys pass."""
        self._owner = owner
        self._progressed = progressed
        self._rested = rest
        self._rest: asyncio.Task[None] | None = None

    @property
    def busy(self) -> bool:
        """Whether steps are left."""
        return self._rest is not None

    def start(self, steps: Iterator[None], at_once: float = SLICE) -> None:
        """Do the steps in place of those under way; `at_once` is the length of the first slice."""
        self.stop()
        if not _exhausted(steps, at_once):
            self._rest = begin(self._go_on(steps), self._owner)
        self._progressed()

    def stop(self) -> None:
        """Leave what is under way."""
        if self._rest:
            self._rest.cancel()
            self._rest = None

    async def _go_on(self, steps: Iterator[None]) -> None:
        done = False
        while not done:
            await asyncio.sleep(0)
            await self._rested()
            done = _exhausted(steps, SLICE)
            if done:
                self._rest = None
            self._progressed()


def _exhausted(steps: Iterator[None], seconds: float) -> bool:
    """Run steps for a slice of time; whether none are left."""
    end = time.thread_time() + seconds
    return all(time.thread_time() <= end for _ in steps)
