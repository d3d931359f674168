"""The engine's stream of events, over an HTTP connection of its own that may be silent for hours.

Source: Engine API `GET /events`: JSON objects, one a line, as long as the connection lasts.
"""

from __future__ import annotations

import contextlib
import http.client
import json
import queue
import socket
import threading
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit

from tui.engine.cancel import refuse_cancelled, waking
from tui.engine.endpoint import Endpoint
from tui.engine.errors import EngineError, EngineUnreachable, ProtocolError
from tui.engine.fields import Fields
from tui.engine.foreign import answered, mapped
from tui.engine.transport import dial, error_message

_CALL = "GET /events"
_PIECE = 1 << 16
_LARGEST = 1 << 20
"""Bytes of one event: it repeats the labels of a container."""


class EventStream:
    """Events as they come; a context manager that ends the connection."""

    def __init__(self, endpoint: Endpoint, target: str, deadline: float) -> None:
        """Ask for `target`, path and query; `deadline` s for the head of the answer.

        Raises `EngineError`: `CallRefused` or `EngineFailed` where there are no events to be had.
        """
        self._endpoint = endpoint
        self._arrived: queue.SimpleQueue[Fields | EngineError | None] = queue.SimpleQueue()
        with mapped(endpoint, deadline, _CALL):
            self._socket = dial(endpoint, deadline)
            try:
                with waking(self._shut_down):
                    self._answer = self._ask(target)
            except BaseException:
                self._socket.close()
                refuse_cancelled()
                raise
        self._socket.settimeout(None)
        self._reader = threading.Thread(target=self._read, name="voltui-events", daemon=True)
        self._reader.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._shut_down()
        self._reader.join(1.0)
        self._answer.close()
        self._socket.close()

    def next(self, timeout: float) -> Fields | None:
        """The next event; None after so many seconds without one.

        Raises `EngineError` at the end of the stream, `Cancelled` when nobody waits any more.
        """
        with waking(lambda: self._arrived.put(None)):
            refuse_cancelled()
            try:
                event = self._arrived.get(timeout=timeout)
            except queue.Empty:
                return None
            refuse_cancelled()
        if isinstance(event, EngineError):
            raise event
        return event

    def _ask(self, target: str) -> http.client.HTTPResponse:
        self._socket.sendall(f"GET {target} HTTP/1.1\r\nHost: docker\r\n\r\n".encode())
        answer = http.client.HTTPResponse(self._socket, method="GET")
        answer.begin()
        if answer.status != 200:
            said = error_message(answer.read(_PIECE))
            answer.close()
            path = urlsplit(target).path
            raise answered(self._endpoint, answer.status, "GET", path, said)
        return answer

    def _read(self) -> None:
        """Cut what comes into events, until the stream ends."""
        try:
            with mapped(self._endpoint, 0.0, _CALL):
                self._read_lines()
        except EngineError as error:
            self._arrived.put(error)
        else:
            told = f"The engine at {self._endpoint.url} ended its stream of events."
            self._arrived.put(EngineUnreachable(told))

    def _read_lines(self) -> None:
        rest = b""
        while piece := self._answer.read1(_PIECE):
            *lines, rest = (rest + piece).split(b"\n")
            if len(rest) > _LARGEST:
                raise ProtocolError(f"{_CALL} answered with an event of more than 1 MiB.")
            for line in filter(None, map(bytes.strip, lines)):
                self._arrived.put(_parse(line))

    def _shut_down(self) -> None:
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)


def _parse(line: bytes) -> Fields:
    try:
        return Fields(json.loads(line), _CALL)
    except (ValueError, RecursionError):
        raise ProtocolError(f"{_CALL} answered with something that is no JSON.") from None
