"""Whether there is room for a transfer on the engine's side."""

from __future__ import annotations

from tui.engine.errors import NoRoom
from tui.engine.model import DiskUsage
from tui.engine.space import Space

_SHARES_BLOCKS = {0x9123683E: "btrfs", 0x58465342: "xfs"}
"""`f_type` of file systems where a copy may take no blocks of its own."""

_UNITS = ("KiB", "MiB", "GiB", "TiB", "PiB")


def lacks_room(usage: DiskUsage, source: Space, target: Space) -> str:
    """What is missing where what the source takes does not fit beside it, in words behind the name
    of the new volume; empty where it fits.

    The reserve that a file system keeps for root is left alone. What cannot be known stays open,
    such as compression; the copy itself then says that it is full.
    """
    if source.place == target.place and target.type in _SHARES_BLOCKS:
        return ""
    needed = min(usage.disk, source.used) if source.used > 0 else usage.disk
    if needed > target.available:
        return _lack(_words(needed), _words(target.available))
    entries = usage.files + usage.directories
    if source.inodes_used > 0:
        entries = min(entries, source.inodes_used)
    if target.inodes and entries > target.inodes_free:
        return _lack(f"{entries:,} inodes", f"{target.inodes_free:,}")
    return ""


def refuse_without_room(usage: DiskUsage, source: Space, target: Space, name: str) -> None:
    """Raise `NoRoom` where it does not fit; `name`: of the new volume."""
    if lack := lacks_room(usage, source, target):
        raise NoRoom(
            f"{name} {lack}", hint="Make room there, or choose another place with driver options."
        )


def _lack(needed: str, free: str) -> str:
    return f"needs {needed}, and its file system on the engine's side has {free} free."


def _words(count: int) -> str:
    """Bytes in binary units."""
    value, unit = float(count), "bytes"
    for larger in _UNITS:
        if value < 1024:
            break
        value, unit = value / 1024, larger
    return f"{count} bytes" if unit == "bytes" else f"{value:.1f} {unit}"
