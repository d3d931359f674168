"""The attached stdin and stdout of a container as one byte stream.

Source: Engine API `POST /containers/{id}/attach`: the connection is hijacked after status 101 (200
from a proxy that knows no upgrade); without a tty what comes is cut into frames of
`u8 stream, 3 zero bytes, u32 big-endian length`.
"""

from __future__ import annotations

import contextlib
import http.client
import socket
import struct
from urllib.parse import urlsplit

from tui.engine.endpoint import Endpoint
from tui.engine.foreign import answered, mapped
from tui.engine.transport import dial, error_message

_HEADER = struct.Struct(">BxxxL")
_STDOUT = 1
_STDERR_KEPT = 4096
_CHUNK = 64 * 1024
_CHOKED = struct.pack("ll", 120, 0)
"""Seconds and microseconds after which a write of which nothing is taken fails with `EAGAIN`."""


class AttachedStream:
    """Bytes to the stdin and from the stdout of a container; its stderr is kept for messages."""

    def __init__(self, connection: socket.socket) -> None:
        self._socket = connection
        self._rest = memoryview(b"")
        self._left = 0
        self._stream = 0
        self.stderr = b""
        """The last 4 KiB the container wrote to stderr."""

    def recv(self, size: int) -> memoryview:
        """At most `size` bytes of stdout, empty at the end of the stream; raises `OSError`.

        They are part of what the socket gave, which is not copied.
        """
        while True:
            if self._left == 0 and not self._next_frame():
                return memoryview(b"")
            if not self._rest and not self._receive():
                return memoryview(b"")
            data = self._rest[: min(self._left, size)]
            self._rest = self._rest[len(data) :]
            self._left -= len(data)
            if self._stream == _STDOUT and data:
                return data
            self.stderr = (self.stderr + data)[-_STDERR_KEPT:]

    def _next_frame(self) -> bool:
        while len(self._rest) < _HEADER.size:
            if not self._receive():
                return False
        self._stream, self._left = _HEADER.unpack_from(self._rest)
        self._rest = self._rest[_HEADER.size :]
        return True

    def _receive(self) -> bool:
        """Add what came, false at the end of the stream."""
        received = self._socket.recv(_CHUNK)
        self._rest = memoryview(bytes(self._rest) + received if self._rest else received)
        return bool(received)

    def sendall(self, data: bytes | memoryview) -> None:
        """Write to stdin; raises `OSError`."""
        self._socket.sendall(data)

    def close(self) -> None:
        """End the stream in both directions; who waits in `recv` gets its end."""
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()


def attach(endpoint: Endpoint, api_version: str, container: str, deadline: float) -> AttachedStream:
    """Attach to a container that is created or runs; raises `EngineError`."""
    path = f"/v{api_version}/containers/{container}/attach?stdin=1&stdout=1&stderr=1&stream=1"
    with mapped(endpoint, deadline, f"POST {path}"):
        connection = dial(endpoint, deadline)
        try:
            _upgrade(endpoint, connection, path)
        except BaseException:
            connection.close()
            raise
    connection.settimeout(None)
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_SNDTIMEO, _CHOKED)
    return AttachedStream(connection)


def _upgrade(endpoint: Endpoint, connection: socket.socket, path: str) -> None:
    """Ask for the hijack. Nothing follows the head yet: the agent speaks when it is asked."""
    connection.sendall(
        f"POST {path} HTTP/1.1\r\nHost: docker\r\nContent-Length: 0\r\n"
        "Connection: Upgrade\r\nUpgrade: tcp\r\n\r\n".encode()
    )
    answer = http.client.HTTPResponse(connection, method="POST")
    try:
        answer.begin()
        if answer.status not in {101, 200}:
            body = answer.read()
            raise answered(
                endpoint, answer.status, "POST", urlsplit(path).path, error_message(body)
            )
    finally:
        answer.close()
