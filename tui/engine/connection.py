"""Calls on one engine: every one has a deadline, the API version is pinned."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from math import ceil
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import urlencode

from tui.engine.endpoint import Endpoint
from tui.engine.errors import (
    AnswerUnfinished,
    CallTimeout,
    Cancelled,
    EngineError,
    EngineFailed,
    EngineTimeout,
    ProtocolError,
    UsageError,
)
from tui.engine.fields import Fields
from tui.engine.foreign import mapped_sdk, no_engine
from tui.engine.transport import Transport

if TYPE_CHECKING:
    from docker.api.client import APIClient

T = TypeVar("T")

OLDEST_API = (1, 41)
NEWEST_API = (1, 48)
"""The API versions this code was written for; a newer engine is spoken to in the newest of them."""

_PONG_WITHIN = 2.0
"""Seconds an engine has to answer a ping behind a call that it did not answer."""
_SLOW = 60.0

_PING_EVERY = 2.0
"""Seconds between two questions whether an engine that works on something long still lives."""


class Connection:
    """Reads by `get`, changes by `call` with a client of the SDK, kept for the next."""

    def __init__(self, endpoint: Endpoint, deadline: float) -> None:
        self.endpoint = endpoint
        self.deadline = deadline
        """Seconds the engine may stay silent in a short call."""
        self._transport = Transport(endpoint)
        self._idle: list[APIClient] = []
        self._lock = threading.Lock()
        self._negotiating = threading.Lock()
        self._version: dict[str, Any] | None = None
        self._closed = False
        self._asked = 0
        """How often the version was asked for, and why that failed last."""
        self._failure: EngineError | None = None

    def version(self) -> dict[str, Any]:
        """`GET /version` of the engine, asked once; raises `EngineError`.

        Who waits for somebody else's question gets its answer, a failure too.
        """
        asked = self._asked
        with self._negotiating:
            if self._version is None:
                if self._asked != asked and self._failure is not None:
                    raise type(self._failure)(str(self._failure), hint=self._failure.hint)
                self._version = self._negotiate()
            return self._version

    def _negotiate(self) -> dict[str, Any]:
        self._failure = None
        try:
            return self._ask_version()
        except EngineError as error:
            self._failure = error
            raise
        finally:
            self._asked += 1

    def api_version(self) -> str:
        """The version that is spoken: `1.41` or above."""
        version = self.version()
        spoken = min(parse_version(version["ApiVersion"]), NEWEST_API)
        major, minor = max(spoken, parse_version(version.get("MinAPIVersion") or "1.0"))
        return f"{major}.{minor}"

    def renegotiate(self) -> None:
        """Ask for the version again: the engine may be another one. Raises `EngineError`."""
        with self._negotiating:
            self._version = None
        self.version()

    def ping(self, deadline: float) -> None:
        """Return once anything answers there, whatever it says; raises `EngineError`."""
        self._transport.ping(deadline)

    def get(self, path: str, deadline: float | None = None, **query: str) -> Any:
        """The JSON answer to `GET path` at the pinned version; raises `EngineError`."""
        target = f"{path}?{urlencode(query)}" if query else path
        within = deadline or self.deadline
        return self._pinned(
            lambda version: self._transport.get_json(f"/v{version}{target}", within)
        )

    def get_slow(self, path: str) -> Any:
        """As `get`; an engine that answers pings is asked again, and has 60 s then: Docker waits
        15 s for each volume plugin that is gone.
        """
        try:
            return self.get(path)
        except AnswerUnfinished:
            raise
        except EngineTimeout as error:
            try:
                self.ping(min(self.deadline, _PONG_WITHIN))
            except EngineError:
                raise error from None
        return self.get(path, _SLOW)

    def call(self, function: Callable[[APIClient], T], deadline: float | None = None) -> T:
        """Run `function` with a client of its own; raises `EngineError` for all that goes wrong."""
        within = deadline or self.deadline
        return self._pinned(lambda version: self._call(function, version, within))

    def wait_for(
        self,
        function: Callable[[APIClient], T],
        within: float,
        cancelled: Callable[[], bool] = lambda: False,
    ) -> T:
        """As `call`, for what may take long: `within` s, `patiently`."""
        return self.patiently(lambda: self.call(function, within), cancelled)

    def patiently(self, ask: Callable[[], T], cancelled: Callable[[], bool] = lambda: False) -> T:
        """What `ask` returns, a call that may take long, given up when pings are not answered.

        Raises `CallTimeout` where the engine answers those but not the call within its deadline,
        and `Cancelled` where `cancelled()` became true; the engine may go on with it.
        """
        done = threading.Event()
        told: list[T] = []
        failed: list[EngineError] = []

        def make() -> None:
            try:
                told.append(ask())
            except EngineError as error:
                failed.append(error)
            finally:
                done.set()

        threading.Thread(target=make, name="voltui-long", daemon=True).start()
        while not done.wait(_PING_EVERY):
            if cancelled():
                raise Cancelled("Nobody waits for this any more.")
            self.ping(self.deadline)
        if not failed:
            return told[0]
        if isinstance(failed[0], EngineTimeout):
            self.ping(self.deadline)
            raise CallTimeout(str(failed[0]), hint="It answers other calls.") from failed[0]
        raise failed[0]

    def close(self) -> None:
        """Close what is idle; what is under way is closed when its call ends."""
        self._transport.close()
        with self._lock:
            self._closed = True
            idle, self._idle = self._idle, []
        for client in idle:
            client.close()

    def _pinned(self, ask: Callable[[str], T]) -> T:
        """Ask at the pinned version. An engine that was replaced by another version answers 400:
        its version is asked for again, and the call is made once more if it changed.
        """
        pinned = self.api_version()
        try:
            return ask(pinned)
        except EngineFailed as error:
            if error.status != 400:
                raise
            with self._negotiating:
                self._version = None
            if self.api_version() == pinned:
                raise
        return ask(self.api_version())

    def _ask_version(self) -> dict[str, Any]:
        version = self._transport.get_json("/version", self.deadline)
        try:
            told = Fields(version, "GET /version")
            offered = parse_version(told.name("ApiVersion"))
            parse_version(told.text("MinAPIVersion") or "1.0")
        except (ProtocolError, ValueError):
            raise no_engine(self.endpoint) from None
        if offered < OLDEST_API:
            raise EngineFailed(
                f"The engine at {self.endpoint.url} speaks API {version['ApiVersion']}; "
                "voltui needs 1.41 (Docker 20.10) or newer."
            )
        return dict(version)

    def _call(self, function: Callable[[APIClient], T], version: str, deadline: float) -> T:
        with mapped_sdk(self.endpoint, deadline), self._client(version, deadline) as client:
            return function(client)

    @contextmanager
    def _client(self, version: str, deadline: float) -> Iterator[APIClient]:
        with self._lock:
            client = self._idle.pop() if self._idle else None
        if client is not None and client.api_version != version:
            client.close()
            client = None
        if client is None:
            client = self._new_client(version, deadline)
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
        from docker.errors import DockerException
        from docker.utils.config import load_general_config

        # The SDK reads the user's configuration, and does not look at what it reads.
        try:
            dict(load_general_config().get("HttpHeaders") or {})
            client = APIClient(self.endpoint.address, version=version, timeout=ceil(deadline))
        except (DockerException, AttributeError, TypeError, ValueError) as error:
            raise UsageError(f"The docker configuration config.json is bad: {error}") from error
        client.trust_env = False
        return client


def parse_version(version: str) -> tuple[int, int]:
    """`1.41` as numbers; raises `ValueError`."""
    major, _, minor = version.partition(".")
    return int(major), int(minor)
