"""The real agent on a folder of this machine in place of helper containers."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.agent.process import AgentProcess
from tests.fakes import FakeEngine
from tui.engine.agent import AgentConnection
from tui.engine.files import VolumeFiles
from tui.engine.helpers import OpenHelpers
from tui.engine.model import Volume


class LocalHelpers(OpenHelpers):
    """Leases of one agent, whatever volume they are for."""

    def __init__(self, binary: Path, folder: Path) -> None:
        self._process = AgentProcess([str(binary), "--root", str(folder)])
        self._agent_connection = self._process.connect()

    @contextmanager
    def lease(self, _volume: Volume) -> Iterator[AgentConnection]:
        """The agent, which stays open."""
        yield self._agent_connection

    def leave(self, _volume: str) -> None:
        """Nothing closes before the end."""

    def close(self, timeout: float) -> None:
        """End the agent."""
        self._agent_connection.close()
        self._process.popen.wait(timeout)

    def end(self) -> None:
        """Close its pipes too."""
        self._process.end()


class LocalEngine(FakeEngine):
    """Volumes in memory; every one of them holds the same real folder."""

    local: LocalHelpers
    closing = 0.0
    """Seconds that closing takes."""

    def open(self, volume: Volume) -> VolumeFiles:
        """Its files, by the agent."""
        return VolumeFiles(self.local, volume)

    def close(self) -> None:
        """End the agent."""
        threading.Event().wait(self.closing)
        self.local.close(10)
        super().close()
