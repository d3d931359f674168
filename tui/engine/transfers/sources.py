"""What an import reads from: something that gives the bytes of a tar archive, once or again.

Another kind of source is a class with the members of `Source`, and a line in `source_at`.
"""

from __future__ import annotations

import os
import stat
from abc import abstractmethod
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from tui.engine.errors import UsageError
from tui.engine.transfers.header import ArchiveHeader
from tui.engine.transfers.progress import Loss

STDIN = "-"
"""How standard input is named."""


@dataclass(frozen=True, slots=True)
class Ending:
    """What is known of a source once all of it was read."""

    losses: tuple[Loss, ...] = ()
    changed: int = 0
    """Entries that changed while they were read."""
    changed_paths: tuple[str, ...] = ()
    """The first 20 of them."""
    notes: tuple[str, ...] = ()


class Stream(Protocol):
    """A source that is being read. Its methods raise `EngineError`; waiting ends with `Cancelled`
    where nobody waits for the outcome any more.
    """

    size: int | None
    """Bytes that there are to take; None where that is not known."""
    taken: int
    """Bytes of it that were taken so far."""
    header: ArchiveHeader | None
    """What voltui wrote about it; None where another tool made it."""

    @abstractmethod
    def read(self, size: int, /) -> bytes:
        """At most so many bytes of the archive, unpacked; none at its end."""

    @abstractmethod
    def finish(self) -> Ending:
        """After the end: what there is to tell. Raises `ArchiveBroken` where what was read is not
        what is there now, or was said to be there.
        """


class Source(Protocol):
    """What can be imported. Nothing of it is changed."""

    label: str
    """What it is called in sentences."""
    kind: str
    """What it is, such as `tar.zst archive` or `folder`."""
    size: int | None
    """Bytes of the file as it stands there; None where there is none, or it is not known."""
    may_wrap: bool
    """Whether a single folder in it may be one that some tool put around the contents."""

    @abstractmethod
    def open(self) -> AbstractContextManager[Stream]:
        """Read it from its begin; raises `EngineError` where that cannot be done."""


def source_at(text: str) -> Source:
    """What the user named: the path of an archive or a folder, or `-` for standard input.

    Raises `UsageError` where there is nothing that can be imported.
    """
    from tui.engine.transfers.archivefile import ArchiveFile
    from tui.engine.transfers.hostfolder import HostFolder
    from tui.engine.transfers.pipedarchive import PipedArchive, standard_input

    if text == STDIN:
        return standard_input()
    path = Path(text)
    try:
        mode = path.stat().st_mode
    except FileNotFoundError:
        raise UsageError(f"There is no file {text}.") from None
    except (OSError, ValueError) as error:
        raise unreadable(text, error) from error
    if stat.S_ISDIR(mode):
        return HostFolder(path)
    if stat.S_ISREG(mode):
        return ArchiveFile(path)
    if stat.S_ISFIFO(mode):
        # Without O_NONBLOCK it waits for a writer where no cancel reaches it.
        flags = os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC
        return PipedArchive(lambda: os.open(path, flags), text)
    raise UsageError(f"{text} is neither an archive nor a folder.")


def unreadable(label: str, error: OSError | ValueError) -> UsageError:
    """The error of what cannot be opened."""
    reason = (error.strerror if isinstance(error, OSError) else None) or str(error)
    return UsageError(f"{label} cannot be read: {reason}.")
