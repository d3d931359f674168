"""A terminal to run the real program in, and a picture of what it shows.

The program gets a pseudo-terminal, pyte understands what it writes, Pillow draws the cells.
"""

from __future__ import annotations

import fcntl
import os
import pty
import re
import select
import signal
import struct
import termios
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import TracebackType

import pyte

from screenshots.drawing import draw

KEYS = {
    "Enter": "\r", "Esc": "\x1b", "Tab": "\t", "Space": " ", "Backspace": "\x7f",
    "Up": "\x1b[A", "Down": "\x1b[B", "Right": "\x1b[C", "Left": "\x1b[D",
    "PgUp": "\x1b[5~", "PgDn": "\x1b[6~", "Home": "\x1b[H", "End": "\x1b[F",
    "Ctrl+c": "\x03", "Ctrl+p": "\x10", "Ctrl+a": "\x01", "F1": "\x1bOP", "F5": "\x1b[15~",
}  # fmt: skip

QUIET = 0.15
"""Seconds without output after which a program is taken to have painted all it wants to."""

DEADLINE = 40.0
"""Seconds after which waiting for a program fails."""

_UNKNOWN_TO_PYTE = re.compile(
    r"\x1b\[[<>=?][0-9;]*[a-zA-Z]|\x1b\[\?[0-9;]*\$p|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)"
    r"|\x1b[_P][^\x1b]*\x1b\\|\x1b\[[0-9;]*t|\x1b\[[0-9;]* q"
)


class Terminal:
    """A program in a pseudo-terminal of its own; a context manager that ends what it started."""

    def __init__(
        self, command: Sequence[str], columns: int, rows: int, env: Mapping[str, str] | None = None
    ) -> None:
        self.columns, self.rows = columns, rows
        self.written = b""
        """Everything the program has written."""
        self.quiet = QUIET
        """Seconds without output that `settle` waits for."""
        self.status: int | None = None
        """Exit status as `os.waitpid` has it; None while the program runs."""
        environ = {**os.environ, "TERM": "xterm-256color", "COLORTERM": "truecolor"}
        for name in ("NO_COLOR", "COLUMNS", "LINES"):
            environ.pop(name, None)
        environ |= env or {}
        self.pid, self._fd = pty.fork()
        if self.pid == 0:
            _set_size(0, columns, rows)
            os.execvpe(command[0], list(command), environ)

    def __enter__(self) -> Terminal:
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _traceback: TracebackType | None,
    ) -> None:
        if not self.ended():
            os.kill(self.pid, signal.SIGTERM)
        end = time.monotonic() + DEADLINE
        while not self.ended() and time.monotonic() < end:
            self._read(0.05)
        if not self.ended():
            os.kill(self.pid, signal.SIGKILL)
            _, self.status = os.waitpid(self.pid, 0)
        if self._fd >= 0:
            os.close(self._fd)

    def hang_up(self) -> None:
        """Close the terminal, as a cut line does; the program gets SIGHUP and no more answers."""
        os.close(self._fd)
        self._fd = -1

    def ended(self) -> bool:
        """Whether the program has ended."""
        if self.status is None:
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                self.status = status
        return self.status is not None

    def resize(self, columns: int, rows: int) -> None:
        """Change the size of the window."""
        self.columns, self.rows = columns, rows
        _set_size(self._fd, columns, rows)

    def press(self, *keys: str) -> None:
        """Press keys, by name or as they are, letting the program answer each."""
        for key in keys:
            self.send(KEYS.get(key, key).encode())

    def send(self, data: bytes) -> None:
        """Send bytes as a keyboard would, and let the program answer."""
        os.write(self._fd, data)
        self.settle()

    def settle(self, quiet: float | None = None) -> bool:
        """Read until the program was quiet for some seconds; whether it ever was."""
        end = time.monotonic() + DEADLINE
        while self._read(self.quiet if quiet is None else quiet):
            if time.monotonic() > end:
                return False
        return True

    def wait_for(self, condition: Callable[[str], bool], what: str) -> None:
        """Read until the text on the screen fulfils a condition."""
        end = time.monotonic() + DEADLINE
        while not condition(self.text()):
            if time.monotonic() > end:
                raise TimeoutError(f"{what} did not come:\n{self.text()}")
            self._read(self.quiet)

    def wait_end(self) -> int:
        """Read until the program ends; its exit status, negative for a signal."""
        end = time.monotonic() + DEADLINE
        while not self.ended():
            if time.monotonic() > end:
                raise TimeoutError("The program did not end.")
            self._read(0.05)
        while self._read(0.05):
            pass
        return os.waitstatus_to_exitcode(self.status or 0)

    def _read(self, timeout: float) -> bool:
        """Take in what comes within a time; whether anything came."""
        if self._fd < 0:
            time.sleep(timeout)
            return False
        ready, _, _ = select.select([self._fd], [], [], timeout)
        if not ready:
            return False
        try:
            data = os.read(self._fd, 1 << 16)
        except OSError:  # The program has closed its side.
            return False
        self.written += data
        return bool(data)

    def screen(self) -> pyte.Screen:
        """What the terminal shows now."""
        screen = pyte.Screen(self.columns, self.rows)
        text = self.written.decode("utf-8", "replace")
        pyte.Stream(screen).feed(_UNKNOWN_TO_PYTE.sub("", text))
        return screen

    def text(self) -> str:
        """The text of the screen, without colours."""
        return "\n".join(line.rstrip() for line in self.screen().display)


def _set_size(fd: int, columns: int, rows: int) -> None:
    fcntl.ioctl(fd, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))


def capture(
    command: Sequence[str],
    columns: int,
    rows: int,
    keys: Sequence[str],
    path: Path,
    env: Mapping[str, str] | None = None,
) -> str:
    """Run a program, press keys, draw its screen into a PNG file; returns the screen's text."""
    with Terminal(command, columns, rows, env) as terminal:
        terminal.wait_for(lambda text: bool(text.strip()), "The first frame")
        terminal.settle()
        terminal.press(*keys)
        draw(terminal.screen(), path)
        return terminal.text()
