"""Every screen with hostile names, on a real terminal: harmless bytes, any size, any signal."""

from __future__ import annotations

import os
import re
import signal
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from screenshots.terminal import KEYS, Terminal
from tests.agent.process import agent_binary
from tests.engines.waiting import wait_for
from tests.hostile import hostile_folder
from tests.screens import CASES, Case, screen_classes

RAW = (b"\x1b]0;pwned", b"\x1b[31mred", b"\xc2\x9b31m", "\u202e".encode(), "\u200b".encode())
"""What the hostile names would do if they could."""

_SEQUENCES = re.compile(
    r"\x1b\[[<>=?]?[0-9;:]*[ $]?[a-zA-Z]"  # modes, colours, the cursor
    r"|\x1b\](?:2|22|52);[^\x00-\x1f\x7f-\x9f]*(?:\x07|\x1b\\)"  # title, pointer, clipboard
)
_COLOURS = re.compile(rb"\x1b\[(?:[0-9;]*;)?(?:3[0-8]|4[0-8]|9[0-7]|10[0-7])(?:;[0-9;]*)?m")

_KEYS = {
    **KEYS,
    "Esc": "\x1b[27u",
    "F4": "\x1bOS",
    "F6": "\x1b[17~",
    "F7": "\x1b[18~",
    "F8": "\x1b[19~",
    "F10": "\x1b[21~",
}
"""Esc as kitty sends it: no key that follows at once can be taken for its continuation."""

OPEN = "MainScreen"


@dataclass
class Program:
    """The program of `tests.hostile` on a terminal; tells which screens are open."""

    terminal: Terminal
    told: Path

    def open_screens(self) -> str:
        self.terminal.settle()
        return self.told.read_text().rsplit("\n", 2)[-2] if self.told.exists() else ""

    def reach(self, screen: str) -> None:
        wait_for(lambda: self.open_screens().split("/")[-1] == screen, f"the {screen}", 30)

    def sees(self, *texts: str) -> None:
        self.terminal.wait_for(
            lambda screen: all(text in screen for text in texts), " and ".join(texts)
        )

    def open(self, case: Case) -> None:
        """Open a screen from the list of files."""
        self.type(case.keys)
        self.reach(case.screen)

    def type(self, keys: Sequence[str]) -> None:
        """Press keys, all at once."""
        self.terminal.send("".join(_KEYS.get(key, key) for key in keys).encode())

    def close(self, case: Case) -> None:
        self.type(case.close)
        if case.close:
            self.reach(OPEN)


@contextmanager
def hostile(
    tmp_path: Path,
    columns: int = 80,
    rows: int = 24,
    env: Mapping[str, str] | None = None,
    flags: Sequence[str] = (),
) -> Iterator[Program]:
    """The program in the list of the hostile folder."""
    folder, told = tmp_path / "volume", tmp_path / "told"
    folder.mkdir()
    hostile_folder(folder)
    arguments = ["--folder", str(folder), "--agent", str(agent_binary()), "--told", str(told)]
    command = [sys.executable, "-m", "tests.hostile", *arguments, *flags]
    with Terminal(command, 80, 24, env) as terminal:
        terminal.quiet = 0.04
        program = Program(terminal, told)
        program.sees("pwned", "2 volumes")
        terminal.press("Enter")
        program.sees("4 entries")
        terminal.resize(columns, rows)
        terminal.settle()
        yield program


def assert_harmless(written: bytes) -> None:
    """Nothing reached the terminal but text and the sequences that Textual and we write."""
    for raw in RAW:
        assert raw not in written
    text = _SEQUENCES.sub("", written.decode("utf-8", "surrogateescape"))
    assert set(re.findall(r"[^ -~\xa0-\U0010ffff]", text)) <= {"\r", "\n"}
    assert not re.findall(r"[\u200b-\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]", text)


def test_every_screen_has_a_case() -> None:
    """A new screen needs a line in `tests/screens.py`."""
    assert {cls.__name__ for cls in screen_classes()} <= {case.screen for case in CASES}


def test_every_screen_with_hostile_names_in_any_size(tmp_path: Path) -> None:
    with hostile(tmp_path) as program:
        for case in CASES:
            program.open(case)
            program.sees(case.shows)
            if case.close:
                for columns, rows in ((20, 5), (1, 1), (80, 24)):
                    program.terminal.resize(columns, rows)
                    program.terminal.settle()
                program.sees(case.shows)
            program.close(case)
        assert program.terminal.wait_end() == 0
        assert_harmless(program.terminal.written)


@pytest.mark.parametrize(
    ("size", "env", "flags"),
    [
        pytest.param((20, 5), {"COLORTERM": "", "TERM": "xterm"}, ["--ascii"], id="20x5-ascii-16"),
        pytest.param(
            (200, 50), {"NO_COLOR": "1"}, [], id="200x50-no-colour", marks=pytest.mark.slow
        ),
    ],
)
def test_every_screen_on_poor_terminals(
    tmp_path: Path, size: tuple[int, int], env: dict[str, str], flags: list[str]
) -> None:
    with hostile(tmp_path, *size, env, flags) as program:
        for case in CASES:
            program.open(case)
            program.close(case)
        assert program.terminal.wait_end() == 0
        written = program.terminal.written
        assert_harmless(written)
        assert b"8;2;" not in written, "no colours by number"
        assert "--ascii" not in flags or written.isascii()
        assert "NO_COLOR" not in env or not _COLOURS.search(written)


@pytest.mark.slow
def test_no_screen_moves_or_blinks_by_itself(tmp_path: Path) -> None:
    """A screen nobody touches costs no byte of the line."""
    with hostile(tmp_path, env={"SSH_CONNECTION": "10.0.0.1 1 10.0.0.2 22"}) as program:
        for case in CASES:
            if case.close:
                program.open(case)
                assert program.terminal.settle(1.2), case
                program.close(case)


ENDINGS = [signal.SIGTERM, signal.SIGHUP, signal.SIGINT]

ONE_EACH = {case.screen: case for case in CASES}


@pytest.mark.parametrize(
    ("case", "number"),
    [
        pytest.param(
            case,
            number,
            id=f"{case.screen}-{number.name}",
            marks=[] if index % 9 == turn else [pytest.mark.slow],
        )
        for index, case in enumerate(ONE_EACH.values())
        for turn, number in enumerate(ENDINGS)
    ],
)
def test_a_signal_on_any_screen_restores_the_terminal(
    tmp_path: Path, case: Case, number: signal.Signals
) -> None:
    with hostile(tmp_path, flags=[] if case.close else ["--closing", "2"]) as program:
        program.open(case)
        os.kill(program.terminal.pid, number)
        assert program.terminal.wait_end() in {0, 128 + number}
        assert b"\x1b[?1049l" in program.terminal.written
        assert b"engine closed" in program.terminal.written


@pytest.mark.slow
@pytest.mark.parametrize("case", ONE_EACH.values(), ids=lambda case: case.screen)
def test_a_terminal_that_goes_away_ends_the_program_on_any_screen(
    tmp_path: Path, case: Case
) -> None:
    with hostile(tmp_path, flags=[] if case.close else ["--closing", "2"]) as program:
        program.open(case)
        program.terminal.hang_up()
        wait_for(program.terminal.ended, "the end of the program", 30)
