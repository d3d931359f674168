"""Cancel: how work that waits in a thread learns that nobody wants its outcome any more."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from contextvars import ContextVar

from tui.engine.errors import Cancelled


class Cancel:
    """Whoever waits for the outcome of a thread calls `cancel` when they go away."""

    def __init__(self) -> None:
        # A signal handler may cancel what this very thread is about to wait for.
        self._lock = threading.RLock()
        self._wakers: list[Callable[[], None]] = []
        self.called = False

    def cancel(self) -> None:
        """Wake what waits, once."""
        with self._lock:
            wakers = [] if self.called else list(self._wakers)
            self.called = True
        for wake in wakers:
            wake()

    @contextmanager
    def waking(self, wake: Callable[[], None]) -> Iterator[None]:
        """Inside the block a cancel calls `wake`, in its own thread; at once if it came before."""
        with self._lock:
            self._wakers.append(wake)
            late = self.called
        if late:
            wake()
        try:
            yield
        finally:
            with self._lock:
                self._wakers.remove(wake)


_CURRENT: ContextVar[Cancel | None] = ContextVar("voltui_cancel", default=None)


@contextmanager
def working_for(cancel: Cancel | None) -> Iterator[None]:
    """Inside the block, this thread's work may be cancelled by `cancel`; by nobody if None."""
    token = _CURRENT.set(cancel)
    try:
        yield
    finally:
        _CURRENT.reset(token)


def waking(wake: Callable[[], None]) -> AbstractContextManager[None]:
    """Inside the block a cancel of this work calls `wake`; then `refuse_cancelled` raises."""
    current = _CURRENT.get()
    return nullcontext() if current is None else current.waking(wake)


def refuse_cancelled() -> None:
    """Raise `Cancelled` if this thread's work was cancelled."""
    current = _CURRENT.get()
    if current is not None and current.called:
        raise Cancelled("Nobody waits for this any more.")
