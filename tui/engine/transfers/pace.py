"""Pace: states of a transfer are told about five times a second."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Generator

from tui.engine.cancel import refuse_cancelled, waking
from tui.engine.transfers.progress import Progress

EVERY = 0.2
"""Seconds between two states."""


class Pace:
    """Whether it is time for the next one."""

    def __init__(self) -> None:
        self._next = time.monotonic() + EVERY

    def due(self) -> bool:
        """True once in so many seconds."""
        now = time.monotonic()
        if now < self._next:
            return False
        self._next = now + EVERY
        return True


def patiently(work: Callable[[], None], state: Progress) -> Generator[Progress, None, None]:
    """Do what cannot be interrupted, in a thread; an `OSError` of it is raised.

    Cancelled, `Cancelled` is raised at once, and the thread left to itself.
    """
    failed: list[OSError] = []
    woken, ended = threading.Event(), threading.Event()

    def run() -> None:
        try:
            work()
        except OSError as error:
            failed.append(error)
        finally:
            ended.set()
            woken.set()

    threading.Thread(target=run, name="voltui-patient", daemon=True).start()
    yield state
    with waking(woken.set):
        while not ended.is_set():
            if not woken.wait(EVERY):
                yield state
            if not ended.is_set():
                refuse_cancelled()
    if failed:
        raise failed[0]
