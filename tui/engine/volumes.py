"""Volumes and their attached containers, parsed from the engine's lists.

Sources: `GET /volumes`, `GET /containers/json?all=1`.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from tui.engine.model import ContainerState, EngineInfo, Helper, Mount, Volume

HELPER_LABEL = "voltui.helper"
VOLUME_LABEL = "voltui.volume"
CLIENT_LABEL = "voltui.client"
ANONYMOUS_LABEL = "com.docker.volume.anonymous"
PROJECT_LABEL = "com.docker.compose.project"
_ANONYMOUS_NAME = re.compile(r"[0-9a-f]{64}")

Attrs = Mapping[str, Any]


def parse_volumes(
    volumes: Iterable[Attrs], containers: Iterable[Attrs], *, tells_creation: bool = True
) -> list[Volume]:
    """Join the two lists; a helper of ours is nobody's user.

    `tells_creation` is False for engines whose `CreatedAt` is another time (`tells_creation`).
    """
    mounts: defaultdict[str, list[Mount]] = defaultdict(list)
    for container in containers:
        if HELPER_LABEL in (container.get("Labels") or {}):
            continue
        for point in container.get("Mounts") or []:
            if point.get("Type") == "volume" and point.get("Name"):
                mounts[point["Name"]].append(_parse_mount(container, point))
    return [
        parse_volume(attrs, mounts.get(attrs["Name"], ()), tells_creation=tells_creation)
        for attrs in volumes
    ]


def tells_creation(info: EngineInfo) -> bool:
    """Whether `CreatedAt` is the time of creation.

    Docker before 23 (API 1.42) tells the last change of a local volume's root folder instead.
    """
    return info.name != "Docker" or info.api >= (1, 42)


def parse_volume(
    attrs: Attrs, mounts: Iterable[Mount] = (), *, tells_creation: bool = True
) -> Volume:
    """One element of `GET /volumes`, or `GET /volumes/{name}`."""
    labels = dict(attrs.get("Labels") or {})
    name = str(attrs["Name"])
    anonymous = ANONYMOUS_LABEL in labels
    return Volume(
        name=name,
        driver=str(attrs.get("Driver") or ""),
        scope=str(attrs.get("Scope") or ""),
        mountpoint=str(attrs.get("Mountpoint") or ""),
        created=parse_time(attrs.get("CreatedAt")) if tells_creation else None,
        labels=labels,
        options=dict(attrs.get("Options") or {}),
        mounts=tuple(sorted(mounts, key=lambda m: (not m.running, m.container, m.destination))),
        anonymous=anonymous,
        looks_anonymous=not anonymous and bool(_ANONYMOUS_NAME.fullmatch(name)),
        project=labels.get(PROJECT_LABEL),
    )


def parse_helpers(containers: Iterable[Attrs]) -> list[Helper]:
    """Our helper containers among all containers."""
    return [_parse_helper(c) for c in containers if HELPER_LABEL in (c.get("Labels") or {})]


def parse_time(value: object) -> datetime | None:
    """RFC 3339 text, seconds since the epoch, or None for what is missing or the zero time."""
    if isinstance(value, int | float) and value > 0:
        return datetime.fromtimestamp(value, UTC)
    if not isinstance(value, str) or value.startswith("0001-"):
        return None
    try:
        time = datetime.fromisoformat(value)
    except ValueError:
        return None
    return time if time.tzinfo else time.replace(tzinfo=UTC)


def container_name(attrs: Attrs) -> str:
    """The container's own name: the one without a link's slash."""
    names = [str(name).lstrip("/") for name in attrs.get("Names") or []]
    return min(names, key=lambda name: name.count("/"), default=str(attrs.get("Id", ""))[:12])


def _parse_mount(container: Attrs, point: Attrs) -> Mount:
    return Mount(
        container_id=str(container["Id"]),
        container=container_name(container),
        image=str(container.get("Image") or ""),
        state=ContainerState(str(container.get("State") or "")),
        destination=str(point.get("Destination") or ""),
        read_only=not point.get("RW", True),
        project=(container.get("Labels") or {}).get(PROJECT_LABEL),
    )


def _parse_helper(container: Attrs) -> Helper:
    labels = container["Labels"]
    return Helper(
        container_id=str(container["Id"]),
        name=container_name(container),
        volume=labels.get(VOLUME_LABEL, ""),
        client=labels.get(CLIENT_LABEL, ""),
        state=ContainerState(str(container.get("State") or "")),
        created=parse_time(container.get("Created")),
        read_only=all(not point.get("RW", True) for point in container.get("Mounts") or []),
    )
