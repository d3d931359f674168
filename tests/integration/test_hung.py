"""An engine that hangs: the screen answers every key, and says who does not answer."""

from __future__ import annotations

import os
from functools import partial
from operator import ne
from pathlib import Path

import pytest

from screenshots.terminal import Terminal
from tests.integration.conftest import Make
from tests.integration.test_browser import browse, shows
from tests.integration.test_live import shows_no

KEY_COSTS = 0.1
"""Seconds of CPU time that a key may cost."""


def cpu_time(terminal: Terminal) -> float:
    """Seconds the program has worked so far."""
    fields = Path(f"/proc/{terminal.pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def answers(terminal: Terminal, *keys: str) -> None:
    """Press keys that each change the picture, at a price."""
    for key in keys:
        picture, worked = terminal.text(), cpu_time(terminal)
        terminal.press(key)
        terminal.wait_for(partial(ne, picture), f"an answer to {key}")
        assert cpu_time(terminal) - worked < KEY_COSTS, key


def test_every_key_is_answered_while_the_engine_hangs(fresh_engine: Make) -> None:
    private = fresh_engine()
    for name in ("first", "second", "third"):
        private.api.post("/volumes/create", {"Name": name})
    inside = private.path(private.api.get("/volumes/first")["Mountpoint"])
    for name in ("alpha", "bravo", "charlie"):
        (inside / name).mkdir()
        (inside / name / "file").write_text(name)
    with browse(private.url, "first") as terminal:
        shows(terminal, "3 entries")
        shows_no(terminal, "size ?")
        answers(terminal, "j", "k", "j")
        private.freeze()
        answers(terminal, "j", "k", "k", "/", "b", "Esc", "j")
        terminal.press("Enter")
        shows(terminal, "first:/bravo", "no answer for")
        answers(terminal, "h", "h", "j", "k")
        shows(terminal, "Stale. The engine at", "did not answer")
        answers(terminal, "j", "k")
        (inside / "delta").mkdir()
        private.thaw()
        shows_no(terminal, "Stale.")
        terminal.press("Enter")
        shows(terminal, "4 entries", "delta/")
        terminal.press("q")
        assert terminal.wait_end() == 0


@pytest.mark.slow
def test_an_engine_that_hangs_from_the_start_is_named(fresh_engine: Make) -> None:
    private = fresh_engine()
    private.api.post("/volumes/create", {"Name": "data"})
    private.freeze()
    with browse(private.url) as terminal:
        shows(terminal, "has not answered for")
        answers(terminal, ",", "Esc")
        shows(terminal, "did not answer")
        private.thaw()
        shows(terminal, "data", "1 volume")
