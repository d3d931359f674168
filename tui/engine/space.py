"""How much room a file system has on the engine's side.

Source: `statfs`, in the operation `space` of the agent.
"""

from __future__ import annotations

from dataclasses import dataclass

from tui.engine.agent import AgentConnection
from tui.engine.protocol import answer_object, flag, integer


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
