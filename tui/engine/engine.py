"""Engine: the one object that the user interface and the command line hold."""

from __future__ import annotations

import threading
import time
from collections.abc import Generator, Iterator, Mapping, Sequence
from contextlib import ExitStack, closing, contextmanager, suppress
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from tui.engine.endpoint import Endpoint
from tui.engine.errors import CallRefused, ReadOnly, VolumeNotFound
from tui.engine.fields import Fields, refuse, shallow
from tui.engine.masking import masked
from tui.engine.model import EngineInfo, Helper, Volume, VolumeSize
from tui.engine.sizecache import SizeCache
from tui.engine.volumes import parse_volumes, tells_creation

# What asks the engine is imported at its first use: the first frame needs none of it.
if TYPE_CHECKING:
    from tui.engine.cancel import Cancel
    from tui.engine.changes import EngineChange
    from tui.engine.connection import Connection
    from tui.engine.creating import NewVolume
    from tui.engine.emptying import Emptying
    from tui.engine.files import VolumeFiles
    from tui.engine.helpers import OpenHelpers
    from tui.engine.holders import Holder
    from tui.engine.identity import RootIdentity
    from tui.engine.journal import Stopped
    from tui.engine.mounts import ContainerMount
    from tui.engine.removing import Removal
    from tui.engine.sizes import SizeMeter
    from tui.engine.stopping import StartedAgain

DEMO_LABEL = "voltui.demo=1"
_MASKED = {"Options", "Status"}
"""What drivers tell in words of their own."""

CLOSE_WITHIN = 3.0
"""Seconds that closing may take."""

DEADLINE = 10.0
"""Seconds the engine may stay silent in a short call."""


