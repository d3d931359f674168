"""What keys and idleness cost on the line to the terminal, at 80x24."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from typing import NamedTuple

from tests.bench.crowd import VOLUME, crowd
from tests.bench.limit import Limit
from tests.bench.start import VOLTUI, environment
from tests.bench.terminal import Terminal
from tests.engines.private import PrivateEngine

IDLE = 30.0

_PROJECT = Path(__file__).resolve().parents[2]
_CODE = {
    "a.py": "tui/app.py",
    "b.py": "tui/engine/agent.py",
    "c.go": "tui/agent/serve.go",
    "d.go": "tui/agent/list.go",
    "e.toml": "pyproject.toml",
}
"""Texts with colours, and where they are taken from."""

_PLAIN = ("README.md", "ARCHITECTURE.md", "CHANGELOG.md", "CONTRIBUTING.md")


class Move(NamedTuple):
    """What a key was answered by."""

    answer: int
    """Bytes until the cursor stands where it belongs, before any preview is read."""
    preview: int
    """Bytes of the preview that follows."""
    characters: int
    """Characters of that."""


def wire_bytes(engine: PrivateEngine, home: Path) -> Iterator[Limit]:
    """Bytes of moves and of pages with the previews that follow, then 30 s of nothing."""
    crowd(engine, million=0)
    folders = texts(engine)
    plain, coloured = (_moves(engine, home, *folder) for folder in folders.items())
    answer = max(median(move.answer for move in moves) for moves in (plain, coloured))
    yield Limit("bytes of a move in the list", 400, "B", lambda: answer)
    yield _preview("plain text", 2, plain)
    yield _preview("text with colours", 3, coloured)
    command = [*VOLTUI, "--host", engine.url, f"{VOLUME}:/t0"]
    with Terminal(command, environment(home)) as terminal:
        terminal.wait_for("t0file-")
        terminal.settle(1.0)
        yield Limit("bytes of a page, preview included", 5_000, "B",
                    lambda: max(_bytes(terminal, key) for key in ["\x1b[6~"] * 5))  # fmt: skip
        terminal.settle(2.0)
        cpu = terminal.cpu()
        idle = terminal.idle(IDLE)
        yield Limit("bytes in 30 s of idleness", 1, "B", lambda: idle)
        share = (terminal.cpu() - cpu) / IDLE * 100
        yield Limit("share of a core in 30 s of idleness", 0.5, "%", lambda: share)


def texts(engine: PrivateEngine) -> dict[str, int]:
    """Make the volume `texts` with files of real text; how many of them are in each folder."""
    root = engine.path(engine.api.post("/volumes/create", {"Name": "texts"})["Mountpoint"])
    servers = {f"server{n}": {"host": f"10.0.0.{n}", "up": n % 2 == 0} for n in range(9)}
    made = {
        "plain": {f"{name}.txt": (_PROJECT / name).read_text() for name in _PLAIN},
        "code": {
            **{name: (_PROJECT / path).read_text() for name, path in _CODE.items()},
            "f.json": json.dumps(servers, indent=2),
            "g.yaml": json.dumps(servers, indent=4),
        },
    }
    for folder, files in made.items():
        (root / folder).mkdir()
        for name, text in files.items():
            (root / folder / name).write_text(text)
    return {folder: len(files) for folder, files in made.items()}


def _moves(engine: PrivateEngine, home: Path, folder: str, files: int) -> list[Move]:
    """Down and up again through a folder of so many files."""
    command = [*VOLTUI, "--host", engine.url, f"texts:/{folder}"]
    with Terminal(command, environment(home)) as terminal:
        terminal.wait_for("\u258c")
        terminal.settle(1.5)
        return [_move(terminal, key) for key in "j" * (files - 1) + "k" * (files - 1)]


def _preview(what: str, bound: float, moves: list[Move]) -> Limit:
    """A whole new text costs its characters; the rest is where they stand and how they look."""
    characters = sum(move.characters for move in moves)
    sent = sum(move.preview for move in moves) / characters
    return Limit(f"bytes for each character of the preview that follows, {what}", bound, "B",
                 lambda: sent)  # fmt: skip


def _move(terminal: Terminal, key: str) -> Move:
    terminal.press(key)
    terminal.wait_for("\u258c")
    answer, before = terminal.settle(0.03), terminal.characters
    return Move(answer, terminal.settle(0.9) - answer, terminal.characters - before)


def _bytes(terminal: Terminal, key: str) -> int:
    terminal.press(key)
    return terminal.settle(0.7)
