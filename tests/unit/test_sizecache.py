"""The file of sizes: what is not as we wrote it is as if it were not there."""

from __future__ import annotations

import threading
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tui.engine.model import Volume, VolumeSize
from tui.engine.sizecache import SizeCache

VOLUME = Volume("data", "local", "local", "", None)
SIZE = VolumeSize(7, datetime(2026, 11, 21, tzinfo=UTC), 2)


def write(path: Path) -> str:
    cache = SizeCache(path)
    cache.put(VOLUME, SIZE)
    cache.save([VOLUME])
    return path.read_text()


def test_a_size_comes_back(tmp_path: Path) -> None:
    path = tmp_path / "state" / "sizes.json"
    write(path)
    assert SizeCache(path).get(VOLUME) == SIZE
    assert list(path.parent.iterdir()) == [path]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("7", "Infinity"),
        ("7", "NaN"),
        ("7", "-7"),
        ("7", '"7"'),
        ("7", "[" * 200_000 + "]" * 200_000),
        ("+00:00", ""),
        ("2]", '"2"]'),
        ("{", "["),
    ],
)
def test_a_strange_file_is_none(tmp_path: Path, old: str, new: str) -> None:
    path = tmp_path / "sizes.json"
    text = write(path)
    head, colon, rest = text.partition(": ")
    path.write_text(text.replace(old, new) if old == "{" else head + colon + rest.replace(old, new))
    assert SizeCache(path).get(VOLUME) is None


def test_writers_at_once_leave_one_whole_file(tmp_path: Path) -> None:
    path = tmp_path / "state" / "sizes.json"
    threads = [threading.Thread(target=write, args=(path,)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert SizeCache(path).get(VOLUME) == SIZE
    assert list(path.parent.iterdir()) == [path]


def test_a_file_that_cannot_be_replaced_leaves_nothing_behind(tmp_path: Path) -> None:
    path = tmp_path / "state" / "sizes.json"
    (path / "folder").mkdir(parents=True)
    cache = SizeCache(path)
    cache.put(VOLUME, SIZE)
    cache.save([VOLUME])
    assert list(path.parent.iterdir()) == [path]
