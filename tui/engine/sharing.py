"""Volumes that are the same data: their driver options name the same device.

Source: two volumes of the driver local with one `device` mount the same place (run).
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Mapping

from tui.engine.model import Volume

_ADDRESSED = {"nfs", "nfs4", "cifs", "smb3"}
_FOLDER = "folder"
"""Kind of a folder of the engine's machine."""


def same_data(driver: str, options: Mapping[str, str], volumes: Iterable[Volume]) -> list[Volume]:
    """Those of the volumes that a new one of this driver and these options would share its data
    with. For a folder of the engine's machine, also the volume whose folder it is.
    """
    place = _place(driver, options)
    if place is None:
        return []
    return [volume for volume in volumes if place in _places(volume)]


def sharing(volume: Volume, volumes: Iterable[Volume]) -> list[Volume]:
    """The others among the volumes that have data in common with this one: the same place, or a
    folder above or below it.
    """
    ours = _places(volume)
    return [
        other
        for other in volumes
        if other.name != volume.name
        and any(_meet(one, theirs) for one in ours for theirs in _places(other))
    ]


_TREES = {_FOLDER, *(kind[:3] for kind in _ADDRESSED)}
"""Kinds of places that have others below them."""

_Place = tuple[str, str, str]
"""Driver or type, server, device."""


def _places(volume: Volume) -> list[_Place]:
    if volume.mountpoint and volume.plain:
        return [_folder(volume.mountpoint)]
    place = _place(volume.driver, volume.options)
    return [place] if place else []


def _meet(one: _Place, other: _Place) -> bool:
    """Whether both are one place, or one is a folder in the other."""
    if one[:2] != other[:2] or one[0] not in _TREES:
        return one == other
    paths = [one[2].rstrip("/") + "/", other[2].rstrip("/") + "/"]
    return paths[0].startswith(paths[1]) or paths[1].startswith(paths[0])


def _folder(path: str) -> _Place:
    return _FOLDER, "", posixpath.normpath(path)


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
