"""Docker clients for one endpoint: every call has a deadline, the API version is pinned."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from math import ceil
from typing import TYPE_CHECKING, Any, TypeVar

from tui.engine.endpoint import Endpoint
from tui.engine.errors import EngineFailed
from tui.engine.foreign import mapped, no_engine

if TYPE_CHECKING:
    from docker.api.client import APIClient

T = TypeVar("T")

DEADLINE = 10.0

OLDEST_API = (1, 41)
NEWEST_API = (1, 48)
"""The API versions this code was written for; a newer engine is spoken to in the newest of them."""


class Connection:
    """Clients of one engine: one for each call under way, kept for the next."""

    def __init__(self, endpoint: Endpoint, deadline: float = DEADLINE) -> None:
        self.endpoint = endpoint
        self.deadline = deadline
        """Seconds the engine may stay silent in a short call."""
        self._idle: list[APIClient] = []
        self._lock = threading.Lock()
        self._negotiating = threading.Lock()
        self._version: dict[str, Any] | None = None
        self._closed = False

    def version(self) -> dict[str, Any]:
        """`GET /version` of the engine, asked once; raises `EngineError`."""
        with self._negotiating:
            if self._version is None:
                self._version = self._ask_version()
            return self._version

    def api_version(self) -> tuple[int, int]:
        """The version that is spoken, `(1, 41)` or above."""
        version = self.version()
        spoken = min(_parsed(version["ApiVersion"]), NEWEST_API)
        return max(spoken, _parsed(version.get("MinAPIVersion") or "1.0"))

    def call(self, function: Callable[[APIClient], T], deadline: float | None = None) -> T:
        """Run `function` with a client of its own; raises `EngineError` for all that goes wrong.

        An engine that was replaced by another version answers 400 to the pinned one: its version
        is asked for again, and the call is made once more if it changed.
        """
        deadline = deadline or self.deadline
        pinned = self.api_version()
        try:
            return self._call(function, deadline)
        except EngineFailed as error:
            if error.status != 400:
                raise
            self.forget_version()
            if self.api_version() == pinned:
                raise
            return self._call(function, deadline)

    def forget_version(self) -> None:
        """Ask for the version again at the next call."""
        with self._negotiating:
            self._version = None

    def get_json(self, path: str, deadline: float) -> Any:
        """`GET` an API path at the pinned version, for what the SDK has no method for."""

        def get(client: APIClient) -> Any:
            url = f"{client.base_url}/v{client.api_version}{path}"
            answer = client.get(url, timeout=deadline)
            answer.raise_for_status()
            return answer.json()

        return self.call(get, deadline)

    def close(self) -> None:
        """Close every idle client; one under way is closed when its call ends."""
        with self._lock:
            self._closed = True
            idle, self._idle = self._idle, []
        for client in idle:
            client.close()

    def _call(self, function: Callable[[APIClient], T], deadline: float) -> T:
        with mapped(self.endpoint, deadline), self._client(deadline) as client:
            return function(client)

    def _ask_version(self) -> dict[str, Any]:
        with mapped(self.endpoint, self.deadline):
            client = self._new_client(_text(OLDEST_API), self.deadline)
            try:
                version: dict[str, Any] = client.version(api_version=False)
            finally:
                client.close()
        try:
            offered = _parsed(version["ApiVersion"])
        except (KeyError, TypeError, ValueError):
            raise no_engine(self.endpoint) from None
        if offered < OLDEST_API:
            raise EngineFailed(
                f"The engine at {self.endpoint.url} speaks API {version['ApiVersion']}; "
                "voltui needs 1.41 (Docker 20.10) or newer."
            )
        return version

    @contextmanager
    def _client(self, deadline: float) -> Iterator[APIClient]:
        spoken = _text(self.api_version())
        with self._lock:
            client = self._idle.pop() if self._idle else None
        if client is not None and client.api_version != spoken:
            client.close()
            client = None
        if client is None:
            client = self._new_client(spoken, deadline)
        client.timeout = ceil(deadline)
        healthy = False
        try:
            yield client
            healthy = True
        finally:
            with self._lock:
                keep = healthy and not self._closed
                if keep:
                    self._idle.append(client)
            if not keep:
                client.close()

    def _new_client(self, version: str, deadline: float) -> APIClient:
        from docker.api.client import APIClient

        client = APIClient(self.endpoint.address, version=version, timeout=ceil(deadline))
        client.trust_env = False
        return client


def _parsed(version: str) -> tuple[int, int]:
    major, _, minor = version.partition(".")
    return int(major), int(minor)


def _text(version: tuple[int, int]) -> str:
    return f"{version[0]}.{version[1]}"
