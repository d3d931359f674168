"""Swarm services that name a volume, whether or not they have a task now.

Source: Engine API `GET /services`, which only a manager of a swarm answers.
"""

from __future__ import annotations

from collections import defaultdict

from tui.engine.connection import Connection
from tui.engine.errors import EngineFailed
from tui.engine.fields import objects

_SERVICES = "GET /services"
_NO_MANAGER = {404, 503}
"""Podman has no such call; a node that manages no swarm answers 503."""


def services(connection: Connection) -> dict[str, tuple[str, ...]]:
    """Names of services by the name of the volume; empty where the engine manages no swarm."""
    try:
        listed = connection.get("/services")
    except EngineFailed as error:
        if error.status in _NO_MANAGER:
            return {}
        raise
    found: defaultdict[str, set[str]] = defaultdict(set)
    for service in objects(listed, _SERVICES):
        spec = service.inner("Spec")
        container = spec.inner("TaskTemplate").inner("ContainerSpec")
        for mount in container.objects("Mounts"):
            if mount.text("Type") == "volume" and mount.text("Source"):
                found[mount.text("Source")].add(spec.text("Name"))
    return {volume: tuple(sorted(names)) for volume, names in found.items()}
