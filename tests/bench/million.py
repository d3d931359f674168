"""A folder with a million entries in the real program, on a terminal of 80x24."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from tests.bench.crowd import THOUSANDS, VOLUME, crowd
from tests.bench.limit import Limit, p95
from tests.bench.ratio import Ratio
from tests.bench.start import VOLTUI, environment
from tests.bench.terminal import Terminal
from tests.engines.private import PrivateEngine

KEYS = ["j", "j", "k", "\x1b[6~", "j", "\x1b[5~", "G", "k", "g", "j"]
"""Moves by rows, pages and to both ends."""

CURSOR = "▌"
"""Painted where the cursor comes to stand, unless the list moves below it."""

_MILLISECONDS = 1000


def million(engine: PrivateEngine, home: Path) -> Iterator[Ratio | Limit]:
    """First rows, keys at rest and at work, filters, memory; the million is made at first use."""
    crowd(engine)
    command = [*VOLTUI, "--host", engine.url, f"{VOLUME}:/"]
    with Terminal(command, environment(home)) as terminal:
        terminal.wait_for("million")
        terminal.settle()
        yield _first_rows(terminal)
        yield _limit("while it streams in", lambda: _streaming(terminal))
        yield _limit("at rest", lambda: p95([_at_rest(terminal, key) for key in KEYS * 10]))
        yield _limit("while it is sorted", lambda: _sorting(terminal))
        yield _limit("while it is filtered", lambda: _filtering(terminal))
        yield _filter_limit(terminal, "CPU time", terminal.cpu)
        yield _filter_limit(terminal, "time on the clock", time.perf_counter)
        yield Limit(
            "memory with 1,000,000 entries, sorted and filtered", 350, "MiB", terminal.memory
        )
        yield Limit("growth over 1,000 folder changes", 8, "MiB", lambda: _growth(terminal))


def _limit(when: str, value: Callable[[], float]) -> Limit:
    what = f"a key among 1,000,000 entries {when}: CPU time of the loop, p95"
    return Limit(what, 16, "ms", lambda: value() * _MILLISECONDS)


def _filter_limit(terminal: Terminal, what: str, clock: Callable[[], float]) -> Limit:
    what = f"filter 1,000,000 names: {what} from the key to the complete result"
    return Limit(
        what,
        150,
        "ms",
        lambda: statistics.median(_filter(terminal, key, clock) for key in "719#71"),
    )


def _first_rows(terminal: Terminal) -> Ratio:
    """Folders of a thousand are entered once each: the second time they would be known."""
    fresh = iter(range(THOUSANDS))

    def enter(keys: str, text: str) -> float:
        pressed = terminal.press(keys)
        painted = terminal.wait_for(text)
        terminal.press("h")
        terminal.settle()
        return painted - pressed

    def thousand() -> float:
        number = next(fresh)
        return enter("g" + "j" * (number + 1) + "\r", f"t{number}file-")

    return Ratio(
        "first rows of 1,000,000 entries / of 1,000",
        1.5,
        lambda: enter("g\r", "mfile-"),
        thousand,
        rounds=THOUSANDS - 1,
    )


def _at_rest(terminal: Terminal, key: str) -> float:
    spent = terminal.answered(key)
    terminal.settle()
    return spent


def _streaming(terminal: Terminal) -> float:
    """Three listings, of which the last one comes to its end."""
    spent: list[float] = []
    for listing in range(3):
        if listing:
            terminal.press("h")
            terminal.rest()
        terminal.press("g\r")
        terminal.wait_for("mfile-")
        spent += [terminal.answered(key, CURSOR) for key in _apart("jk" * 35)]
    terminal.rest()
    return p95(spent)


def _sorting(terminal: Terminal) -> float:
    spent: list[float] = []
    for order in "snsn":
        terminal.press(",")
        terminal.wait_for("reverse")
        terminal.press(order)
        terminal.settle(0.1)
        spent += [terminal.answered(key, CURSOR) for key in _apart("jk" * 15)]
        terminal.rest()
    return p95(spent)


def _filtering(terminal: Terminal) -> float:
    spent: list[float] = []
    for _ in range(17):
        terminal.press("/")
        terminal.settle()
        spent += [
            terminal.answered(key, key if key.isprintable() else "")
            for key in _apart("7t#\x7f\x7f\x7f")
        ]
        terminal.press("\x1b")
        terminal.rest()
    return p95(spent)


def _apart(keys: str) -> Iterator[str]:
    """Keys as fast as a held key repeats."""
    for key in keys:
        yield key
        time.sleep(0.033)


def _filter(terminal: Terminal, key: str, clock: Callable[[], float]) -> float:
    terminal.press("/")
    terminal.settle()
    before = clock()
    terminal.press(key)
    terminal.wait_for("No name here" if key == "#" else " of")
    spent = clock() - before
    terminal.press("\x1b")
    terminal.rest()
    return spent * _MILLISECONDS


def _growth(terminal: Terminal) -> float:
    terminal.press("h")
    terminal.rest()
    before = 0.0
    for number in range(550):
        terminal.press("gj\rh")
        terminal.settle(0.03)
        if number == 50:
            before = terminal.memory()
    return terminal.memory() - before
