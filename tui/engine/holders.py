"""Who holds a volume, and what it means to stop and remove them.

Sources: `GET /containers/json?all=1&filters={"volume":[…]}`, `GET /containers/{id}/json`.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import quote

from tui.engine.connection import Connection
from tui.engine.errors import EngineFailed, VolumeInUse
from tui.engine.fields import Fields, objects
from tui.engine.model import ContainerState
from tui.engine.volumes import ANONYMOUS_NAME, CLIENT_LABEL, HELPER_LABEL, PROJECT_LABEL

_SERVICE_LABEL = "com.docker.swarm.service.name"
_TASK_LABEL = "com.docker.swarm.task.id"
_STOP_TIMEOUT = 10
"""Seconds that the engine gives a container which names no time of its own."""


@dataclass(frozen=True, slots=True)
class Holder:
    """A container whose mounts name a volume; as long as it exists, the volume cannot go."""

    container_id: str
    name: str
    image: str
    state: ContainerState
    destinations: tuple[str, ...]
    """Where the volume is mounted."""
    read_only: bool
    project: str | None = None
    """Compose project."""
    service: str | None = None
    """Swarm service, for a task of one."""
    auto_remove: bool = False
    """Started with `--rm`: when it stops, the engine deletes it with its anonymous volumes."""
    stop_timeout: int = _STOP_TIMEOUT
    """Seconds from the stop signal until the engine kills it; negative: it never does."""
    anonymous: tuple[str, ...] = ()
    """Other volumes of its own that stay behind when it is removed, unused."""
    client: str | None = None
    """`host/pid` of the voltui whose helper this is; None for everything else."""

    @property
    def running(self) -> bool:
        """Whether it has to be stopped first."""
        return self.state in {
            ContainerState.RUNNING,
            ContainerState.PAUSED,
            ContainerState.RESTARTING,
        }

    @property
    def writes(self) -> bool:
        """Whether it may write to the volume now."""
        return self.running and not self.read_only

    @property
    def refusal(self) -> str:
        """Why it is not stopped and removed by us; empty where it can be."""
        if self.client is not None:
            return "Another voltui reads the volume."
        if self.service is not None:
            return f"It is a task of the swarm service {self.service}, which would start another."
        if self.auto_remove and self.running:
            return "It was started with --rm: stopping deletes its anonymous volumes too."
        return ""


def in_use(volume: str, found: Sequence[Holder]) -> VolumeInUse:
    """The error that names who holds a volume."""
    hint = ""
    if all(holder.client is not None for holder in found):
        hint = "The helper ends by itself soon after that voltui has left the volume."
    return VolumeInUse(f"{volume} is in use by {', '.join(map(_named, found))}.", hint=hint)


def _named(holder: Holder) -> str:
    if holder.client is not None:
        return f"the helper of voltui {holder.client}"
    if holder.service is not None:
        return f"{holder.name} ({holder.state}, a task of the swarm service {holder.service})"
    project = f", of project {holder.project}" if holder.project else ""
    return f"{holder.name} ({holder.state}{project})"


def holders(connection: Connection, volume: str, own: Sequence[str] = ()) -> list[Holder]:
    """Everybody who holds a volume, running ones first; `own`: names of containers to leave out."""
    filters = json.dumps({"volume": [volume]})
    listed = connection.get("/containers/json", all="1", filters=filters)
    found = []
    for container in objects(listed, "GET /containers/json"):
        # The filter also finds a mountpoint and a part of a name.
        if any(_is_of(point, volume) for point in container.objects("Mounts")):
            holder = _inspect(connection, container.name("Id"), volume)
            if holder is not None and holder.name not in own:
                found.append(holder)
    return sorted(found, key=lambda holder: (not holder.running, holder.name))


def _inspect(connection: Connection, container: str, volume: str) -> Holder | None:
    """None where it went meanwhile."""
    call = "GET /containers/{id}/json"
    try:
        attrs = Fields(connection.get(f"/containers/{quote(container, safe='')}/json"), call)
    except EngineFailed as error:
        if error.status == 404:
            return None
        raise
    config, host = attrs.inner("Config"), attrs.inner("HostConfig")
    labels = config.pairs("Labels")
    points = [point for point in attrs.objects("Mounts") if point.text("Type") == "volume"]
    mounts = [point for point in points if _is_of(point, volume)]
    timeout = config.value("StopTimeout")
    return Holder(
        container_id=attrs.name("Id"),
        name=attrs.text("Name").lstrip("/"),
        image=config.text("Image"),
        state=ContainerState(attrs.inner("State").text("Status")),
        destinations=tuple(sorted(point.text("Destination") for point in mounts)),
        read_only=all(not point.flag("RW", missing=True) for point in mounts),
        project=labels.get(PROJECT_LABEL),
        service=labels.get(_SERVICE_LABEL, "?") if _TASK_LABEL in labels else None,
        auto_remove=host.flag("AutoRemove", missing=False),
        stop_timeout=timeout if isinstance(timeout, int) else _STOP_TIMEOUT,
        anonymous=tuple(
            sorted(
                name
                for point in points
                if ANONYMOUS_NAME.fullmatch(name := point.text("Name")) and name != volume
            )
        ),
        client=labels.get(CLIENT_LABEL, "") if HELPER_LABEL in labels else None,
    )


def _is_of(point: Fields, volume: str) -> bool:
    return point.text("Type") == "volume" and point.text("Name") == volume
