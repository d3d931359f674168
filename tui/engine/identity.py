"""Whether the volume of a name still is the one that was listed, and its root folder the one that
was seen.

Source: Engine API `GET /volumes/{name}`.
"""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import quote

from tui.engine.connection import Connection
from tui.engine.errors import VolumeChanged, VolumeNotFound
from tui.engine.fields import Fields, objects
from tui.engine.model import FileStat, Volume
from tui.engine.volumes import parse_volume

RootIdentity = tuple[int, int | None]
"""Inode and birth time of a root folder, None where its file system keeps no birth time."""


def inspect_volume(
    connection: Connection, name: str, deadline: float | None = None
) -> dict[str, Any]:
    """What the engine tells of a volume; raises `VolumeNotFound`."""
    if name in {"", ".", ".."}:  # As a path they mean another call.
        raise VolumeNotFound(f"There is no volume named {name!r}.")
    path = f"/volumes/{quote(name, safe='', errors='surrogatepass')}"
    return dict(connection.get(path, deadline))


def find_volume(connection: Connection, volume: Volume, deadline: float) -> dict[str, Any] | None:
    """What the engine tells of a volume, asked of its driver alone; None where it has none.

    For a name that it does not know, `GET /volumes/{name}` asks every driver, and waits 15 s for
    each plugin that is gone (run on Docker 20.10 and 26.1). Podman tells more than was asked for.
    """
    filters = json.dumps({"driver": [volume.driver], "name": [volume.name]})
    listed = Fields(connection.get("/volumes", deadline, filters=filters), "GET /volumes")
    found = listed.value("Volumes", present=True)
    for attrs in objects([] if found is None else found, "GET /volumes"):
        if attrs.name("Name") == volume.name:
            return attrs.all()
    return None


def refuse_other(volume: Volume, attrs: dict[str, Any], *, touched: bool = True) -> None:
    """Raise `VolumeChanged` where `attrs` are those of another volume than the one listed.

    What stays is compared: name, driver, labels, options and the time of creation, which is told
    in seconds; the mountpoint a plugin tells may differ from call to call. So a volume that is
    deleted and made again with the same labels within the second it was first made in passes, and
    so does one whose driver tells no time.

    Docker before 23 tells a stamp that moves with every file made in the root folder: `touched`
    allows for that, where the volume is known to be the same one or nothing is taken from it.
    Without it a moved stamp is another volume.
    """
    found = parse_volume(attrs, tells_creation=volume.created is not None)
    same = not other_volume(volume, found)
    if not same or not (touched or found.stamp == volume.stamp):
        raise VolumeChanged(
            f"The volume {volume.name} was deleted and made anew since it was listed."
            if not same or volume.created is not None
            else f"The volume {volume.name} was changed or made anew since it was listed.",
            hint="Refresh the list, and look again.",
        )


def root_identity(root: FileStat) -> RootIdentity:
    """What tells a root folder from that of a volume made later under the same name."""
    return root.version.inode, root.btime_ns


def refuse_other_root(volume: Volume, root: RootIdentity, seen: RootIdentity | None) -> None:
    """Raise `VolumeChanged` where another root folder was seen; None: nothing was."""
    if seen not in {None, root}:
        raise VolumeChanged(
            f"The volume {volume.name} was deleted and made anew since it was opened.",
            hint="Refresh the list and open it again.",
        )


def other_volume(one: Volume, later: Volume) -> bool:
    """Whether a volume of the same name is another one, as far as that is told without asking."""
    return _lasting(one) != _lasting(later)


def _lasting(volume: Volume) -> tuple[object, ...]:
    return volume.name, volume.driver, volume.labels, volume.options, volume.created
