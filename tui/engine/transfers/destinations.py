"""Where the contents of a volume go: what an export asks of each kind of destination."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from tui.engine.model import DiskUsage
from tui.engine.transfers.progress import Loss, Progress, Sums


@dataclass(frozen=True, slots=True)
class Packed:
    """What the agent read of a volume and sent as a tar stream; from the DONE of `pack`."""

    sums: Sums
    size: int
    """Bytes of the stream."""
    digest: str
    """Its SHA-256 as the agent computed it, in hex."""
    losses: tuple[Loss, ...] = ()
    changed: int = 0
    changed_paths: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Made:
    """What became of it."""

    size: int | None = None
    """Bytes of what was made, where it is one file."""
    digest: str = ""
    """SHA-256 of that file, in hex."""
    files: tuple[Path, ...] = ()
    losses: tuple[Loss, ...] = ()
    """What the destination could not keep, beyond what the archive lost."""
    notes: tuple[str, ...] = ()


class Receiver(Protocol):
    """Takes one stream."""

    @property
    def written(self) -> int | None:
        """Bytes of what is being made, so far."""

    def write(self, data: bytes) -> None:
        """Take the next bytes of the tar stream; raises `EngineError`."""

    def finish(self, packed: Packed) -> Generator[Progress, None, Made]:
        """After the last bytes: prove that all of it arrived, and give it its final name."""


class Destination(Protocol):
    """One place; it is used once."""

    @property
    def prefix(self) -> str:
        """The folder of the archive that the volume's root becomes; empty for its own root."""

    @property
    def image(self) -> bool:
        """Whether it is a layer of an image, where names that begin with `.wh.` are lost."""

    def refuse(self) -> None:
        """Raise `EngineError` for what is known to fail before anything is started."""

    def refuse_no_room(self, usage: DiskUsage) -> None:
        """Raise `EngineError` where what the volume holds cannot find room."""

    def receiving(self) -> AbstractContextManager[Receiver]:
        """Inside the block it is made; nothing half-made is left behind it."""
