"""Listings that are remembered: complete, small, fresh."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.fakes import batch
from tui.engine import listings
from tui.engine.listings import LARGEST, MOST, Listings
from tui.engine.model import Entry, EntryBatch


def entries(count: int, size: int = 100) -> Iterator[EntryBatch]:
    for start in range(0, count, size):
        names = [f"n{number}" for number in range(start, min(start + size, count))]
        yield batch([Entry(name, 0o100644, 0, 0, 1, 1, 1, 1, 1, 0, "", 0) for name in names])


def note(known: Listings, path: str, count: int) -> None:
    assert sum(map(len, known.noted(path, entries(count)))) == count


def test_a_complete_listing_is_known() -> None:
    known = Listings()
    assert known.known("/a") is None
    note(known, "/a", 250)
    assert [name for part in known.known("/a") or () for name in part.names][-1] == "n249"
    note(known, "/a", 0)
    assert known.known("/a") == []


def test_a_listing_broken_off_or_too_large_is_not_known() -> None:
    known = Listings()
    next(known.noted("/a", entries(1000)))
    assert known.known("/a") is None
    note(known, "/a", 10)
    note(known, "/a", LARGEST + 1)
    assert known.known("/a") is None


def test_old_ones_are_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    known = Listings()
    for number in range(MOST // LARGEST + 5):
        note(known, f"/{number}", LARGEST)
    assert known.known("/0") is None
    assert known.known(f"/{MOST // LARGEST + 4}") is not None
    monkeypatch.setattr(listings, "FRESH", 0.0)
    assert known.known(f"/{MOST // LARGEST + 4}") is None
