"""The agent as a subprocess, as a `ByteStream` and with frames by hand."""

from __future__ import annotations

import os
import subprocess

from tui.engine.agent import AgentConnection
from tui.engine.protocol import Frame, FrameReader


class AgentProcess:
    """One agent; its pipes are the stream."""

    def __init__(self, command: list[str]) -> None:
        self.popen = subprocess.Popen(
            command,
            bufsize=0,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        assert self.popen.stdin
        assert self.popen.stdout
        self._stdin = self.popen.stdin
        self._stdout = self.popen.stdout
        self._reader = FrameReader()
        self._frames: list[Frame] = []

    def recv(self, size: int, /) -> bytes:
        return os.read(self._stdout.fileno(), size)

    def sendall(self, data: bytes, /) -> None:
        view = memoryview(data)
        while view:
            view = view[os.write(self._stdin.fileno(), view) :]

    def close(self) -> None:
        """End stdin, which ends the agent and with it its stdout."""
        if not self._stdin.closed:
            self._stdin.close()

    def wait(self) -> int:
        """The exit status."""
        return self.popen.wait(10)

    def connect(self, deadline: float = 10.0) -> AgentConnection:
        """Shake hands."""
        connection = AgentConnection(self, deadline=deadline)
        connection.hello()
        return connection
