"""What only reads is asked over HTTP connections of our own, kept for the next question.

The SDK and its HTTP library take about 100 ms to import, a third of the time to the first list; the
standard library's client takes 25. Source: Engine API, every `GET` that answers with JSON.
"""

from __future__ import annotations

import contextlib
import http.client
import json
import logging
import socket
import threading
from time import monotonic
from typing import Any
from urllib.parse import urlsplit

from tui.engine.endpoint import Endpoint
from tui.engine.foreign import answered, mapped, no_engine, too_large, unfinished

_log = logging.getLogger(__name__)

_IN_ALL = 3
"""How many times the deadline of silence a whole answer may take."""
_LARGEST = 256 << 20
"""Bytes of an answer: a hundred times those of an engine with 10,000 containers."""
_PIECE = 1 << 18


class Transport:
    """HTTP connections to one endpoint: one for each question under way."""

    def __init__(self, endpoint: Endpoint) -> None:
        self.endpoint = endpoint
        self._idle: list[_Connection] = []
        self._lock = threading.Lock()
        self._closed = False

    def get_json(self, path: str, deadline: float) -> Any:
        """The JSON that answers `GET path`, of any shape.

        Raises `EngineError`, after `deadline` s of silence or 3 times as long in all too.
        """
        call = f"GET {path}"
        started = monotonic()
        told = "no answer"
        try:
            with mapped(self.endpoint, deadline, call):
                status, body = self._get(path, deadline)
            told = str(status)
        finally:
            spent = (monotonic() - started) * 1000
            _log.debug("%s: %s in %.0f ms", call.partition("?")[0], told, spent)
        if status >= 400:
            raise answered(self.endpoint, status, "GET", path, error_message(body))
        if not 200 <= status < 300:
            raise no_engine(self.endpoint)
        try:
            return json.loads(body)
        except (ValueError, RecursionError):
            raise no_engine(self.endpoint) from None

    def ping(self, deadline: float) -> None:
        """Return once anything answers `GET /_ping`; raises `EngineError`."""
        with mapped(self.endpoint, deadline, "GET /_ping"):
            self._get("/_ping", deadline)

    def close(self) -> None:
        """Close every idle connection; one under way is closed when its question is answered."""
        with self._lock:
            self._closed = True
            idle, self._idle = self._idle, []
        for connection in idle:
            connection.close()

    def _get(self, path: str, deadline: float) -> tuple[int, bytes]:
        """Status and body; an idle connection the engine has closed meanwhile costs no error."""
        with self._lock:
            idle = self._idle.pop() if self._idle else None
        if idle is not None:
            with contextlib.suppress(ConnectionError):
                return self._ask(idle, path, deadline)
        return self._ask(_Connection(self.endpoint, deadline), path, deadline)

    def _ask(self, connection: _Connection, path: str, deadline: float) -> tuple[int, bytes]:
        answer: tuple[int, bytes] | None = None
        try:
            answer = connection.ask(path, deadline)
        finally:
            with self._lock:
                keep = answer is not None and not self._closed
                if keep:
                    self._idle.append(connection)
            if not keep:
                connection.close()
        return answer


class _Connection(http.client.HTTPConnection):
    """An HTTP/1.1 connection to the endpoint's socket."""

    sock: _Timed | None

    def __init__(self, endpoint: Endpoint, deadline: float) -> None:
        super().__init__("docker")
        self._endpoint = endpoint
        self._deadline = deadline

    def connect(self) -> None:
        """Connect as the endpoint says."""
        self.sock = self._dial()

    def ask(self, path: str, deadline: float) -> tuple[int, bytes]:
        """Status and body of the answer to `GET path`."""
        self._deadline = deadline
        call = f"GET {path}"
        until = monotonic() + _IN_ALL * deadline
        self.sock = self.sock or self._dial()
        self.sock.allow(deadline, until)
        try:
            self.request("GET", path)
            with self.getresponse() as answer:
                return answer.status, self._body(answer, call)
        except TimeoutError:
            if monotonic() < until:
                raise
            raise unfinished(self._endpoint, _IN_ALL * deadline, call) from None

    def _dial(self) -> _Timed:
        return _Timed(fileno=dial(self._endpoint, self._deadline).detach())

    def _body(self, answer: http.client.HTTPResponse, call: str) -> bytes:
        body = bytearray()
        while piece := answer.read1(_PIECE):
            body += piece
            if len(body) > _LARGEST:
                raise too_large(self._endpoint, _LARGEST, call)
        if answer.length:
            raise http.client.IncompleteRead(bytes(body), answer.length)
        return bytes(body)


class _Timed(socket.socket):
    """A socket whose reading ends after a time of silence, and at one moment however it goes on."""

    _silence = 0.0
    _until = 0.0

    def allow(self, silence: float, until: float) -> None:
        """Seconds of silence, and the moment on the monotonic clock when the reading has to end."""
        self._silence, self._until = silence, until
        self.settimeout(silence)

    def recv_into(self, *arguments: Any) -> int:
        """Read; raises `TimeoutError` for either end."""
        left = self._until - monotonic()
        if left <= 0:
            raise TimeoutError
        self.settimeout(min(self._silence, left))
        return super().recv_into(*arguments)


def dial(endpoint: Endpoint, deadline: float) -> socket.socket:
    """A connected socket with a timeout of `deadline` s; raises `OSError`."""
    if not endpoint.socket:
        parts = urlsplit(endpoint.url)
        connection = socket.create_connection((parts.hostname or "", parts.port or 2375), deadline)
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return connection
    connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        connection.settimeout(deadline)
        connection.connect(endpoint.socket)
    except BaseException:
        connection.close()
        raise
    return connection


def error_message(body: bytes) -> str:
    """What an answer of 400 or above says: the engine's JSON, or a proxy's text."""
    try:
        told = json.loads(body)
    except (ValueError, RecursionError):
        told = None
    message = told.get("message") if isinstance(told, dict) else None
    return message if isinstance(message, str) else body.decode("utf-8", "replace").strip()
