"""A signal while something is being changed: what is under way comes to an end that can be told."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from types import FrameType

from tui.engine.cancel import Cancel

_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
_SAID = b"\nvoltui: Ending what is under way. Once more ends voltui at once.\n"


class Interruption:
    """Whether there was a signal."""

    def __init__(self) -> None:
        self.status = 0
        """Exit status that says so, 130 for Ctrl+C; 0 without a signal."""


@contextmanager
def interruptible(cancel: Cancel) -> Iterator[Interruption]:
    """Inside the block the first signal only calls `cancel`; the next ends the program as ever."""
    interruption = Interruption()
    before = {number: signal.getsignal(number) for number in _SIGNALS}

    def interrupt(number: int, frame: FrameType | None) -> None:
        handler = before[signal.Signals(number)]
        if interruption.status and callable(handler):
            handler(number, frame)
        interruption.status = 128 + number
        cancel.cancel()
        if os.isatty(2):
            with suppress(OSError):  # Not through a stream: it may be in the middle of a write.
                os.write(2, _SAID)

    for number, handler in before.items():
        if callable(handler):  # What is ignored, as by nohup, stays ignored.
            signal.signal(number, interrupt)
    try:
        yield interruption
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
