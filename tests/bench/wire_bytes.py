"""What keys and idleness cost on the line to the terminal, at 80x24."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from tests.bench.crowd import VOLUME, crowd
from tests.bench.limit import Limit
from tests.bench.start import VOLTUI, environment
from tests.bench.terminal import Terminal
from tests.engines.private import PrivateEngine

IDLE = 30.0


def wire_bytes(engine: PrivateEngine, home: Path) -> Iterator[Limit]:
    """Bytes of a move and of a page with the preview that follows, then 30 s of nothing."""
    crowd(engine, million=0)
    command = [*VOLTUI, "--host", engine.url, f"{VOLUME}:/t0"]
    with Terminal(command, environment(home)) as terminal:
        terminal.wait_for("t0file-")
        terminal.settle(1.0)
        yield Limit("bytes of a move in the list, preview included", 400, "B",
                    lambda: max(_bytes(terminal, key) for key in "jjjkjj"))  # fmt: skip
        yield Limit("bytes of a page, preview included", 5_000, "B",
                    lambda: max(_bytes(terminal, key) for key in ["\x1b[6~"] * 5))  # fmt: skip
        terminal.settle(2.0)
        cpu = terminal.cpu()
        idle = terminal.idle(IDLE)
        yield Limit("bytes in 30 s of idleness", 1, "B", lambda: idle)
        share = (terminal.cpu() - cpu) / IDLE * 100
        yield Limit("share of a core in 30 s of idleness", 0.5, "%", lambda: share)


def _bytes(terminal: Terminal, key: str) -> int:
    terminal.press(key)
    return terminal.settle(0.7)
