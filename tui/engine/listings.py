"""Listings of small folders that were read a moment ago: one enters them without waiting."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable, Iterator, Sequence

from tui.engine.model import EntryBatch

LARGEST = 2_000
"""Entries of a folder that is remembered."""

MOST = 40_000
"""Entries of all folders together; those noted first are forgotten first."""

FRESH = 60.0
"""Seconds after which a listing is forgotten."""


class Listings:
    """What the folders of one volume held when they were listed last; any thread may ask."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._known: dict[str, tuple[float, Sequence[EntryBatch]]] = {}

    def noted(self, path: str, batches: Iterable[EntryBatch]) -> Iterator[EntryBatch]:
        """Pass the batches of a folder on; it is remembered if they come to their end."""
        noted: list[EntryBatch] | None = []
        count = 0
        for batch in batches:
            yield batch
            count += len(batch)
            if noted is not None and count <= LARGEST:
                noted.append(batch)
            else:
                noted = None
        with self._lock:
            self._known.pop(path, None)
            if noted is not None:
                self._known[path] = (time.monotonic(), noted)
            self._forget()

    def known(self, path: str) -> Sequence[EntryBatch] | None:
        """The folder as it was a moment ago, to be shown until it is listed again."""
        with self._lock:
            at, batches = self._known.get(path, (0.0, None))
        return batches if time.monotonic() < at + FRESH else None

    def _forget(self) -> None:
        total = sum(len(batch) for _, batches in self._known.values() for batch in batches)
        while total > MOST or len(self._known) > MOST // 100:
            path = next(iter(self._known))
            total -= sum(map(len, self._known.pop(path)[1]))
