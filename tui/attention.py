"""Whether anybody sits before the screen: what is only held open for them need not stay open."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Protocol, runtime_checkable

AWAY_AFTER = 600.0
"""Seconds without a key or a click after which nobody is there."""


class Attention:
    """Notices when the user goes away and when they are back."""

    def __init__(self) -> None:
        self._last = time.monotonic()
        self._away = False
        self._goes: list[Callable[[], None]] = []
        self._comes: list[Callable[[], None]] = []

    def tell(self, goes: Callable[[], None], comes: Callable[[], None]) -> None:
        """Call `goes` when the user goes away, and `comes` at their next key."""
        self._goes.append(goes)
        self._comes.append(comes)

    def noticed(self) -> None:
        """They pressed a key or moved the mouse."""
        self._last = time.monotonic()
        if self._away:
            self._away = False
            for comes in self._comes:
                comes()

    def quiet_for(self, seconds: float) -> bool:
        """Whether they did nothing for so long."""
        return time.monotonic() - self._last >= seconds

    def look(self) -> None:
        """Find out whether they went away; called from time to time."""
        if not self._away and self.quiet_for(AWAY_AFTER):
            self._away = True
            for goes in self._goes:
                goes()


@runtime_checkable
class Attended(Protocol):
    """An app that knows whether anybody is there."""

    @property
    def attention(self) -> Attention:
        """What it notices of the user."""
