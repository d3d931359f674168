"""The helpers that are open: few for browsing, each closed soon after its last need, and one for
each change that is under way.
"""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from functools import partial

from tui.engine.agent import AgentConnection
from tui.engine.cancel import refuse_cancelled, working_for
from tui.engine.connection import Connection
from tui.engine.errors import HelperFailed
from tui.engine.helper import HelperContainer
from tui.engine.model import EngineInfo, Volume

MOST_OPEN = 2
"""Browsing helpers at once; one more measures sizes."""

IDLE_LIMIT = 30.0
"""Seconds a helper stays after the last need for it."""

LEFT_LIMIT = 5.0
"""The same after the view left the volume."""

_WAIT_FOR_SLOT = 10.0


@dataclass(eq=False)
class _Slot:
    """The helper of one volume, while somebody needs it or may soon."""

    volume: str
    helper: HelperContainer | None = None
    leases: int = 0
    used: float = field(default_factory=time.monotonic)
    limit: float = IDLE_LIMIT
    starting: threading.Lock = field(default_factory=threading.Lock)
    barred: bool = False
    """Whether it was taken away from those who need it; nothing starts in it any more."""


class OpenHelpers:
    """Leases of agents by volume; opens and closes their containers."""

    def __init__(self, connection: Connection, info: Callable[[], EngineInfo]) -> None:
        self._connection = connection
        self._info = info
        self._slots: dict[str, _Slot] = {}
        self._lock = threading.RLock()
        self._freed = threading.Condition(self._lock)
        """A slot may have become free."""
        self._sooner = threading.Condition(self._lock)
        """A helper may have to go sooner than the keeper knows."""
        self._closing: list[threading.Thread] = []
        self._keeper: threading.Thread | None = None
        self._closed = False
        self._working: list[HelperContainer] = []
        self._barred: Counter[str] = Counter()
        """Volumes that are about to be removed, and by how many."""

    def containers(self) -> list[str]:
        """Names of the containers that are open."""
        with self._lock:
            browsing = [slot.helper for slot in self._slots.values() if slot.helper]
            return [helper.container for helper in (*browsing, *self._working)]

    @contextmanager
    def barred(self, volume: str) -> Iterator[None]:
        """Inside the block a volume has no helper of ours: an open one is closed before, however
        many need it, and none is opened.
        """
        with self._lock:
            self._barred[volume] += 1
            slot = self._slots.pop(volume, None)
            if slot is not None:
                slot.barred = True
        try:
            if slot is not None:
                _close(slot)
            yield
        finally:
            with self._lock:
                self._barred[volume] -= 1

    @contextmanager
    def lease(self, volume: Volume) -> Iterator[AgentConnection]:
        """The agent of the volume's helper, which stays open meanwhile; raises `EngineError`."""
        slot = self._take(volume.name)
        try:
            yield self._agent(slot, volume)
        finally:
            with self._lock:
                slot.leases -= 1
                slot.used = time.monotonic()
                unused = slot.helper is None and slot.leases == 0
                if unused and self._slots.get(slot.volume) is slot:
                    del self._slots[slot.volume]
                self._freed.notify_all()

    def writing(self, volume: Volume) -> AbstractContextManager[AgentConnection]:
        """Inside the block an agent may change the volume, in a helper of its own beside the one
        for browsing; raises `EngineError`.
        """
        return self.working([volume], writing=[volume.name])

    @contextmanager
    def working(
        self, volumes: Sequence[Volume], *, writing: Collection[str] = ()
    ) -> Iterator[AgentConnection]:
        """Inside the block an agent has these volumes, in a helper of its own beside those for
        browsing: one at `/`, several at `/0`, `/1`, …; it may change those named in `writing`.

        Raises `EngineError`.
        """
        names = [volume.name for volume in volumes]
        self._refuse_any_barred(names)
        helper = HelperContainer.start(self._connection, self._info(), volumes, writing=writing)
        with self._lock:
            self._working.append(helper)
        try:
            self._refuse_any_barred(names)
            yield helper.agent
        finally:
            with self._lock:
                self._working.remove(helper)
            with working_for(None):  # Cancelled work closes it too.
                helper.close()

    def leave(self, volume: str) -> None:
        """Nobody looks at the volume any more: close its helper sooner."""
        with self._lock:
            if slot := self._slots.get(volume):
                slot.limit = LEFT_LIMIT
                self._sooner.notify()

    def close(self, timeout: float) -> None:
        """Close all helpers side by side and wait for that at most `timeout` seconds."""
        with self._lock:
            self._closed = True
            slots = list(self._slots.values())
            self._slots.clear()
            self._freed.notify_all()
            self._sooner.notify()
            for slot in slots:
                self._close(slot)
            for helper in self._working:
                self._end(helper.close)
            closing = self._closing
        end = time.monotonic() + timeout
        for thread in closing:
            thread.join(max(0.0, end - time.monotonic()))

    def _take(self, volume: str) -> _Slot:
        """Count a lease on the volume's slot, making room for it where all are taken."""
        end = time.monotonic() + _WAIT_FOR_SLOT
        with self._lock:
            while volume not in self._slots and len(self._slots) >= MOST_OPEN:
                idle = [slot for slot in self._slots.values() if slot.leases == 0]
                if idle:
                    self._drop(min(idle, key=lambda slot: slot.used))
                elif not self._freed.wait(end - time.monotonic()):
                    raise HelperFailed("Other volumes are being read; try again when that is done.")
            self._refuse_barred(volume)
            if volume not in self._slots:
                self._slots[volume] = _Slot(volume)
                self._sooner.notify()
            slot = self._slots[volume]
            slot.leases += 1
            slot.limit = IDLE_LIMIT
            if self._keeper is None:
                self._keeper = _in_background(self._keep, "voltui-keep")
            return slot

    def _agent(self, slot: _Slot, volume: Volume) -> AgentConnection:
        with slot.starting:
            if slot.helper is not None and slot.helper.agent.closed:
                lost, slot.helper = slot.helper, None
                self._end(lost.close)
            self._refuse_barred(slot.volume, slot.barred)
            if slot.helper is None:
                refuse_cancelled()  # While others tried in vain: nobody waits for one more try.
                # Whoever comes next may need it, even if this one goes away meanwhile.
                with working_for(None):
                    slot.helper = HelperContainer.start(self._connection, self._info(), [volume])
            return slot.helper.agent

    def _refuse_any_barred(self, volumes: Sequence[str]) -> None:
        with self._lock:
            for volume in volumes:
                self._refuse_barred(volume)

    def _refuse_barred(self, volume: str, barred: bool = False) -> None:
        if self._closed:
            raise HelperFailed("The engine was closed.")
        if barred or self._barred[volume]:
            raise HelperFailed(f"{volume} is being removed.")

    def _drop(self, slot: _Slot) -> None:
        del self._slots[slot.volume]
        self._close(slot)

    def _close(self, slot: _Slot) -> None:
        self._end(partial(_close, slot))

    def _end(self, close: Callable[[], None]) -> None:
        """Close in a thread that `close` of this object waits for."""
        self._closing = [thread for thread in self._closing if thread.is_alive()]
        self._closing.append(_in_background(close, "voltui-close"))

    def _keep(self) -> None:
        """Until closed: drop helpers nobody needed for their limit."""
        with self._lock:
            while not self._closed:
                now = time.monotonic()
                for slot in list(self._slots.values()):
                    if slot.leases == 0 and now - slot.used >= slot.limit:
                        self._drop(slot)
                self._sooner.wait(self._next_look())

    def _next_look(self) -> float | None:
        """Seconds until a helper may have to go; None while there is none.

        One that is needed has its whole limit before it: the end of a lease need not be told.
        """
        now = time.monotonic()
        ends = [(now if s.leases else s.used) + s.limit for s in self._slots.values()]
        return max(0.05, min(ends) - now) if ends else None


def _close(slot: _Slot) -> None:
    """Close the helper of a slot, once it has started."""
    with slot.starting:
        if slot.helper is not None:
            slot.helper.close()


def _in_background(function: Callable[[], None], name: str) -> threading.Thread:
    thread = threading.Thread(target=function, name=name, daemon=True)
    thread.start()
    return thread
