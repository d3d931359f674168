"""Keys typed faster than they are answered: each waits until the one before it has been done.

Textual takes a key at once and aims it at what has the focus at that moment; what the key before it
opens, moves or filters may come a few messages later. So a key that finds another on its way
stays here until every message that one caused has been handled.
"""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from weakref import WeakKeyDictionary

from textual import events
from textual.app import App
from textual.widget import Widget

from tui.calls import begin

NEVER_WAIT = {"ctrl+c", "ctrl+z", "ctrl+q"}
"""Keys that work whatever is stuck."""

LONGEST = 5.0
"""Seconds after which a key goes its way though the one before it is not done."""

_QUIET = 4
"""Turns of the event loop without a message after which a key is done: a worker needs two to begin
what it was started for."""

_SPIN = 200
"""Turns of the event loop taken one after the other; then there are pauses between them."""

_PAINTED_WITHIN = 0.03
"""Seconds within which Textual paints what a key changed, if it changed anything."""

_WRITTEN_WITHIN = 0.005
"""Seconds within which Textual's thread writes what was painted, if it is given its turn."""

_PAUSE = 0.002
"""Seconds of such a pause."""

Typed = events.Key | events.Paste


class TypeAhead:
    """Serves one key at a time, in the order they were typed."""

    def __init__(self, app: App[None], holds: Callable[[Typed], bool]) -> None:
        """`holds` says whether a key has to wait for what is about to be listed."""
        self._app = app
        self._holds = holds
        self._kept: deque[Typed] = deque()
        self._released: Typed | None = None
        self._serving = 0
        self._holding = False
        self._unpainted = 0.0
        """Monotonic time until which the answer to the last key is about to be painted."""
        self._watch: asyncio.Task[None] | None = None
        self._aims: WeakKeyDictionary[Typed, Widget | None] = WeakKeyDictionary()
        """What had the focus when a key that is under way set out."""

    @property
    def under_way(self) -> bool:
        """Whether a key is on its way, or done but not painted; one held for rows is not."""
        if self._watch is not None:
            return not self._holding
        return time.monotonic() < self._unpainted

    def painted(self) -> None:
        """Called when the terminal was sent something."""
        self._unpainted = time.monotonic() + _WRITTEN_WITHIN

    def keeps(self, event: Typed) -> bool:
        """Keep a key that has to wait; False for one that is to be served now."""
        if event is self._released:
            self._released = None
            return False
        if isinstance(event, events.Key) and event.key in NEVER_WAIT:
            return False
        waits = self._watch is not None or self._holds(event)
        if waits:
            self._kept.append(event)
        if self._watch is None:
            self._watch = begin(self._serve_kept(), self._app)
        return waits

    def aim(self, event: Typed, focused: Widget | None) -> Typed:
        """The key as it sets out for what has the focus."""
        self._aims[event] = focused
        return event

    def aimed(self, event: Typed, focused: Widget | None) -> Typed:
        """The key that came back from what had the focus, or one that sets out again."""
        if self._aims.pop(event, focused) is focused:
            return event
        if isinstance(event, events.Key):
            return self.aim(events.Key(event.key, event.character), focused)
        return self.aim(events.Paste(event.text), focused)

    @contextmanager
    def serving(self) -> Iterator[None]:
        """While a key's action is at work."""
        self._serving += 1
        try:
            yield
        finally:
            self._serving -= 1

    async def _serve_kept(self) -> None:
        while True:
            await self._settle()
            if not self._kept:
                break
            await self._hold(self._kept[0])
            self._released = self._kept.popleft()
            self._app.post_message(self._released)
        self._watch = None
        self._unpainted = time.monotonic() + _PAINTED_WITHIN

    async def _settle(self) -> None:
        """Wait until everything the last key caused has been handled."""
        end = time.monotonic() + LONGEST
        turns = quiet = 0
        while quiet < _QUIET and time.monotonic() < end and self._app.is_running:
            await asyncio.sleep(0 if turns < _SPIN else _PAUSE)
            turns += 1
            quiet = quiet + 1 if self._is_quiet() else 0

    async def _hold(self, event: Typed) -> None:
        self._holding = True
        for _ in range(int(LONGEST / _PAUSE)):
            if not self._app.is_running or not self._holds(event):
                break
            await asyncio.sleep(_PAUSE)
        self._holding = False

    def _is_quiet(self) -> bool:
        app = self._app
        if self._serving or self._released or app.message_queue_size:
            return False
        if any(screen.message_queue_size for screen in app.screen_stack):
            return False
        return all(
            node.is_mounted and not node.message_queue_size
            for node in app.screen.walk_children(Widget, with_self=True)
        )
