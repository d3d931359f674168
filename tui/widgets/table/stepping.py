"""Runs work that was cut into steps: a slice at a time, keys are served in between."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterator

SLICE = 0.006
"""Seconds the event loop may be kept from serving keys."""


class Stepper:
    """Does one piece of work at a time; what fits into the first slice is done at once."""

    def __init__(self, progressed: Callable[[], None], finished: Callable[[], None]) -> None:
        self._progressed = progressed
        self._finished = finished
        self._rest: asyncio.Task[None] | None = None

    @property
    def busy(self) -> bool:
        """Whether steps are left."""
        return self._rest is not None

    def start(self, steps: Iterator[None]) -> None:
        """Do the steps in place of those under way."""
        self.stop()
        if _exhausted(steps):
            self._finished()
        else:
            self._rest = asyncio.create_task(self._go_on(steps))

    def stop(self) -> None:
        """Leave what is under way."""
        if self._rest:
            self._rest.cancel()
            self._rest = None

    async def _go_on(self, steps: Iterator[None]) -> None:
        while True:
            self._progressed()
            await asyncio.sleep(0.001)
            if _exhausted(steps):
                break
        self._rest = None
        self._finished()


def _exhausted(steps: Iterator[None]) -> bool:
    """Run steps for one slice of time; whether none are left."""
    end = time.perf_counter() + SLICE
    return all(time.perf_counter() <= end for _ in steps)
