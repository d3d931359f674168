"""What each entry of a folder holds."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass, replace
from typing import Any

from tui.engine.agent import AgentConnection
from tui.engine.answers import done
from tui.engine.errors import ProtocolError
from tui.engine.model import DiskUsage, EntryKind
from tui.engine.protocol import FrameType, answer_object, flag, integer, name, objects, usage_of


@dataclass(frozen=True, slots=True)
class FolderSum:
    """One entry of the folder, with all that is below it."""

    name: str
    """Empty for the sum of those that are not told one by one: all but the 10,000 largest files
    (as `FILE`), and folders beyond 100,000 (as `DIRECTORY`)."""
    kind: EntryKind
    apparent: int
    """Bytes of the files, holes counted; a file with several names counts where it is met first."""
    disk: int
    """Bytes on disk, those of folders included."""
    files: int
    """Entries that are not folders; 1 for a file."""
    directories: int
    """Folders below it."""
    errors: int
    """Entries that could not be read: above 0 the sums are too low."""
    complete: bool
    """It will not change any more."""


@dataclass(frozen=True, slots=True)
class FolderUsage:
    """The entries of a folder in no order, as far as they are counted."""

    children: list[FolderSum]
    total: DiskUsage
    complete: bool
    """Nothing follows."""
    unsure: int = 0
    """Names that were counted although another name of the same file may have been, as too many
    files with several names are in the folder: above 0 the sums may be too high."""


def folder_usage(agent: AgentConnection, path: str) -> Generator[FolderUsage, None, None]:
    """Count a folder entry by entry: about five partial sums a second, the last is complete."""
    children: dict[tuple[str, EntryKind], FolderSum] = {}
    with agent.request("du", path) as answers:
        for frame in answers:
            final = frame.type is not FrameType.PROGRESS and done(frame)
            answer = answer_object(frame.payload)
            for child in map(_child, objects(answer, "children")):
                children[child.name, child.kind] = child
            sums = list(children.values())
            if final:
                sums = [s if s.complete else replace(s, complete=True) for s in sums]
            total = usage_of(_object(answer, "total"))
            yield FolderUsage(sums, total, final, integer(answer, "unsure"))


def _child(answer: dict[str, Any]) -> FolderSum:
    return FolderSum(
        name(answer, "name"),
        EntryKind.of(integer(answer, "mode")),
        integer(answer, "apparent"),
        integer(answer, "disk"),
        integer(answer, "files"),
        integer(answer, "directories"),
        integer(answer, "errors"),
        flag(answer, "complete"),
    )


def _object(answer: dict[str, Any], field: str) -> dict[str, Any]:
    value = answer.get(field)
    if not isinstance(value, dict):
        raise ProtocolError(f"The helper sent an answer without an object for {field}.")
    return value
