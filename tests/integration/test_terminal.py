"""What the real program does to a terminal, and what a terminal may do to it."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from screenshots.terminal import Terminal
from tests.engines.waiting import wait_for
from tests.integration.conftest import Things
from tests.ui.test_screens import assert_harmless

VOLTUI = [sys.executable, "-m", "tui"]

RESTORED = b"\x1b[?1049l"


@pytest.fixture
def volume(things: Things) -> str:
    """A volume whose names are hostile, not ASCII, or both."""
    name = things.volume("terminal", Labels={"\x1b]0;pwned\x07": "\u202e\x9b31m"})
    folder = os.fsencode(things.folder(name))
    os.mkdir(os.path.join(folder, b"aaa \x1b]0;pwned\x07\xff"))
    for text in ("b\x1b[2J\u202e\x9b31m[b]", "größe 漢字", "plain"):
        Path(os.fsdecode(os.path.join(folder, text.encode()))).write_text("text ü\x1b[31m\n" * 40)
    return name


def browse(
    things: Things,
    *arguments: str,
    env: dict[str, str] | None = None,
    size: tuple[int, int] = (80, 24),
) -> Terminal:
    terminal = Terminal([*VOLTUI, "--host", things.engine.url, *arguments], *size, env)
    terminal.quiet = 0.05
    return terminal


def shows(terminal: Terminal, *texts: str) -> None:
    terminal.wait_for(lambda screen: all(text in screen for text in texts), " and ".join(texts))


def titles(terminal: Terminal) -> list[str]:
    return re.findall(r"\x1b\]2;([^\x07]*)\x07", terminal.written.decode())


def test_the_title_names_the_place_and_is_given_back(things: Things, volume: str) -> None:
    with browse(things) as terminal:
        shows(terminal, volume)
        terminal.press("Enter")
        shows(terminal, "terminal:/", "4 entries")
        terminal.press("Enter")
        shows(terminal, "This folder is empty.")
        terminal.press("h", "h")
        shows(terminal, "Details")
        terminal.press("q")
        assert terminal.wait_end() == 0
    assert titles(terminal) == [
        "voltui", "voltui: terminal:/", "voltui: terminal:/aaa \\e]0;pwned\\x07\\xff",
        "voltui: terminal:/", "voltui", "",
    ]  # fmt: skip
    assert terminal.written.count(b"\x1b[22;0t") == 1
    assert terminal.written.endswith(b"\x1b]2;\x07\x1b[23;0t")


ENVIRONMENTS = {
    "plain": ({}, []),
    "ascii": ({}, ["--ascii"]),
    "LANG=C": ({"LANG": "C", "LC_ALL": "C"}, []),
    "16-colours": ({"TERM": "xterm", "COLORTERM": ""}, []),
    "console": ({"TERM": "linux", "COLORTERM": ""}, []),
    "NO_COLOR": ({"NO_COLOR": "1"}, []),
    "ssh": ({"SSH_CONNECTION": "10.0.0.1 1 10.0.0.2 22"}, []),
}


SLOW = {"plain", "ascii", "16-colours", "NO_COLOR"}
"""`tests/ui/test_screens.py` has them too, on the real agent."""


@pytest.mark.parametrize(
    "name",
    [pytest.param(name, marks=[pytest.mark.slow] if name in SLOW else []) for name in ENVIRONMENTS],
)
def test_every_kind_of_terminal(things: Things, volume: str, name: str) -> None:
    env, flags = ENVIRONMENTS[name]
    with browse(things, *flags, env=env) as terminal:
        shows(terminal, volume)
        terminal.press("Enter")
        shows(terminal, "4 entries")
        terminal.press("j", "Enter")
        shows(terminal, "text")
        terminal.press("h", "G", "i")
        shows(terminal, "Inode")
        terminal.press("q", "?", "q", "q")
        assert terminal.wait_end() == 0
    written = terminal.written
    assert_harmless(written)
    assert written.isascii() == (name in {"ascii", "LANG=C", "console"})
    assert (b"8;2;" in written) == (name in {"plain", "ascii", "LANG=C", "ssh"})
    assert (b"\x1b]2;" in written) == (name != "console")


def test_ctrl_c_quits_at_the_second_time(things: Things, volume: str) -> None:
    with browse(things, volume) as terminal:
        shows(terminal, "4 entries")
        terminal.press("Ctrl+c")
        shows(terminal, "Press Ctrl+c again to quit.")
        terminal.press("Ctrl+c")
        assert terminal.wait_end() == 0
        assert RESTORED in terminal.written


def test_back_after_ctrl_z_longer_than_the_heartbeat(things: Things, volume: str) -> None:
    """While the program stands still its helper ends; the next key opens another, unnoticed."""
    with browse(things, volume) as terminal:
        shows(terminal, "4 entries")
        terminal.send(b"\x1a")
        wait_for(lambda: _state(terminal.pid) == "T", "the program to stand still", 30)
        terminal.settle()
        assert terminal.written.endswith(b"\x1b[?1004l")
        assert RESTORED in terminal.written
        for helper in things.helpers():
            things.engine.api.delete(f"/containers/{helper}", force=1)
        stopped = len(terminal.written)
        os.kill(terminal.pid, signal.SIGCONT)
        wait_for(lambda: _repainted(terminal, stopped), "the screen, painted again", 30)
        terminal.press("G", "k", "Enter")
        shows(terminal, "text")
        terminal.press("h", "g", "Enter")
        shows(terminal, "This folder is empty.")
        assert "lost" not in terminal.text().lower()
        terminal.press("q")
        assert terminal.wait_end() == 0


def _repainted(terminal: Terminal, since: int) -> bool:
    terminal.settle()
    return b"4 entries" in terminal.written[since:]


def _state(pid: int) -> str:
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]


def mouse(button: int, column: int, row: int, *, release: bool = False) -> bytes:
    """What a terminal sends for a button; 64 and 65 are the wheel. Both count from 1."""
    return f"\x1b[<{button};{column};{row}{'m' if release else 'M'}".encode()


def click(terminal: Terminal, column: int, row: int, times: int = 1) -> None:
    both = mouse(0, column, row) + mouse(0, column, row, release=True)
    terminal.send(both * times)


def test_the_mouse_in_every_list(things: Things) -> None:
    """One click selects, two open, the wheel scrolls, a click on a key presses it."""
    name = things.volume("mouse")
    for number in range(60):
        (things.folder(name) / f"file-{number:02}").write_text(
            "".join(f"{number} line {line}\n" for line in range(90))
        )
    with browse(things) as terminal:
        shows(terminal, name)
        click(terminal, 5, 4, times=2)
        shows(terminal, "60 entries", "0 line 3")
        click(terminal, 5, 8)
        shows(terminal, "4 line 3")
        for _ in range(30):
            terminal.send(mouse(65, 5, 8))
        shows(terminal, "file-59")
        terminal.send(mouse(65, 60, 8) * 40)
        shows(terminal, "4 line 89")
        click(terminal, _column(terminal, "? Help"), 24)
        shows(terminal, "Everywhere")
        terminal.send(mouse(65, 40, 12) * 200)
        shows(terminal, "Signs")
        terminal.press("q", "q")
        assert terminal.wait_end() == 0


def _column(terminal: Terminal, text: str) -> int:
    return terminal.text().split("\n")[23].index(text) + 1


def config(private_home: Path, text: str) -> None:
    folder = private_home / "config" / "voltui"
    folder.mkdir(parents=True)
    (folder / "config.toml").write_text(text)


def test_the_config_changes_keys_theme_and_glyphs(
    things: Things, volume: str, private_home: Path
) -> None:
    config(private_home, 'theme = "nord"\nascii = true\nmouse = false\n[keys]\nopen = "K"\n')
    with browse(things) as terminal:
        shows(terminal, volume, "K Open")
        terminal.press("K")
        shows(terminal, "4 entries")
        terminal.press("q")
        assert terminal.wait_end() == 0
    assert terminal.written.isascii()
    for mode in (b"1000", b"1002", b"1003", b"1006"):
        assert b"\x1b[?" + mode + b"h" not in terminal.written


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("[keys]\nnope = 'x'\n", "line 2: nope is no action"),
        ("theme = \n", "line 1: Invalid value"),
        ("theme = 'a\x1b]0;pwned\x07'\n", "line 1: Found invalid character"),
        ('theme = "a\\u001b"\n', "line 1: there is no theme a\\e"),
        ('"a\\u001b" = 1\n', "a\\e is no setting"),
    ],
)
def test_a_wrong_config_is_one_sentence(private_home: Path, text: str, says: str) -> None:
    config(private_home, text)
    with Terminal([*VOLTUI, "--host", "tcp://127.0.0.1:1"], 200, 24) as terminal:
        assert terminal.wait_end() == 2
        told = terminal.written.decode()
        assert says in told.replace("\r\n", "")
        assert "Traceback" not in told
        assert "\x1b" not in told


def test_without_a_terminal_it_is_one_sentence(things: Things) -> None:
    command = [*VOLTUI, "--host", things.engine.url]
    done = subprocess.run(
        command, stdin=subprocess.DEVNULL, capture_output=True, check=False, text=True, timeout=60
    )
    assert done.returncode == 2
    assert done.stderr.startswith("voltui: The browser needs a terminal.")
    assert not done.stdout


def test_keys_are_listed_with_the_changes(private_home: Path) -> None:
    config(private_home, "[keys]\nrefresh = 'Ctrl+r'\n")
    done = subprocess.run([*VOLTUI, "keys"], capture_output=True, check=True, text=True, timeout=60)
    line = next(line for line in done.stdout.split("\n") if line.startswith("refresh "))
    assert "Ctrl+r" in line
    assert "F5" not in line
