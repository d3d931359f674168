"""The agent as a subprocess: a `ByteStream`, or frames by hand."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from tui.engine.agent import AgentConnection
from tui.engine.protocol import (
    PROTOCOL,
    AgentError,
    Frame,
    FrameReader,
    FrameType,
    Json,
    encode_frame,
    encode_request,
    parse_error,
)

PROJECT = Path(__file__).resolve().parents[2]

FINAL = {FrameType.DONE, FrameType.ERROR}


def agent_binary() -> Path:
    """The agent for this machine, compiled if it is not up to date."""
    subprocess.run([sys.executable, "tui/agent/build.py"], cwd=PROJECT, check=True)
    architecture = {"x86_64": "amd64", "aarch64": "arm64"}[os.uname().machine]
    return PROJECT / "tui" / "agent" / "bin" / f"voltui-agent-linux-{architecture}"


class AgentProcess:
    """One agent; its pipes are the stream. What is not read holds the agent after 64 KiB."""

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
        assert self.popen.stderr
        self.stdin = self.popen.stdin
        self.stdout = self.popen.stdout
        self.stderr = self.popen.stderr
        self._reader = FrameReader()
        self._frames: list[Frame] = []
        self._connections: list[AgentConnection] = []

    def recv(self, size: int, /) -> bytes:
        return os.read(self.stdout.fileno(), size)

    def sendall(self, data: bytes | memoryview, /) -> None:
        view = memoryview(data)
        try:
            while view:
                view = view[self.stdin.write(view) :]
        except ValueError as error:  # another thread closed it
            raise BrokenPipeError from error

    def close(self) -> None:
        """End stdin, which ends the agent and with it its stdout."""
        if not self.stdin.closed:
            self.stdin.close()

    def wait(self) -> int:
        """The exit status."""
        return self.popen.wait(30)

    def end(self) -> None:
        """End the agent and close its pipes, once nobody reads them any more.

        A thread that is about to read would take the answers of whoever gets the number of the
        pipe next.
        """
        self.close()
        self.wait()
        for connection in self._connections:
            connection._reader.join(30)
        self.stdout.close()
        self.stderr.close()

    def connect(self, deadline: float = 30.0) -> AgentConnection:
        """Shake hands as the client does."""
        connection = AgentConnection(self, deadline=deadline)
        self._connections.append(connection)
        connection.hello()
        return connection

    def greet(self) -> None:
        """Shake hands by hand."""
        self.ask(1, "hello", protocol=PROTOCOL)
        assert self.next().type is FrameType.DONE

    def ask(self, request: int, op: str, path: str | None = None, **fields: Json | bytes) -> None:
        self.sendall(encode_request(request, op, path, **fields))

    def cancel(self, request: int) -> None:
        self.sendall(encode_frame(request, FrameType.CANCEL))

    def next(self) -> Frame:
        """The next frame; fails at the end of the stream."""
        while not self._frames:
            data = self.recv(65536)
            assert data, "the agent ended"
            self._frames += self._reader.feed(data)
        return self._frames.pop(0)

    def final(self, request: int) -> tuple[list[Frame], Frame]:
        """What comes for a request before its final frame, and that; the rest is dropped."""
        before: list[Frame] = []
        while True:
            frame = self.next()
            if frame.request == request:
                if frame.type in FINAL:
                    return before, frame
                before.append(frame)

    def error(self, request: int) -> AgentError:
        """The ERROR that ends a request."""
        _, frame = self.final(request)
        assert frame.type is FrameType.ERROR, frame
        return parse_error(frame.payload)
