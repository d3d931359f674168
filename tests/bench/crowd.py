"""A volume with folders of a thousand and of a million entries."""

from __future__ import annotations

import os
from pathlib import Path

from tests.engines.private import PrivateEngine

VOLUME = "crowd"
THOUSANDS = 8
_LINKS = 50_000
"""Hard links to one file; ext4 takes 65,000. They cost a twentieth of a file."""


def crowd(engine: PrivateEngine, million: int = 1_000_000) -> None:
    """Make the volume: `/million` with that many entries, `/t0` and so on with a thousand each."""
    volume = engine.api.post("/volumes/create", {"Name": VOLUME})
    root = engine.path(volume["Mountpoint"])
    for number in range(THOUSANDS):
        _fill(root / f"t{number}", f"t{number}file", 1_000)
    if million:
        _fill(root / "million", "mfile", million)
    engine.busybox()


def _fill(folder: Path, name: str, count: int) -> None:
    folder.mkdir()
    for number in range(count):
        # A prime step: names come in no order, as those of a hashed folder do.
        path = folder / f"{name}-{number * 7919 % count:07}.text"
        if number % _LINKS == 0:
            original = path
            path.write_text("key = value\n" * 40)
        else:
            os.link(original, path)
