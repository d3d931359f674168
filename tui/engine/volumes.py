"""Volumes and their attached containers, parsed from the engine's lists.

Sources: `GET /volumes`, `GET /containers/json?all=1`.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from tui.engine.fields import Fields, objects
from tui.engine.model import ContainerState, EngineInfo, Helper, Mount, Volume

HELPER_LABEL = "voltui.helper"
VOLUME_LABEL = "voltui.volume"
CLIENT_LABEL = "voltui.client"
JOB_LABEL = "voltui.job"
"""On each volume we make: only what this very job made has its value."""

SNAPSHOT_LABEL = "voltui.snapshot"
ANONYMOUS_LABEL = "com.docker.volume.anonymous"
PROJECT_LABEL = "com.docker.compose.project"
ANONYMOUS_NAME = re.compile(r"[0-9a-f]{64}")
_VOLUMES = "GET /volumes"
_CONTAINERS = "GET /containers/json"
_DAY = timedelta(days=1)


def parse_volumes(
    volumes: object, containers: object, *, tells_creation: bool = True
) -> list[Volume]:
    """Join the answers to the two calls; a helper of ours is nobody's user.

    `tells_creation` is False for engines whose `CreatedAt` is another time (`tells_creation`).
    """
    mounts: defaultdict[str, list[Mount]] = defaultdict(list)
    for container in objects(containers, _CONTAINERS):
        labels = container.pairs("Labels")
        if HELPER_LABEL in labels:
            continue
        for point in container.objects("Mounts"):
            volume = point.text("Name")
            if volume and point.text("Type") == "volume":
                mounts[volume].append(_parse_mount(container, labels, point))
    listed = Fields(volumes, _VOLUMES).value("Volumes", present=True)
    return [
        _parse_volume(attrs, mounts, tells_creation)
        for attrs in objects([] if listed is None else listed, _VOLUMES)
    ]


def tells_creation(info: EngineInfo) -> bool:
    """Whether `CreatedAt` is the time of creation.

    Docker before 23 (API 1.42) tells the last change of a local volume's root folder instead.
    """
    return info.name != "Docker" or info.api >= (1, 42)


def parse_volume(attrs: object, *, tells_creation: bool = True) -> Volume:
    """The answer to `GET /volumes/{name}`, which tells nothing of mounts."""
    return _parse_volume(Fields(attrs, "GET /volumes/{name}"), {}, tells_creation)


def parse_helpers(containers: object) -> list[Helper]:
    """Our helper containers among all containers."""
    found = [(attrs, attrs.pairs("Labels")) for attrs in objects(containers, _CONTAINERS)]
    return [_parse_helper(attrs, labels) for attrs, labels in found if HELPER_LABEL in labels]


def parse_time(value: object) -> datetime | None:
    """RFC 3339 text or seconds since the epoch, in UTC.

    None for what is missing, the zero time, and what is no time in some time zone.
    """
    try:
        if isinstance(value, int | float) and value > 0:
            time = datetime.fromtimestamp(value, UTC)
        elif isinstance(value, str) and not value.startswith("0001-"):
            told = datetime.fromisoformat(value)
            time = told.astimezone(UTC) if told.tzinfo else told.replace(tzinfo=UTC)
        else:
            return None
        return time + _DAY - _DAY
    except (ValueError, OverflowError, OSError):
        return None


def _parse_volume(attrs: Fields, mounts: Mapping[str, list[Mount]], tells_creation: bool) -> Volume:
    name = attrs.name("Name")
    labels = attrs.pairs("Labels")
    anonymous = ANONYMOUS_LABEL in labels
    return Volume(
        name=name,
        driver=attrs.text("Driver"),
        scope=attrs.text("Scope"),
        mountpoint=attrs.text("Mountpoint"),
        created=parse_time(attrs.value("CreatedAt")) if tells_creation else None,
        stamp=str(attrs.value("CreatedAt") or ""),
        labels=labels,
        options=attrs.pairs("Options"),
        mounts=tuple(sorted(mounts.get(name, ()), key=_order)),
        anonymous=anonymous,
        looks_anonymous=not anonymous and bool(ANONYMOUS_NAME.fullmatch(name)),
        project=labels.get(PROJECT_LABEL),
    )


def _order(mount: Mount) -> tuple[bool, str, str]:
    """Running containers first, then by name."""
    return not mount.running, mount.container, mount.destination


def _container_name(attrs: Fields) -> str:
    """The container's own name: the one without a link's slash."""
    names = [name.lstrip("/") for name in attrs.texts("Names")]
    return min(names, key=lambda name: name.count("/"), default=attrs.name("Id")[:12])


def _parse_mount(container: Fields, labels: Mapping[str, str], point: Fields) -> Mount:
    return Mount(
        container_id=container.name("Id"),
        container=_container_name(container),
        image=container.text("Image"),
        state=ContainerState(container.text("State")),
        destination=point.text("Destination"),
        read_only=not point.flag("RW", missing=True),
        project=labels.get(PROJECT_LABEL),
    )


def _parse_helper(container: Fields, labels: Mapping[str, str]) -> Helper:
    return Helper(
        container_id=container.name("Id"),
        name=_container_name(container),
        volume=labels.get(VOLUME_LABEL, ""),
        client=labels.get(CLIENT_LABEL, ""),
        state=ContainerState(container.text("State")),
        created=parse_time(container.value("Created")),
        read_only=not any(point.flag("RW", missing=True) for point in container.objects("Mounts")),
    )
