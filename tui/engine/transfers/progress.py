"""How far a transfer is, and what became of it."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from tui.engine.model import Volume
from tui.engine.protocol import integer, names, objects, text


class Stage(StrEnum):
    """What a transfer does now, as one says it."""

    PREPARING = "preparing"
    COPYING = "copying"
    SYNCING = "syncing"
    VERIFYING = "verifying"
    REPLACING = "replacing"
    """What was imported goes into its place."""
    FINISHING = "finishing"
    PUSHING = "pushing"
    CLEANING = "cleaning up"
    """It failed or was cancelled, and what is half-made goes."""
    DONE = "done"


@dataclass(frozen=True, slots=True)
class Loss:
    """What could not be kept of some entries."""

    kind: str
    """`socket flags xattr acl capability device owner mode time link sparse name path unreadable
    whiteout`; the agent's words.
    """
    count: int
    paths: tuple[str, ...] = ()
    """The first 20 of them."""


@dataclass(frozen=True, slots=True)
class Sums:
    """What has been worked through."""

    entries: int = 0
    files: int = 0
    directories: int = 0
    size: int = 0
    """Bytes of the files, holes counted."""


@dataclass(frozen=True, slots=True)
class Report:
    """What a transfer did; everything in it was checked."""

    sums: Sums
    losses: tuple[Loss, ...] = ()
    changed: int = 0
    """Entries of the source that changed while they were read."""
    changed_paths: tuple[str, ...] = ()
    """The first 20 of them."""
    volume: Volume | None = None
    """The volume that was made or filled."""
    files: tuple[Path, ...] = ()
    """Files and folders that were made on this machine."""
    written: int | None = None
    """Bytes of the file that was made."""
    digest: str = ""
    """SHA-256 of the file that was made, in hex."""
    notes: tuple[str, ...] = ()
    """Sentences about what else the user should know."""
    in_part: bool = False
    """Not all that was asked for was done; the notes say what."""


@dataclass(frozen=True, slots=True)
class Progress:
    """One state of a transfer; about five a second, and one at the begin of each stage."""

    stage: Stage
    sums: Sums = Sums()
    """Of this stage."""
    total: Sums | None = None
    """What there will be at its end; None where that is not known."""
    written: int | None = None
    """Bytes of the file that is being made."""
    report: Report | None = None
    """With `Stage.DONE` only, the last state."""


Operation = Generator[Progress, None, None]
"""A transfer, driven by `next`: the last state has the report. It raises `EngineError` where it
failed, and `Cancelled` where its work was cancelled (`cancel.working_for`): only after everything
half-made is gone, or with a sentence that says what is left. Closing it cleans up too.
"""


def parse_sums(answer: dict[str, Any]) -> Sums:
    """What PROGRESS and DONE of every operation on trees tell."""
    return Sums(*(integer(answer, field) for field in ("entries", "files", "directories", "size")))


def parse_losses(answer: dict[str, Any]) -> tuple[Loss, ...]:
    """`losses` of a DONE."""
    return tuple(
        Loss(text(each, "kind"), integer(each, "count"), tuple(names(each, "paths")))
        for each in objects(answer, "losses")
    )


def joined_losses(*told: tuple[Loss, ...]) -> tuple[Loss, ...]:
    """The losses of several steps, one of each kind."""
    found: dict[str, Loss] = {}
    for loss in (loss for losses in told for loss in losses):
        before = found.get(loss.kind, Loss(loss.kind, 0))
        paths = (*before.paths, *loss.paths)[:20]
        found[loss.kind] = Loss(loss.kind, before.count + loss.count, paths)
    return tuple(found.values())
