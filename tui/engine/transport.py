"""What only reads is asked over HTTP connections of our own, kept for the next question.

The SDK and its HTTP library take about 100 ms to import, a third of the time to the first list; the
standard library's client takes 25. Source: Engine API, every `GET` that answers with JSON.
"""

from __future__ import annotations

import contextlib
import http.client
import json
import socket
import threading
from typing import Any
from urllib.parse import urlsplit

from tui.engine.endpoint import Endpoint
from tui.engine.foreign import answered, mapped, no_engine


class Transport:
    """HTTP connections to one endpoint: one for each question under way."""

    def __init__(self, endpoint: Endpoint) -> None:
        self.endpoint = endpoint
        self._idle: list[_Connection] = []
        self._lock = threading.Lock()
        self._closed = False

    def get_json(self, path: str, deadline: float) -> Any:
        """The answer to `GET path`; raises `EngineError`, after `deadline` s of silence too."""
        with mapped(self.endpoint, deadline, f"GET {path}"):
            status, body = self._get(path, deadline)
            if status >= 400:
                raise answered(self.endpoint, status, "GET", path, error_message(body))
            try:
                return json.loads(body)
            except ValueError:
                raise no_engine(self.endpoint) from None

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

    def __init__(self, endpoint: Endpoint, deadline: float) -> None:
        super().__init__("docker", timeout=deadline)
        self._endpoint = endpoint

    def connect(self) -> None:
        """Connect as the endpoint says."""
        self.sock = dial(self._endpoint, self.timeout or 0.0)

    def ask(self, path: str, deadline: float) -> tuple[int, bytes]:
        """Status and body of the answer to `GET path`."""
        self.timeout = deadline
        if self.sock is not None:
            self.sock.settimeout(deadline)
        self.request("GET", path)
        with self.getresponse() as answer:
            return answer.status, answer.read()


def dial(endpoint: Endpoint, deadline: float) -> socket.socket:
    """A connected socket with a timeout of `deadline` s; raises `OSError`."""
    parts = urlsplit(endpoint.url)
    if parts.scheme != "unix":
        connection = socket.create_connection((parts.hostname or "", parts.port or 2375), deadline)
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return connection
    connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        connection.settimeout(deadline)
        connection.connect(parts.path)
    except BaseException:
        connection.close()
        raise
    return connection


def error_message(body: bytes) -> str:
    """What an answer of 400 or above says: the engine's JSON, or a proxy's text."""
    try:
        return str(json.loads(body)["message"])
    except (ValueError, KeyError, TypeError):
        return body.decode("utf-8", "replace").strip()