class Engine:
    """A Docker-compatible daemon. Every method may be called from any thread and may block;
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
        self._lock = threading.Lock()
        self._asking = threading.Lock()
        """Held while the engine is asked who it is; `_lock` never is held during a call."""

    def info(self) -> EngineInfo:
        """Name, version and architecture, from `GET /version` and `GET /info`."""
        with self._asking:
            if self._info is None:
                self._info = self._ask_info()
            return self._info

    def volumes(self) -> list[Volume]:
        """Every volume with its mounts and its last known size; sorted by name.

        Sources: `GET /volumes`, `GET /containers/json?all=1`.
        """
        volumes = self._connection.get_slow("/volumes")
        containers = self._connection.get("/containers/json", all="1")
        parsed = parse_volumes(volumes, containers, tells_creation=tells_creation(self.info()))
        cache = self._size_cache()
        listed = [replace(volume, size=cache.get(volume)) for volume in parsed]
        return sorted(listed, key=lambda volume: volume.name)

    def inspect(self, name: str) -> dict[str, Any]:
        """`GET /volumes/{name}` as the engine tells it, secrets masked."""
        if name in {"", ".", ".."}:  # As a path they mean another call.
            raise VolumeNotFound(f"There is no volume named {name!r}.")
        path = f"/volumes/{quote(name, safe='', errors='surrogatepass')}"
        attrs = self._connection.get(path)
        call = f"GET /volumes/{name}"
        shallow(attrs, call)
        if Fields(attrs, call).text("Name") != name:
            refuse(call)
        return {key: masked(value) if key in _MASKED else value for key, value in attrs.items()}

    def sizes(self, volumes: Sequence[Volume]) -> Generator[tuple[str, VolumeSize], None, None]:
        """Measure what is unknown or old, yielding each size as it comes; close it to stop."""
        yield from self._size_meter().measure(self.info(), volumes)

    def _size_meter(self) -> SizeMeter:
        from tui.engine.sizes import SizeMeter

        cache = self._size_cache()
        with self._lock:
            if self._sizes is None:
                self._sizes = SizeMeter(self._connection, cache)
            return self._sizes

    def changes(self) -> Generator[EngineChange, None, None]:
        """Tell what happens to volumes and containers until closed or cancelled, over restarts of
        the engine; raises nothing but `Cancelled`: what goes wrong is told too.
        """
        from tui.engine.events import changes

        yield from changes(self._connection, self._renegotiate)

    def open(self, volume: Volume) -> VolumeFiles:
        """The inside of a volume; nothing is started before it is read."""
        from tui.engine.files import VolumeFiles

        return VolumeFiles(self._open_helpers(), volume)

    def _open_helpers(self) -> OpenHelpers:
        from tui.engine.helpers import OpenHelpers

        with self._lock:
            if self._helpers is None:
                self._helpers = OpenHelpers(self._connection, self.info)
            return self._helpers

    # What changes something

    def refuse_read_only(self) -> None:
        """Raise `ReadOnly` where this engine is only to be looked at."""
        if self.read_only:
            raise ReadOnly("voltui was started with --read-only, which refuses every change.")

    def drivers(self) -> list[str]:
        """Names of the volume drivers that `GET /info` tells, `local` first."""
        from tui.engine.creating import drivers

        return drivers(self._connection)

    def create(self, new: NewVolume) -> Volume:
        """Make a volume; `NameTaken` where one of that name exists. `POST /volumes/create`."""
        from tui.engine.creating import create

        self.refuse_read_only()
        return create(self._connection, new, tells_creation=tells_creation(self.info()))

    def holders(self, volume: Volume) -> list[Holder]:
        """Every container that holds a volume but our own helpers, which close by themselves: also
        one that is just starting, and the one that measures sizes.
        """
        from tui.engine.helper import this_client
        from tui.engine.holders import holders

        own = this_client()
        return [h for h in holders(self._connection, volume.name) if h.client != own]

    def services(self) -> dict[str, tuple[str, ...]]:
        """Names of the swarm services that name a volume, by the volume's name.

        They hold it with their tasks only, and make it anew, empty, when they are scaled up.
        """
        from tui.engine.swarm import services

        return services(self._connection)

    def remove(
        self,
        volumes: Sequence[Volume],
        chosen: Mapping[str, Sequence[Holder]] | None = None,
        cancel: Cancel | None = None,
    ) -> Removal:
        """Remove exactly these volumes, telling of each what became of it (`removing.remove`).

        `chosen`: by name of the volume, holders to stop and remove before. `cancel`: call it to
        bring back what was stopped and to leave the rest; go on to read what became of it.
        """
        from tui.engine.cancel import Cancel
        from tui.engine.journal import Journal
        from tui.engine.removing import remove

        self.refuse_read_only()
        stem = self.state_file("stopped")
        with self._barred([volume.name for volume in volumes]):
            yield from remove(
                self._connection, volumes, chosen or {}, lambda: Journal(stem), cancel or Cancel()
            )

    @contextmanager
    def _barred(self, volumes: Sequence[str]) -> Iterator[None]:
        """Inside the block no helper of this client has one of the volumes."""
        with ExitStack() as barred:
            barred.enter_context(self._size_meter().barred(volumes))
            for volume in volumes:
                barred.enter_context(self._open_helpers().barred(volume))
            yield

    def stopped(self) -> list[Stopped]:
        """Containers that a voltui stopped on this engine and did not start again before it died,
        in the order of stopping; asks the engine nothing about them.
        """
        from tui.engine.journal import left_behind

        return left_behind(self.state_file("stopped"))

    def start_again(self, stopped: Sequence[Stopped]) -> Generator[StartedAgain, None, None]:
        """Start them again, the last one first, telling of each whether it came back.

        One that does not exist any more is told as `ContainerGone`, and not asked about again.
        """
        from tui.engine.stopping import recover

        self.refuse_read_only()
        yield from recover(self._connection, stopped)

    def leave_stopped(self, stopped: Sequence[Stopped]) -> None:
        """Leave them as they are, and do not tell of them again."""
        from tui.engine.journal import settle

        for each in stopped:
            settle(each)

    def empty(
        self,
        volume: Volume,
        *,
        root: RootIdentity | None = None,
        hot: bool = False,
        cancel: Cancel | None = None,
    ) -> Emptying:
        """Remove all that is in a volume, and leave the volume (`emptying.empty`).

        `root`: of the `VolumeFiles` that showed what goes; another one is refused. `hot`: also
        while containers write. `cancel`: call it to stop, and go on to read what had gone by then.
        """
        from tui.engine.cancel import Cancel
        from tui.engine.emptying import empty

        self.refuse_read_only()
        cache = self._size_cache()
        states = empty(
            self._connection,
            self._open_helpers(),
            volume,
            root=root,
            hot=hot,
            cancel=cancel or Cancel(),
        )
        with closing(states):
            for state in states:
                cache.drop(volume)
                if state.remaining == 0:
                    cache.put(volume, VolumeSize(0, datetime.now(UTC), files=0))
                yield state

    def helpers(self) -> list[Helper]:
        """All helper containers on the engine, those of other clients included."""
        from tui.engine.helper import list_helpers

        return list_helpers(self._connection)

    def sweep(self) -> None:
        """Remove what ended helpers left; an engine that allows reading only keeps it."""
        from tui.engine.helper import sweep_helpers
        from tui.engine.image import sweep_images

        with suppress(CallRefused):
            try:
                sweep_helpers(self._connection)
            finally:
                sweep_images(self._connection, self.info().architecture)

    def state_file(self, stem: str) -> Path | None:
        """File of the state folder that belongs to this engine alone; None where none is kept."""
        if self._state is None:
            return None
        from hashlib import sha256  # Loads OpenSSL.

        identity = f"{self.endpoint.url} {self.info().identity}"
        digest = sha256(identity.encode("utf-8", "surrogatepass")).hexdigest()[:16]
        return self._state / f"{stem}-{digest}.json"

    def mounts(self, container: str) -> list[ContainerMount]:
        """Everything a container has mounted, by its id: `GET /containers/{id}/json`."""
        from tui.engine.mounts import parse_mounts

        path = f"/containers/{quote(container, safe='', errors='surrogatepass')}/json"
        return parse_mounts(self._connection.get(path))

    def close(self) -> None:
        """End measurements, close the helpers and the connections; at most about 3 s."""
        end = time.monotonic() + CLOSE_WITHIN
        if self._sizes is not None:
            self._sizes.stop(0)
        if self._helpers is not None:
            self._helpers.close(CLOSE_WITHIN)
        if self._sizes is not None:
            self._sizes.stop(max(0.0, end - time.monotonic()))
        self._connection.close()

    @property
    def _connection(self) -> Connection:
        from tui.engine.connection import Connection

        with self._connecting:
            if self._connected is None:
                self._connected = Connection(self.endpoint, self._deadline)
            return self._connected

    def _renegotiate(self) -> None:
        """Forget who the engine was: after a restart it may be another version."""
        self._connection.renegotiate()
        with self._asking:
            self._info = None

    def _ask_info(self) -> EngineInfo:
        version = Fields(self._connection.version(), "GET /version")
        info = Fields(self._connection.get("/info"), "GET /info")
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

    def _size_cache(self) -> SizeCache:
        path = self.state_file("sizes") if self._cache is None else None
        with self._lock:
            if self._cache is None:
                self._cache = SizeCache(path)
            return self._cache
