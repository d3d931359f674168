"""A folder that is being watched, by what was told of it so far."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from tests.engines.waiting import wait_for
from tui.engine.agent import AgentConnection
from tui.engine.cancel import Cancel, working_for
from tui.engine.errors import EngineError
from tui.engine.model import Entry
from tui.engine.watching import FolderChanged, Watching, watch


class Watched:
    """Applies what is told to a picture of the folder, in a thread of its own."""

    def __init__(self, agent: AgentConnection, path: str, age: float = 0.0) -> None:
        self.begun: Watching | None = None
        self.told: list[FolderChanged] = []
        self.entries: dict[str, Entry] = {}
        """What the folder holds, listed where that was needed and else as it was told."""
        self.error: EngineError | None = None
        self.cancel = Cancel()
        self.may_go_on = threading.Event()
        """Cleared: nothing more is taken."""
        self.may_go_on.set()
        self._thread = threading.Thread(target=self._take, args=(agent, path, age), daemon=True)
        self._thread.start()

    def _take(self, agent: AgentConnection, path: str, age: float) -> None:
        try:
            with working_for(self.cancel):
                for told in watch(agent, path, time.monotonic() - age):
                    if isinstance(told, FolderChanged):
                        self._apply(told)
                    if isinstance(told, Watching) or told.overflow:
                        listed = agent.entries(path)
                        self.entries = {entry.name: entry for batch in listed for entry in batch}
                    if isinstance(told, Watching):
                        self.begun = told
                    self.may_go_on.wait()
        except EngineError as error:
            self.error = error

    def _apply(self, told: FolderChanged) -> None:
        self.entries |= {entry.name: entry for entry in told.entries}
        for name in told.gone:
            self.entries.pop(name, None)
        self.told.append(told)

    def until(self, condition: Callable[[], object], what: str) -> None:
        wait_for(condition, what, 30)

    def end(self) -> None:
        self.cancel.cancel()
        self.may_go_on.set()
        self._thread.join(30)
        assert not self._thread.is_alive()


@contextmanager
def watched(agent: AgentConnection, path: str = "/", age: float = 0.0) -> Iterator[Watched]:
    """Watch inside the block, from its first line on."""
    seen = Watched(agent, path, age)
    try:
        seen.until(lambda: seen.begun or seen.error, "the begin of the watch")
        yield seen
    finally:
        seen.end()
