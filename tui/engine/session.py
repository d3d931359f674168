"""Session: who the engine is, and what is open on it: connections, helpers, sizes."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from tui.engine.completeness import Completeness
from tui.engine.endpoint import Endpoint
from tui.engine.errors import ReadOnly
from tui.engine.fields import Fields
from tui.engine.model import EngineInfo
from tui.engine.sizecache import SizeCache

# What asks the engine is imported at its first use: the first frame needs none of it.
if TYPE_CHECKING:
    from tui.engine.connection import Connection
    from tui.engine.helpers import OpenHelpers
    from tui.engine.sizes import SizeMeter

DEMO_LABEL = "voltui.demo=1"

CLOSE_WITHIN = 3.0
"""Seconds that closing may take."""

DEADLINE = 10.0
"""Seconds the engine may stay silent in a short call."""


class Session:
    """What all work on one engine shares. Every method may be called from any thread and may block;
    all raise `EngineError`. Nothing is asked of the engine before the first call.
    """

    def __init__(
        self,
        endpoint: Endpoint,
        *,
        read_only: bool = False,
        state: Path | None = None,
        deadline: float = DEADLINE,
    ) -> None:
        self.endpoint = endpoint
        self.read_only = read_only
        """Refuse everything that changes volumes or what is inside."""
        self._state = state
        self._deadline = deadline
        self._connected: Connection | None = None
        self._connecting = threading.Lock()
        self._helpers: OpenHelpers | None = None
        self._info: EngineInfo | None = None
        self._sizes: SizeMeter | None = None
        self._cache: SizeCache | None = None
        self._completeness: Completeness | None = None
        self._lock = threading.Lock()
        self._asking = threading.Lock()
        """Held while the engine is asked who it is; `_lock` never is held during a call."""

    def info(self) -> EngineInfo:
        """Name, version and architecture, from `GET /version` and `GET /info`."""
        with self._asking:
            if self._info is None:
                self._info = self._ask_info()
            return self._info

    def refuse_read_only(self) -> None:
        """Raise `ReadOnly` where this engine is only to be looked at."""
        if self.read_only:
            raise ReadOnly("voltui was started with --read-only, which refuses every change.")

    def open_helpers(self) -> OpenHelpers:
        """The helpers of this client."""
        from tui.engine.helpers import OpenHelpers

        with self._lock:
            if self._helpers is None:
                self._helpers = OpenHelpers(self.connection, self.info)
            return self._helpers

    def size_meter(self) -> SizeMeter:
        """What measures sizes."""
        from tui.engine.sizes import SizeMeter

        cache, completeness = self.size_cache(), self.completeness()
        with self._lock:
            if self._sizes is None:
                self._sizes = SizeMeter(self.connection, cache, completeness)
            return self._sizes

    @contextmanager
    def barred(self, volumes: Sequence[str]) -> Iterator[None]:
        """Inside the block no helper of this client has one of the volumes."""
        with ExitStack() as barred:
            barred.enter_context(self.size_meter().barred(volumes))
            for volume in volumes:
                barred.enter_context(self.open_helpers().barred(volume))
            yield

    def state_file(self, stem: str) -> Path | None:
        """File of the state folder that belongs to this engine alone; None where none is kept."""
        if self._state is None:
            return None
        from hashlib import sha256  # Loads OpenSSL.

        identity = f"{self.endpoint.url} {self.info().identity}"
        digest = sha256(identity.encode("utf-8", "surrogatepass")).hexdigest()[:16]
        return self._state / f"{stem}-{digest}.json"

    def close(self) -> None:
        """End measurements, close the helpers and the connections; at most about 3 s."""
        end = time.monotonic() + CLOSE_WITHIN
        if self._sizes is not None:
            self._sizes.stop(0)
        if self._helpers is not None:
            self._helpers.close(CLOSE_WITHIN)
        if self._sizes is not None:
            self._sizes.stop(max(0.0, end - time.monotonic()))
        self.connection.close()

    @property
    def connection(self) -> Connection:
        """Calls to the engine."""
        from tui.engine.connection import Connection

        with self._connecting:
            if self._connected is None:
                self._connected = Connection(self.endpoint, self._deadline)
            return self._connected

    def renegotiate(self) -> None:
        """Forget who the engine was: after a restart it may be another version."""
        self.connection.renegotiate()
        with self._asking:
            self._info = None

    def _ask_info(self) -> EngineInfo:
        version = Fields(self.connection.version(), "GET /version")
        info = Fields(self.connection.get("/info"), "GET /info")
        hostname = info.text("Name")
        podman = any("Podman" in part.text("Name") for part in version.objects("Components"))
        return EngineInfo(
            name="Podman" if podman else "Docker",
            version=version.text("Version"),
            api_version=version.name("ApiVersion"),
            os=version.text("Os"),
            architecture=version.text("Arch"),
            hostname=hostname,
            identity=f"{info.text('ID')} {info.text('DockerRootDir')} {hostname}",
            demo=DEMO_LABEL in info.texts("Labels"),
        )

    def size_cache(self) -> SizeCache:
        """Sizes that were measured, with their age."""
        path = self.state_file("sizes") if self._cache is None else None
        with self._lock:
            if self._cache is None:
                self._cache = SizeCache(path)
            return self._cache

    def completeness(self) -> Completeness:
        """Which volumes are whole, as far as that is known."""
        path = self.state_file("whole") if self._completeness is None else None
        with self._lock:
            if self._completeness is None:
                self._completeness = Completeness(path)
            return self._completeness
