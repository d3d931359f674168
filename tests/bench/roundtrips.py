"""Round trips one waits for when the engine is 100 ms away."""

from __future__ import annotations

import statistics
from collections.abc import Iterator
from pathlib import Path

from tests.bench.crowd import VOLUME
from tests.bench.limit import Limit
from tests.bench.start import VOLTUI, environment
from tests.bench.terminal import Terminal
from tests.engines.private import PrivateEngine
from tests.engines.proxy import FaultProxy
from tui.engine import resolve

TRIP = 0.1
"""Seconds to the engine and back."""


def round_trips(engine: PrivateEngine, home: Path) -> Iterator[Limit]:
    """Whole round trips in the time until the answer is painted; `crowd` was made before."""
    environ = environment(home)
    socket = Path(resolve(engine.url).url.removeprefix("unix://"))
    with FaultProxy(socket, home / "far.sock") as proxy:
        proxy.to_engine.delay = proxy.to_client.delay = TRIP / 2
        near, far = [*VOLTUI, "--host", engine.url], [*VOLTUI, "--host", proxy.url]
        started = statistics.median(_start(far, environ) - _start(near, environ) for _ in range(3))
        yield Limit("round trips of a start, to the list", 7, "trips", lambda: started / TRIP)
        with Terminal([*far, f"{VOLUME}:/"], environ) as terminal:
            terminal.wait_for("t7")
            terminal.settle(1.0)
            yield Limit("round trips of entering a folder", 2, "trips",
                        lambda: _enter(terminal, "gjj\r", "t2file-"))  # fmt: skip
            terminal.press("h")
            terminal.settle(1.0)
            terminal.press("j")
            terminal.settle(1.0)
            yield Limit("round trips of entering a folder fetched ahead", 1, "trips",
                        lambda: _enter(terminal, "\r", "t3file-"))  # fmt: skip
            terminal.settle(1.0)
            yield Limit(
                "round trips of a key in a known folder",
                1,
                "trips",
                lambda: max(_enter(terminal, key, "\u258c") for key in "jjjkj"),
            )


def _start(command: list[str], environ: dict[str, str]) -> float:
    with Terminal(command, environ) as terminal:
        return terminal.wait_for(VOLUME) - terminal.started


def _enter(terminal: Terminal, keys: str, text: str) -> float:
    pressed = terminal.press(keys)
    waited = terminal.wait_for(text) - pressed
    terminal.settle(0.5)
    return waited / TRIP
