"""Engine: the one object that the user interface and the command line hold."""

from __future__ import annotations

from collections.abc import Generator, Mapping, Sequence
from contextlib import closing, suppress
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from tui.engine.errors import CallRefused, VolumeNotFound
from tui.engine.fields import Fields, refuse, shallow
from tui.engine.masking import masked
from tui.engine.model import Helper, Volume, VolumeSize
from tui.engine.session import Session
from tui.engine.transfers.journal import STEM, fillings
from tui.engine.volumes import JOB_LABEL, parse_volumes, tells_creation

# What asks the engine is imported at its first use: the first frame needs none of it.
if TYPE_CHECKING:
    from tui.engine.cancel import Cancel
    from tui.engine.changes import EngineChange
    from tui.engine.creating import NewVolume
    from tui.engine.emptying import Emptying
    from tui.engine.files import VolumeFiles
    from tui.engine.holders import Holder
    from tui.engine.identity import RootIdentity
    from tui.engine.journal import Stopped
    from tui.engine.mounts import ContainerMount
    from tui.engine.removing import Removal
    from tui.engine.stopping import StartedAgain
    from tui.engine.transfers.destinations import Destination
    from tui.engine.transfers.journal import Filling
    from tui.engine.transfers.leftovers import Discarded
    from tui.engine.transfers.progress import Operation
    from tui.engine.transfers.questions import Asker
    from tui.engine.transfers.replacing import Mode
    from tui.engine.transfers.sources import Source
    from tui.engine.transfers.stagingnote import EndedImport

_MASKED = {"Options", "Status"}
"""What drivers tell in words of their own."""


