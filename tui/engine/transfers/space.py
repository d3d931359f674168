"""Whether there is room for a transfer on the engine's side.

Source: `statfs`, in the operation `space` of the agent.
"""

from __future__ import annotations

from dataclasses import dataclass

from tui.engine.agent import AgentConnection
from tui.engine.errors import NoRoom
from tui.engine.model import DiskUsage
from tui.engine.protocol import answer_object, flag, integer

_SHARES_BLOCKS = {0x9123683E: "btrfs", 0x58465342: "xfs"}
"""`f_type` of file systems where a copy may take no blocks of its own."""

_UNITS = ("KiB", "MiB", "GiB", "TiB", "PiB")


@dataclass(frozen=True, slots=True)
class Space:
    """Room of one file system: bytes, inodes."""

    size: int
    free: int
    available: int
    """Free for others than root too."""
    inodes: int
    """0 where they are made as needed."""
    inodes_free: int
    type: int
    read_only: bool

    @property
    def used(self) -> int:
        """Bytes that are taken, by whatever."""
        return self.size - self.free

    @property
    def inodes_used(self) -> int:
        """Inodes that are taken."""
        return self.inodes - self.inodes_free

    @property
    def place(self) -> tuple[int, int, int]:
        """What is the same for two folders of one file system."""
        return self.type, self.size, self.inodes


def space(agent: AgentConnection, folder: str) -> Space:
    """Room of the file system that holds a folder."""
    with agent.request("space", folder) as answers:
        told = answer_object(answers.only())
    return Space(
        size=integer(told, "size"),
        free=integer(told, "free"),
        available=integer(told, "available"),
        inodes=integer(told, "inodes"),
        inodes_free=integer(told, "inodes_free"),
        type=integer(told, "type"),
        read_only=flag(told, "read_only"),
    )


def refuse_without_room(usage: DiskUsage, source: Space, target: Space, name: str) -> None:
    """Raise `NoRoom` where what the source takes does not fit beside it; `name`: of the new volume.

    The reserve that a file system keeps for root is left alone. What cannot be known stays open,
    such as compression; the copy itself then says that it is full.
    """
    if source.place == target.place and target.type in _SHARES_BLOCKS:
        return
    needed = min(usage.disk, source.used) if source.used > 0 else usage.disk
    if needed > target.available:
        raise NoRoom(
            f"{name} needs {_words(needed)}, and its file system on the engine's side has "
            f"{_words(target.available)} free.",
            hint="Make room there, or choose another place with driver options.",
        )
    entries = usage.files + usage.directories
    if source.inodes_used > 0:
        entries = min(entries, source.inodes_used)
    if target.inodes and entries > target.inodes_free:
        raise NoRoom(
            f"{name} needs {entries:,} inodes, and its file system on the engine's side has "
            f"{target.inodes_free:,} free.",
            hint="Make room there, or choose another place with driver options.",
        )


def _words(count: int) -> str:
    """Bytes in binary units."""
    value, unit = float(count), "bytes"
    for larger in _UNITS:
        if value < 1024:
            break
        value, unit = value / 1024, larger
    return f"{count} bytes" if unit == "bytes" else f"{value:.1f} {unit}"
