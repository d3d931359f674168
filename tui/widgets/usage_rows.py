"""What the children of a folder hold, as rows of a table."""

from __future__ import annotations

from collections.abc import Iterable

from tui.engine.diskusage import FolderSum
from tui.engine.model import EntryKind
from tui.presentation import safe, size
from tui.widgets.table import Column, Order, Rows, Spans

BAR = 16
"""Cells of the bar of what is largest."""


class UsageRows(Rows):
    """Sums of folders, and files as they are; a share is of all that was counted so far,
    a bar is as long as it is large beside the largest."""

    def __init__(self, *, on_disk: bool) -> None:
        super().__init__()
        self.on_disk = on_disk
        self.kinds: list[EntryKind] = []
        self._sums: list[FolderSum] = []
        self._bytes: list[int] = []
        """What is shown of each: apparent bytes, or those on disk."""
        self._total = self._largest = 1

    @property
    def columns(self) -> tuple[Column, ...]:
        """How a row is shown."""
        return (
            Column("size", "On disk" if self.on_disk else "Apparent", self._size, 10, right=True),
            Column("bar", "", self._bar, BAR, at=56),
            Column("share", "Share", self._share, 7, right=True, at=36),
            Column("name", "Name", self._name),
            Column("files", "Files", self._files, 9, right=True, at=70),
        )

    @property
    def orders(self) -> tuple[Order, ...]:
        """The ways to sort."""
        return (
            Order("size", "s", "size", self._bytes.__getitem__, down=True),
            Order("name", "n", "name", self.name_key),
            Order("files", "f", "files", lambda row: self._sums[row].files, down=True),
        )

    def extend(self, sums: Iterable[FolderSum]) -> None:
        """Append children of the folder."""
        sums = list(sums)
        self.add_names(each.name or f"/{each.kind}" for each in sums)
        self.kinds.extend(each.kind for each in sums)
        self._sums.extend(sums)
        self._bytes.extend(each.disk if self.on_disk else each.apparent for each in sums)
        self._total = max(1, sum(self._bytes))
        self._largest = max(self._bytes, default=1) or 1

    def is_rest(self, row: int) -> bool:
        """Whether the row stands for many that are not told one by one."""
        return not self._sums[row].name

    def _size(self, row: int) -> Spans:
        told = self._sums[row]
        if told.errors:
            return [("≥ ", "warning"), (size(self._bytes[row]), "")]
        return [(size(self._bytes[row]), "" if told.complete else "dim")]

    def _share(self, row: int) -> Spans:
        return [(f"{100 * self._bytes[row] / self._total:.1f}%", "dim")]

    def _bar(self, row: int) -> Spans:
        full = round(BAR * self._bytes[row] / self._largest)
        return [("━" * full, "bar"), ("─" * (BAR - full), "rule")]

    def _name(self, row: int) -> Spans:
        name, kind = safe(self.names[row]), self.kinds[row]
        if not self._sums[row].name:
            rest = "more folders" if kind is EntryKind.DIRECTORY else "smaller files"
            return [(f"… {rest}, together", "dim")]
        if kind is EntryKind.DIRECTORY:
            return [(f"{name}/", "folder")]
        return [(name, "link" if kind is EntryKind.SYMLINK else "")]

    def _files(self, row: int) -> Spans:
        if self.kinds[row] is not EntryKind.DIRECTORY:
            return [("", "")]
        return [(f"{self._sums[row].files:,}", "dim")]
