"""Entries that were found below a folder, as rows of a table."""

from __future__ import annotations

import stat
from array import array
from collections.abc import Iterable, Sequence

from tui.engine.model import EntryKind
from tui.engine.search import Found
from tui.fuzzy import NO_FIT, Query, Rank
from tui.presentation import modified, now, safe, size
from tui.widgets.table import Column, Order, Rows, Spans


class FoundRows(Rows):
    """Paths below a folder, ranked by how well they fit what was typed."""

    def __init__(self, root: str, query: Query | None) -> None:
        super().__init__()
        self._cut = len(root.rstrip("/")) + 1
        self._query = query
        self.modes, self.errnos = array("I"), array("I")
        self.sizes, self.mtimes = array("q"), array("q")
        self.present = now().timestamp()

    @property
    def columns(self) -> tuple[Column, ...]:
        """How a row is shown."""
        return (
            Column("rank", "Path", self._path, keep_end=True),
            Column("size", "Size", self._size, 6, right=True, at=40),
            Column("modified", "Modified", self._modified, 12, at=60),
        )

    @property
    def orders(self) -> tuple[Order, ...]:
        """The ways to sort."""
        return (
            Order("rank", "b", "best match", self._rank),
            Order("path", "n", "name", self.name_key),
            Order("size", "s", "size", self.sizes.__getitem__),
            Order("modified", "m", "modified", self.mtimes.__getitem__),
        )

    def extend(self, found: Sequence[Found]) -> None:
        """Append what was found; names of rows are paths below the folder."""
        self.add_names(each.path[self._cut :] for each in found)
        self.modes.extend(each.entry.mode for each in found)
        self.errnos.extend(each.entry.errno for each in found)
        self.sizes.extend(each.entry.size for each in found)
        self.mtimes.extend(each.entry.mtime for each in found)

    def narrow(self, query: Query) -> None:
        """Show only what fits more that was typed."""
        self._query, self.selective = query, True

    def shown(self, row: int) -> bool:
        """Whether it fits what was typed since it was asked for."""
        return self._query is None or self._query.fits(self._as_asked(row))

    def _as_asked(self, row: int) -> str:
        exact = self._query is not None and self._query.exact
        return self.names[row] if exact else self.fold(row)

    def _rank(self, row: int) -> Rank:
        path = self._as_asked(row)
        return (NO_FIT, 0, 0, 0, path) if self._query is None else self._query.rank(path)

    def _path(self, row: int) -> Spans:
        path, kind = self.names[row], EntryKind.of(self.modes[row])
        shown = safe(path)
        slash = shown.rfind("/") + 1
        style = {EntryKind.DIRECTORY: "folder", EntryKind.SYMLINK: "link"}.get(kind, "")
        ranges = self._query.places(path) if self._query and shown == path else []
        spans = list(_pieces(shown, slash, style, ranges))
        return [*spans, ("/", "folder")] if kind is EntryKind.DIRECTORY else spans

    def _size(self, row: int) -> Spans:
        mode = self.modes[row]
        if self.errnos[row]:
            return [("?", "warning")]
        return [(size(self.sizes[row]) if stat.S_ISREG(mode) else "", "")]

    def _modified(self, row: int) -> Spans:
        return [("" if self.errnos[row] else modified(self.mtimes[row], self.present), "dim")]


def _pieces(
    text: str, slash: int, style: str, ranges: Iterable[tuple[int, int]]
) -> Iterable[tuple[str, str]]:
    """The folders dimmer than the name, what fits in a style of its own."""
    at = 0
    for begin, end in [*ranges, (len(text), len(text))]:
        for start, stop, own in ((at, slash, "dim"), (slash, begin, style)):
            low, high = max(at, start), min(begin, stop)
            if low < high:
                yield text[low:high], own
        if begin < end:
            yield text[begin:end], "match"
        at = end
