"""Nothing from a name, a label, a file or an error reaches a real terminal raw."""

from __future__ import annotations

import os
import signal
import sys

import pytest

from screenshots.terminal import Terminal

COMMAND = [sys.executable, "-m", "tests.hostile"]
RAW = (b"\x1b]0;pwned", b"\x1b[31mred", b"\xc2\x9b31m", "\u202e".encode(), "\u200b".encode())
"""What the hostile names would do if they could."""

STOPS = [signal.SIGTERM, signal.SIGHUP, signal.SIGINT]


def assert_harmless(terminal: Terminal) -> None:
    for raw in RAW:
        assert raw not in terminal.written


def test_hostile_details_and_errors() -> None:
    with Terminal(COMMAND, 80, 24) as terminal:
        terminal.wait_for(lambda text: "pwned" in text, "The hostile volume")
        terminal.press("i")
        terminal.wait_for(lambda text: "Mountpoint" in text, "The volume in JSON")
        terminal.press("q", "Enter")
        terminal.wait_for(lambda text: "entries" in text, "The hostile folder")
        terminal.press("Enter")
        terminal.wait_for(lambda text: "cannot" in text, "The hostile error")
        terminal.press("h", "h", "R", "q")
        assert terminal.wait_end() == 0
        assert_harmless(terminal)


@pytest.mark.parametrize("number", STOPS)
def test_signals_restore_the_terminal_and_close_the_engine(number: signal.Signals) -> None:
    with Terminal(COMMAND, 80, 24) as terminal:
        terminal.wait_for(lambda text: "pwned" in text, "The list")
        os.kill(terminal.pid, number)
        assert terminal.wait_end() == 128 + number
        assert b"\x1b[?1049l" in terminal.written
        assert b"engine closed" in terminal.written


def test_broken_bytes_from_the_keyboard_do_not_end_it() -> None:
    with Terminal(COMMAND, 80, 24) as terminal:
        terminal.wait_for(lambda text: "pwned" in text, "The list")
        terminal.send(b"\x1b[M \xff\xfe")
        terminal.press("?")
        terminal.wait_for(lambda text: "Everywhere" in text, "The help")


@pytest.mark.parametrize(
    "env",
    [{"NO_COLOR": "1"}, {"TERM": "linux", "COLORTERM": ""}, {"TERM": "vt100", "COLORTERM": ""}],
)
def test_poor_terminals_get_no_colours_they_do_not_have(env: dict[str, str]) -> None:
    with Terminal(COMMAND, 80, 24, env) as terminal:
        terminal.wait_for(lambda text: "pwned" in text, "The list")
        assert b"38;2;" not in terminal.written
        assert b"48;2;" not in terminal.written


@pytest.mark.parametrize("flags", [[], ["--ascii"]])
def test_a_bug_is_told_after_the_terminal_is_restored(flags: list[str]) -> None:
    with Terminal([*COMMAND, *flags], 80, 24) as terminal:
        terminal.wait_for(lambda text: "pwned" in text, "The list")
        terminal.send(b"\x1b[20~")
        assert terminal.wait_end() == 1
        _, _, after = terminal.written.partition(b"\x1b[?1049l")
        assert b"RuntimeError: a bug a" in after
        assert b"action_err" in after
        assert b"\x1b]2;\x07\x1b[23;0t" in after, "the title is given back"
        assert_harmless(terminal)
        assert after.isascii() or not flags
