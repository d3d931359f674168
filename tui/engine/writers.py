"""Who may write to a volume now: running containers that have it, or the same data under another
name, mounted read-write.

Sources: `GET /volumes`, `GET /containers/json?all=1&filters={"volume":[…]}`.
"""

from __future__ import annotations

from collections.abc import Sequence

from tui.engine.connection import Connection
from tui.engine.errors import VolumeInUse
from tui.engine.holders import Holder, holders
from tui.engine.model import Volume
from tui.engine.sharing import sharing
from tui.engine.volumes import parse_volumes


def writers(connection: Connection, volume: Volume, own: Sequence[str] = ()) -> list[Holder]:
    """By name; `own`: names of helpers to leave out."""
    listed = parse_volumes(connection.get_slow("/volumes"), [])
    running = {
        holder.name: holder
        for name in (volume.name, *(other.name for other in sharing(volume, listed)))
        for holder in holders(connection, name, own)
        if holder.writes
    }
    return [running[name] for name in sorted(running)]


def refuse_writers(connection: Connection, volume: Volume, own: Sequence[str], to_do: str) -> None:
    """Raise `VolumeInUse`, which names them, where there are any; `to_do` is its hint."""
    if running := writers(connection, volume, own):
        names = ", ".join(holder.name for holder in running)
        raise VolumeInUse(
            f"{volume.name} is mounted read-write by {names}, which may write to it now.",
            hint=to_do,
        )
