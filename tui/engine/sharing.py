"""Volumes that are the same data: their driver options name the same device.

Source: two volumes of the driver local with one `device` mount the same place (run).
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Mapping

from tui.engine.model import Volume

_ADDRESSED = {"nfs", "nfs4", "cifs", "smb3"}


def same_data(driver: str, options: Mapping[str, str], volumes: Iterable[Volume]) -> list[Volume]:
    """Those of the volumes that a new one of this driver and these options would share its data
    with. For a folder of the engine's machine, also the volume whose folder it is.
    """
    place = _place(driver, options)
    if place is None:
        return []
    return [volume for volume in volumes if place in _places(volume)]


def sharing(volume: Volume, volumes: Iterable[Volume]) -> list[Volume]:
    """The others among the volumes that are the same data as this one."""
    return [
        other
        for other in volumes
        if other.name != volume.name
        and (
            same_data(volume.driver, volume.options, [other])
            or same_data(other.driver, other.options, [volume])
        )
    ]


_Place = tuple[str, str, str]
"""Driver or type, server, device."""


def _places(volume: Volume) -> set[_Place | None]:
    found = {_place(volume.driver, volume.options)}
    if volume.mountpoint and volume.plain:
        found.add(_folder(volume.mountpoint))
    return found


def _folder(path: str) -> _Place:
    return "folder", "", posixpath.normpath(path)


def _place(driver: str, options: Mapping[str, str]) -> _Place | None:
    """What the options name; None for what is new with each volume or mount."""
    device = options.get("device", "").strip()
    if not device:
        return None
    if driver not in {"", "local"}:
        return driver, "", device
    kind = options.get("type", "").strip()
    mounted = [part.strip() for part in options.get("o", "").split(",")]
    if {"bind", "rbind"} & set(mounted):
        return _folder(device)
    if kind == "tmpfs":
        return None
    if kind not in _ADDRESSED:
        return kind, "", device
    server = next((part[len("addr=") :] for part in mounted if part.startswith("addr=")), "")
    told, _, path = device.partition(":") if kind.startswith("nfs") else ("", "", device)
    return kind[:3], (server or told).casefold(), posixpath.normpath(path)
