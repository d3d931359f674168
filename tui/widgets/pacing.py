"""Work that is asked for more often than it is worth doing."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable

_SHARE = 3
"""A piece of work is followed by a pause that is so many times as long."""


class Pacer:
    """Does one piece of work soon after it was asked for, never twice at once."""

    def __init__(self, work: Callable[[], Awaitable[None]], pause: float) -> None:
        """`pause`: seconds at least between the end of the work and its next begin."""
        self._work = work
        self._pause = pause
        self._asked = asyncio.Event()

    def ask(self) -> None:
        """Do it, or do it once more if it is under way."""
        self._asked.set()

    async def run(self) -> None:
        """Do what is asked for, until cancelled."""
        while await self._asked.wait():
            self._asked.clear()
            began = time.monotonic()
            await self._work()
            await asyncio.sleep(max(self._pause, _SHARE * (time.monotonic() - began)))
