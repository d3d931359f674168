"""The terminal as Textual drives it, noticing input before the app is handed a key."""

from __future__ import annotations

import select
import time

from textual import events
from textual.drivers.linux_driver import LinuxDriver
from textual.message import Message

_HANDED_OVER_WITHIN = 0.01
"""Seconds within which the driver's thread makes keys of what it has read, and the app has them."""


class NoticingDriver(LinuxDriver):
    """Textual's own driver. Its thread waits its turn while work goes on in the event loop's, and
    what it hands over takes three turns of the loop: work that knows of it can rest instead."""

    _noticed = -_HANDED_OVER_WITHIN
    """Monotonic time at which input was on its way last."""

    @property
    def has_input(self) -> bool:
        """Whether there is input that the app may not have been handed yet."""
        if select.select([self.fileno], [], [], 0)[0]:
            self._noticed = time.monotonic()
        return time.monotonic() < self._noticed + _HANDED_OVER_WITHIN

    def send_message(self, message: Message) -> None:
        """Hand an event to the app, from the driver's thread."""
        if isinstance(message, events.Key | events.Paste):
            self._noticed = time.monotonic()
        super().send_message(message)
