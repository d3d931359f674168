"""The members of an archive as lines, laid out for a width when they are looked at."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import overload

from tui.engine.model import Entry, EntryKind
from tui.presentation import modified, permissions, safe, size

WITH_TIME, WITH_MODE = 44, 64
"""Cells from which on a line has room for the time, and for the mode."""


@dataclass(frozen=True, slots=True)
class Listing:
    """Members in the order of their archive."""

    members: Sequence[Entry]
    end: str = ""
    """A last line: why there may be more."""
    present: float = 0.0
    """Seconds since the epoch, for the form of dates."""

    def lines(self, width: int) -> Sequence[str]:
        """One line a member: mode, size, time and name, as many of them as `width` has room for."""
        return _Lines(self, width)


class _Lines(Sequence[str]):
    """Made one by one: a screen shows some of thousands."""

    def __init__(self, listing: Listing, width: int) -> None:
        self._listing = listing
        self._columns = (width >= WITH_MODE, width >= WITH_TIME)

    def __len__(self) -> int:
        return len(self._listing.members) + bool(self._listing.end)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Lines) and (self._listing, self._columns) == (
            other._listing,
            other._columns,
        )

    __hash__ = None  # type: ignore[assignment]  # As every list of lines.

    @overload
    def __getitem__(self, index: int) -> str: ...
    @overload
    def __getitem__(self, index: slice) -> list[str]: ...
    def __getitem__(self, index: int | slice) -> str | list[str]:
        if isinstance(index, slice):
            return [self[number] for number in range(*index.indices(len(self)))]
        if range(len(self))[index] == len(self._listing.members):
            return self._listing.end
        with_mode, with_time = self._columns
        entry = self._listing.members[index]
        parts = [f"{size(entry.size) if entry.kind is EntryKind.FILE else '':>5}"]
        if with_time:
            parts.append(modified(entry.mtime, self._listing.present))
        if with_mode:
            parts.insert(0, permissions(entry.mode))
        return "  ".join([*parts, member_name(entry)])


def member_name(entry: Entry) -> str:
    """A name as the archive has it, with what it points to, safe to show."""
    name = safe(entry.name.rstrip("/") or entry.name)
    if entry.kind is EntryKind.DIRECTORY:
        return f"{name.rstrip('/')}/"
    if not entry.target:
        return name
    link = "→" if entry.kind is EntryKind.SYMLINK else "= the same file as"
    return f"{name} {link} {safe(entry.target)}"
