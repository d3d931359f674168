"""Everything one container has mounted.

Source: `GET /containers/{id}/json`.
"""

from __future__ import annotations

from dataclasses import dataclass

from tui.engine.fields import Fields


@dataclass(frozen=True, slots=True)
class ContainerMount:
    """One mount of a container, of a volume or of something else."""

    kind: str
    """The engine's word: `volume`, `bind`, `tmpfs`, …"""
    volume: str
    """Name of the volume; empty for what is none."""
    source: str
    """Path on the engine's machine; empty where there is none."""
    destination: str
    read_only: bool


def parse_mounts(attrs: object) -> list[ContainerMount]:
    """The mounts by where they are in the container, those of `--tmpfs` included."""
    container = Fields(attrs, "GET /containers/{id}/json")
    found = [_parse(point) for point in container.objects("Mounts")]
    listed = {mount.destination for mount in found}
    for destination, options in container.inner("HostConfig").pairs("Tmpfs").items():
        if destination not in listed:
            read_only = "ro" in options.split(",")
            found.append(ContainerMount("tmpfs", "", "", destination, read_only))
    return sorted(found, key=lambda mount: mount.destination)


def _parse(point: Fields) -> ContainerMount:
    kind = point.text("Type")
    return ContainerMount(
        kind,
        point.text("Name") if kind == "volume" else "",
        point.text("Source"),
        point.text("Destination"),
        not point.flag("RW", missing=True),
    )
