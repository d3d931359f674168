"""What an engine's changes told so far, heard in a thread of its own."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from tests.engines.waiting import wait_for
from tui.engine import Engine
from tui.engine.cancel import Cancel, working_for
from tui.engine.changes import EngineChange
from tui.engine.errors import Cancelled


class Heard:
    """The changes in order, to be waited for."""

    def __init__(self, engine: Engine) -> None:
        self.told: list[EngineChange] = []
        self.cancel = Cancel()
        self.cancelled = False
        self._thread = threading.Thread(target=self._hear, args=(engine,), daemon=True)
        self._thread.start()

    def _hear(self, engine: Engine) -> None:
        try:
            with working_for(self.cancel):
                for change in engine.changes():
                    self.told.append(change)
        except Cancelled:
            self.cancelled = True

    def last(self, kind: type[EngineChange]) -> EngineChange | None:
        """The last one, if it is of that kind."""
        return self.told[-1] if self.told and isinstance(self.told[-1], kind) else None

    def count(self, kind: type[EngineChange]) -> int:
        return sum(isinstance(change, kind) for change in self.told)

    def until_more(self, kind: type[EngineChange], than: int, timeout: float = 30) -> None:
        """Wait until more than so many of that kind were told."""
        wait_for(lambda: self.count(kind) > than, f"a {kind.__name__}", timeout)

    def end(self) -> None:
        self.cancel.cancel()
        self._thread.join(30)
        assert not self._thread.is_alive()
        assert self.cancelled


@contextmanager
def listening(engine: Engine) -> Iterator[Heard]:
    """Hear what happens inside the block, whatever its first line does included."""
    heard = Heard(engine)
    try:
        yield heard
    finally:
        heard.end()