class Engine(Session):
    """A Docker-compatible daemon: what is on it, and what is done to it."""

    def volumes(self) -> list[Volume]:
        """Every volume with its mounts and its last known size; sorted by name.

        Sources: `GET /volumes`, `GET /containers/json?all=1`.
        """
        volumes = self.connection.get_slow("/volumes")
        containers = self.connection.get("/containers/json", all="1")
        parsed = parse_volumes(volumes, containers, tells_creation=tells_creation(self.info()))
        cache, whole = self.size_cache(), self.completeness()
        jobs = {(filling.volume, filling.job) for filling in fillings(self.state_file(STEM))}
        listed = [
            replace(
                volume,
                size=cache.get(volume),
                incomplete=(volume.name, volume.labels.get(JOB_LABEL)) in jobs or whole.get(volume),
            )
            for volume in parsed
        ]
        return sorted(listed, key=lambda volume: volume.name)

    def inspect(self, name: str) -> dict[str, Any]:
        """`GET /volumes/{name}` as the engine tells it, secrets masked."""
        if name in {"", ".", ".."}:  # As a path they mean another call.
            raise VolumeNotFound(f"There is no volume named {name!r}.")
        path = f"/volumes/{quote(name, safe='', errors='surrogatepass')}"
        attrs = self.connection.get(path)
        call = f"GET /volumes/{name}"
        shallow(attrs, call)
        if Fields(attrs, call).text("Name") != name:
            refuse(call)
        return {key: masked(value) if key in _MASKED else value for key, value in attrs.items()}

    def sizes(self, volumes: Sequence[Volume]) -> Generator[tuple[str, VolumeSize], None, None]:
        """Measure what is unknown or old, yielding each size as it comes; close it to stop."""
        yield from self.size_meter().measure(self.info(), volumes)

    def changes(self) -> Generator[EngineChange, None, None]:
        """Tell what happens to volumes and containers until closed or cancelled, over restarts of
        the engine; raises nothing but `Cancelled`: what goes wrong is told too.
        """
        from tui.engine.events import changes

        yield from changes(self.connection, self.renegotiate)

    def open(self, volume: Volume) -> VolumeFiles:
        """The inside of a volume; nothing is started before it is read."""
        from tui.engine.files import VolumeFiles

        return VolumeFiles(self.open_helpers(), volume, self.completeness())

    # What changes something

    def drivers(self) -> list[str]:
        """Names of the volume drivers that `GET /info` tells, `local` first."""
        from tui.engine.creating import drivers

        return drivers(self.connection)

    def create(self, new: NewVolume) -> Volume:
        """Make a volume; `NameTaken` where one of that name exists. `POST /volumes/create`."""
        from tui.engine.creating import create

        self.refuse_read_only()
        return create(self.connection, new, tells_creation=tells_creation(self.info()))

    def holders(self, volume: Volume) -> list[Holder]:
        """Every container that holds a volume but our own helpers, which close by themselves: also
        one that is just starting, and the one that measures sizes.
        """
        from tui.engine.helper import this_client
        from tui.engine.holders import holders

        own = this_client()
        return [h for h in holders(self.connection, volume.name) if h.client != own]

    def writers(self, volume: Volume) -> list[Holder]:
        """Who may write to a volume now, our own helpers left out; by name."""
        from tui.engine.writers import writers

        return writers(self.connection, volume, self.open_helpers().containers())

    def services(self) -> dict[str, tuple[str, ...]]:
        """Names of the swarm services that name a volume, by the volume's name.

        They hold it with their tasks only, and make it anew, empty, when they are scaled up.
        """
        from tui.engine.swarm import services

        return services(self.connection)

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
        with self.barred([volume.name for volume in volumes]):
            yield from remove(
                self.connection, volumes, chosen or {}, lambda: Journal(stem), cancel or Cancel()
            )

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
        yield from recover(self.connection, stopped)

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
        cache = self.size_cache()
        states = empty(
            self.connection,
            self.open_helpers(),
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

    # Transfers

    def clone(self, source: Volume, new: NewVolume, *, hot: bool = False) -> Operation:
        """Make a volume with the same contents (`cloning.clone`)."""
        from tui.engine.transfers.cloning import clone

        yield from clone(self, source, new, hot=hot)

    def leftovers(self) -> list[Filling]:
        """Volumes that clients which are dead were filling and that are not whole."""
        from tui.engine.transfers.leftovers import leftovers

        return leftovers(self)

    def discard(self, found: Sequence[Filling]) -> Generator[Discarded, None, None]:
        """Remove such volumes, telling of each what became of it."""
        from tui.engine.transfers.leftovers import discard

        yield from discard(self, found)

    def leave_half_made(self, found: Sequence[Filling]) -> None:
        """Leave them as they are, and do not tell of them again."""
        from tui.engine.transfers.leftovers import leave

        leave(found)

    def export(self, volume: Volume, destination: Destination, *, hot: bool = False) -> Operation:
        """Write what is in a volume to a destination, proven to be whole (`exporting.export`).

        `hot`: also while containers may write to it.
        """
        from tui.engine.transfers.exporting import export

        return export(self, volume, destination, hot=hot)

    def import_archive(
        self,
        source: Source,
        target: NewVolume | Volume,
        mode: Mode,
        *,
        hot: bool = False,
        devices: bool = False,
        ask: Asker,
    ) -> Operation:
        """Import into a new volume or into one that exists (`importing.import_archive`)."""
        from tui.engine.transfers.importing import import_archive

        yield from import_archive(self, source, target, mode, hot=hot, devices=devices, ask=ask)

    def interrupted_imports(self) -> list[str]:
        """Names of the volumes into which a voltui was importing when it died."""
        from tui.engine.transfers.stagingnote import interrupted

        return interrupted(self)

    def recover_imports(self) -> Generator[EndedImport, None, None]:
        """Bring those imports to their end: a replacement is all old or all new then."""
        from tui.engine.transfers.stagingnote import recover_interrupted

        yield from recover_interrupted(self)

    def helpers(self) -> list[Helper]:
        """All helper containers on the engine, those of other clients included."""
        from tui.engine.helper import list_helpers

        return list_helpers(self.connection)

    def sweep(self) -> None:
        """Remove what ended helpers left; an engine that allows reading only keeps it."""
        from tui.engine.helper import sweep_helpers
        from tui.engine.image import sweep_images

        with suppress(CallRefused):
            try:
                sweep_helpers(self.connection)
            finally:
                sweep_images(self.connection, self.info().architecture)

    def mounts(self, container: str) -> list[ContainerMount]:
        """Everything a container has mounted, by its id: `GET /containers/{id}/json`."""
        from tui.engine.mounts import parse_mounts

        path = f"/containers/{quote(container, safe='', errors='surrogatepass')}/json"
        return parse_mounts(self.connection.get(path))
