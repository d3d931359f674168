"""Entries of a folder as rows of a table."""

from __future__ import annotations

import stat
from array import array
from collections.abc import Iterator, MutableSequence
from typing import Any

from tui.engine.model import Entry, EntryBatch, EntryKind
from tui.presentation import device, modified, now, permissions, safe, size
from tui.widgets.table import Column, Order, Rows, Spans, drop

_KIND_ORDER = {
    EntryKind.DIRECTORY: 0,
    EntryKind.SYMLINK: 2,
    EntryKind.FIFO: 3,
    EntryKind.SOCKET: 4,
    EntryKind.BLOCK: 5,
    EntryKind.CHAR: 6,
    EntryKind.UNKNOWN: 7,
}
_SUFFIX = {
    EntryKind.DIRECTORY: ("/", "folder"),
    EntryKind.FIFO: (" fifo", "special"),
    EntryKind.SOCKET: (" socket", "special"),
    EntryKind.BLOCK: (" block device", "special"),
    EntryKind.CHAR: (" character device", "special"),
    EntryKind.UNKNOWN: (" ?", "special"),
}


class FileRows(Rows):
    """What stands in one folder, as `Entry` has it, in arrays."""

    def __init__(self, *, hide_dotfiles: bool = False) -> None:
        super().__init__()
        self.selective = hide_dotfiles
        self.modes, self.uids, self.gids = array("I"), array("I"), array("I")
        self.nsecs, self.nlinks, self.errnos = array("I"), array("I"), array("I")
        self.sizes, self.mtimes = array("q"), array("q")
        self.inodes, self.rdevs = array("Q"), array("Q")
        self.targets: list[str] = []
        self.present = now().timestamp()

    @property
    def columns(self) -> tuple[Column, ...]:
        """How a row is shown."""
        return (
            Column("name", "Name", self._name),
            Column("size", "Size", self._size, 6, right=True, at=24),
            Column("modified", "Modified", self._modified, 12, at=42),
            Column("mode", "Mode", self._mode, 10, at=64),
            Column("owner", "Owner", self._owner, 11, at=80),
        )

    @property
    def orders(self) -> tuple[Order, ...]:
        """The ways to sort."""
        return (
            Order("name", "n", "name", self.name_key, self.name_keys),
            Order("size", "s", "size", self.sizes.__getitem__),
            Order("modified", "m", "modified", self._modified_key),
            Order("kind", "e", "kind", self._kind_key),
        )

    def extend(self, batch: EntryBatch) -> None:
        """Append a part of a listing."""
        self.add_names(batch.names)
        self.modes.extend(batch.modes)
        self.uids.extend(batch.uids)
        self.gids.extend(batch.gids)
        self.nsecs.extend(batch.mtime_nsecs)
        self.nlinks.extend(batch.nlinks)
        self.errnos.extend(batch.errnos)
        self.sizes.extend(batch.sizes)
        self.mtimes.extend(batch.mtimes)
        self.inodes.extend(batch.inodes)
        self.rdevs.extend(batch.rdevs)
        self.targets.extend(batch.targets)

    def add(self, item: Entry) -> None:
        """Append an entry."""
        self.add_names([item.name])
        for column, field in self._fields():
            column.append(getattr(item, field))

    def put(self, row: int, item: Entry) -> None:
        """Let a row show an entry as it is now."""
        for column, field in self._fields():
            column[row] = getattr(item, field)

    def drop(self, row: int) -> None:
        """Take an entry away; the last row gets its number."""
        super().drop(row)
        for column, _ in self._fields():
            drop(column, row)

    def _fields(self) -> Iterator[tuple[MutableSequence[Any], str]]:
        """Each column but the names, with the field of `Entry` it holds."""
        yield from (
            (self.modes, "mode"), (self.uids, "uid"), (self.gids, "gid"), (self.sizes, "size"),
            (self.mtimes, "mtime"), (self.nsecs, "mtime_nsec"), (self.nlinks, "nlink"),
            (self.inodes, "inode"), (self.rdevs, "rdev"), (self.targets, "target"),
            (self.errnos, "errno"),
        )  # fmt: skip

    def same(self, other: FileRows) -> bool:
        """Whether both hold the same entries in the order they came."""
        fields = zip(self._fields(), other._fields(), strict=True)
        return self.names == other.names and all(mine == its for (mine, _), (its, _) in fields)

    def entry(self, row: int) -> Entry:
        """One row as a value."""
        return Entry(
            self.names[row], self.modes[row], self.uids[row], self.gids[row], self.sizes[row],
            self.mtimes[row], self.nsecs[row], self.nlinks[row], self.inodes[row],
            self.rdevs[row], self.targets[row], self.errnos[row],
        )  # fmt: skip

    def shown(self, row: int) -> bool:
        """No dotfiles, while they are hidden."""
        return not self.names[row].startswith(".")

    def group(self, row: int) -> int:
        """Folders first."""
        return 0 if stat.S_ISDIR(self.modes[row]) else 1

    def _name(self, row: int) -> Spans:
        kind = EntryKind.of(self.modes[row])
        name = safe(self.names[row])
        if kind is EntryKind.SYMLINK:
            return [(name, "link"), (f" → {safe(self.targets[row])}", "dim")]
        if kind is EntryKind.DIRECTORY:
            return [(f"{name}/", "folder")]
        if kind is not EntryKind.FILE:
            suffix, style = _SUFFIX[kind]
            return [(name, style), (suffix, "dim")]
        return [(name, "")]

    def _size(self, row: int) -> Spans:
        if self.errnos[row]:
            return [("?", "warning")]
        mode = self.modes[row]
        if stat.S_ISREG(mode) or stat.S_ISLNK(mode):
            return [(size(self.sizes[row]), "")]
        if stat.S_ISBLK(mode) or stat.S_ISCHR(mode):
            return [(device(self.rdevs[row]), "dim")]
        return [("", "")]

    def _modified(self, row: int) -> Spans:
        return [("" if self.errnos[row] else modified(self.mtimes[row], self.present), "dim")]

    def _modified_key(self, row: int) -> int:
        return self.mtimes[row] * 1_000_000_000 + self.nsecs[row]

    def _mode(self, row: int) -> Spans:
        return [(permissions(self.modes[row]), "dim")]

    def _owner(self, row: int) -> Spans:
        return [("" if self.errnos[row] else f"{self.uids[row]}:{self.gids[row]}", "dim")]

    def _kind_key(self, row: int) -> tuple[int, str]:
        """Kind of entry, files by what follows the last dot of the name."""
        order = _KIND_ORDER.get(EntryKind.of(self.modes[row]), 1)
        _, dot, extension = self.fold(row).lstrip(".").rpartition(".")
        return order, extension if dot else ""
