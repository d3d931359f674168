"""Round trips to the engine, counted on their way while it is 100 ms away."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from functools import partial
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
    """What is waited for, in round trips one after the other; `crowd` was made before."""
    environ = environment(home)
    socket = Path(resolve(engine.url).url.removeprefix("unix://"))
    far = partial(_far, socket, home / "far.sock")
    yield _row("a start, to the list", 6, [_start(far, environ) for _ in range(3)])
    with (
        far() as proxy,
        Terminal([*VOLTUI, "--host", proxy.url, f"{VOLUME}:/"], environ) as terminal,
    ):
        enter = partial(_enter, proxy, terminal)
        terminal.wait_for("t7")
        terminal.settle(1.0)
        yield _row("entering a folder", 1, [enter("gjj\r", "t2file-")])
        terminal.press("h")
        terminal.settle(1.0)
        terminal.press("j")
        terminal.settle(1.0)
        yield _row("entering a folder fetched ahead", 0, [enter("\r", "t3file-")])
        terminal.settle(1.0)
        keys = [enter(key, "\u258c") for key in "jjjkj"]
        yield _row("a key in a known folder", 0, keys)


def _row(what: str, bound: int, counted: list[int]) -> Limit:
    """The median: a ping may fall into one of several."""
    trips = statistics.median(counted)
    return Limit(f"round trips of {what}", bound, "trips", lambda: trips, inclusive=True)


@contextmanager
def _far(engine: Path, path: Path) -> Iterator[FaultProxy]:
    with FaultProxy(engine, path) as proxy:
        proxy.to_engine.delay = proxy.to_client.delay = TRIP / 2
        yield proxy


def _start(far: Callable[[], AbstractContextManager[FaultProxy]], environ: dict[str, str]) -> int:
    with far() as proxy, Terminal([*VOLTUI, "--host", proxy.url], environ) as terminal:
        terminal.wait_for(VOLUME)
        return proxy.round_trips


def _enter(proxy: FaultProxy, terminal: Terminal, keys: str, text: str) -> int:
    """How many came back until the answer to some keys was painted."""
    before = proxy.round_trips
    terminal.press(keys)
    terminal.wait_for(text)
    trips = proxy.round_trips - before
    terminal.settle(0.5)
    return trips
