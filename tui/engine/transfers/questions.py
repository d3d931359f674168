"""What an import has to know before it goes on, once it has read the archive."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Collisions:
    """Names that stand in the archive and in the volume, and are not folders in both."""

    count: int
    paths: tuple[str, ...]
    """The first of them."""


class Asker(Protocol):
    """Answers, in the thread of the import. Both methods may raise: `UsageError` where nobody can
    be asked, `Cancelled` where the answer is to leave everything as it is.
    """

    @abstractmethod
    def unwrap(self, folder: str) -> bool:
        """All that is in the archive stands in this folder (`backup` or `backup/pgdata`): whether
        to take out what is in it. No puts the folder itself into the volume.
        """

    @abstractmethod
    def overwrite(self, collisions: Collisions) -> bool:
        """Whether what stands in the archive goes in the place of what the volume has."""
