"""The few engine calls that starting and filling an engine need, on nothing but the library."""

from __future__ import annotations

import http.client
import json
import socket
from pathlib import Path
from typing import Any
from urllib.parse import urlencode


class EngineAPIError(Exception):
    """An answer of 400 or above; the message is the engine's."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(f"{status}: {message}")
        self.status = status


class _UnixConnection(http.client.HTTPConnection):
    def __init__(self, path: Path, timeout: float) -> None:
        super().__init__("engine", timeout=timeout)
        self._path = path

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(self.timeout)
        self.sock.connect(str(self._path))


class EngineAPI:
    """Calls on one engine's socket, each with a connection of its own."""

    def __init__(self, socket_path: Path, *, timeout: float = 60.0) -> None:
        self._path = socket_path
        self._timeout = timeout

    def get(self, path: str, **query: object) -> Any:
        """JSON answer of `GET path`."""
        return self._call("GET", path, query, None)

    def post(self, path: str, body: object = None, **query: object) -> Any:
        """JSON answer of `POST path` with a JSON body."""
        return self._call("POST", path, query, json.dumps(body or {}).encode())

    def post_tar(self, path: str, archive: bytes, **query: object) -> Any:
        """JSON answer of `POST path` with a tar archive as the body."""
        return self._call("POST", path, query, archive, "application/x-tar")

    def delete(self, path: str, **query: object) -> Any:
        """JSON answer of `DELETE path`."""
        return self._call("DELETE", path, query, None)

    def answers(self) -> bool:
        """Whether the engine answers `GET /_ping` now."""
        try:
            return self._exchange("GET", "/_ping", {}, None)[1] == b"OK"
        except (OSError, http.client.HTTPException, EngineAPIError):
            return False

    def _call(
        self,
        method: str,
        path: str,
        query: dict[str, object],
        body: bytes | None,
        kind: str = "application/json",
    ) -> Any:
        answer_kind, data = self._exchange(method, path, query, body, kind)
        is_json = answer_kind.startswith("application/json")
        return json.loads(data.splitlines()[-1]) if is_json and data.strip() else None

    def _exchange(
        self,
        method: str,
        path: str,
        query: dict[str, object],
        body: bytes | None,
        kind: str = "application/json",
    ) -> tuple[str, bytes]:
        """Content type and body of the answer."""
        connection = _UnixConnection(self._path, self._timeout)
        target = f"{path}?{urlencode(query)}" if query else path
        try:
            connection.request(method, target, body, {"Content-Type": kind} if body else {})
            answer = connection.getresponse()
            data = answer.read()
        finally:
            connection.close()
        if answer.status >= 400:
            raise EngineAPIError(answer.status, data.decode(errors="replace").strip())
        return answer.headers.get("Content-Type") or "", data
