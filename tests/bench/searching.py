"""Searches and sums through the helper against GNU find, grep and du on the mountpoint."""

from __future__ import annotations

import random
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

from tests.bench.ratio import Ratio, timed
from tests.engines.private import PrivateEngine
from tui.engine import Engine, resolve
from tui.engine.files import VolumeFiles
from tui.engine.model import DiskUsage
from tui.engine.search import Matched, SearchSum

_FOLDERS = 100
_FILES = 1_000
_SIZE = 1_024
_NEEDLES = 500
"""One file in so many holds what is looked for."""


def searching(engine: PrivateEngine) -> Iterator[Ratio]:
    """The ratios, one after the other; 100,000 files of 1 KB are made at first use."""
    name = "bench-search"
    mountpoint = engine.path(engine.api.post("/volumes/create", {"Name": name})["Mountpoint"])
    _fill(mountpoint)
    client = Engine(resolve(engine.url))
    volume = next(volume for volume in client.volumes() if volume.name == name)
    try:
        yield from _ratios(client.open(volume), mountpoint)
    finally:
        client.close()


def _ratios(files: VolumeFiles, folder: Path) -> Iterator[Ratio]:
    yield Ratio(
        "find a name among 100,000 files / GNU find",
        1.5,
        timed(lambda: _found(files, "*7777*")),
        timed(lambda: _lines(["find", str(folder), "-name", "*7777*"], _FOLDERS)),
    )
    for what, pattern, options in (
        ("a literal", "needle-7", ["-F"]),
        ("any case", "NEEDLE-7", ["-F", "-i"]),
        ("an expression", "need[a-z]+-[0-9]+", ["-E"]),
    ):
        yield Ratio(
            f"grep {what} in 100,000 files of 1 KB / GNU grep -r",
            1.5,
            timed(_grepping(files, pattern, "-F" in options, "-i" in options)),
            timed(_gnu_grepping(folder, pattern, options)),
        )
    yield Ratio(
        "du of 100,000 files, entry by entry / GNU du",
        1.3,
        timed(lambda: _used(files)),
        timed(lambda: _lines(["du", "-d1", str(folder)], 11)),
    )


def _fill(folder: Path) -> None:
    """The same files each time: lines of words, and the needle in some."""
    chance = random.Random(7)
    words = ["".join(chance.choices("abcdefghijklmnopqrstuvwxyz", k=7)) for _ in range(2_000)]
    for number in range(_FOLDERS):
        below = folder / f"part-{number // 10}" / f"folder-{number:03}"
        below.mkdir(parents=True)
        for file in range(_FILES):
            text = "\n".join(" ".join(chance.choices(words, k=8)) for _ in range(_SIZE // 64 + 1))
            needle = f"needle-{file}\n" if file % _NEEDLES == 7 else ""
            path = below / f"file-{file:03}{file % 10}.txt"
            path.write_text(f"{needle}{text}"[: _SIZE - 1] + "\n")


def _found(files: VolumeFiles, pattern: str) -> None:
    found = [
        part for part in files.find("/", pattern, glob=True) if not isinstance(part, SearchSum)
    ]
    _check(sum(map(len, found)), _FOLDERS)


def _grepping(
    files: VolumeFiles, pattern: str, fixed: bool, ignore_case: bool
) -> Callable[[], None]:
    def grep() -> None:
        found: list[Matched] = []
        for part in files.grep("/", pattern, fixed=fixed, ignore_case=ignore_case):
            if isinstance(part, SearchSum):
                total = part
            else:
                found += part
        _check(total.files, _FOLDERS * _FILES)
        _check(len(found), _expected(pattern))

    return grep


def _gnu_grepping(folder: Path, pattern: str, options: list[str]) -> Callable[[], None]:
    command = ["grep", "-r", "-n", *options, "-e", pattern, str(folder)]
    return lambda: _lines(command, _expected(pattern))


def _expected(pattern: str) -> int:
    each = sum(file % _NEEDLES == 7 for file in range(_FILES))
    return _FOLDERS * (1 if pattern.endswith("-7") else each)


def _used(files: VolumeFiles) -> None:
    *_, usage = files.folder_usage("/")
    _check(len(usage.children), 10)
    total: DiskUsage = usage.total
    _check(total.files, _FOLDERS * _FILES)


def _lines(command: list[str], expected: int) -> None:
    said = subprocess.run(command, check=True, capture_output=True)
    _check(said.stdout.count(b"\n"), expected)


def _check(found: int, expected: int) -> None:
    if found != expected:
        raise AssertionError(f"{found} instead of {expected}: the comparison means nothing.")
