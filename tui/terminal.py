"""What the terminal can do and what may reach it: colours, motion, filters, signals."""

from __future__ import annotations

import asyncio
import codecs
import functools
import io
import os
import re
import select
import signal
import sys
import threading
from collections.abc import Callable, Mapping

from rich.segment import Segment
from textual.color import Color
from textual.drivers import linux_driver
from textual.filter import LineFilter

from tui.presentation import safe_text

_GLYPHS = str.maketrans(
    {
        "●": "*", "○": "o", "·": "-", "…": "~", "▌": ">", "▲": "^", "▼": "v", "→": ">",
        "↵": "<", "─": "-", "━": "=", "│": "|", "╭": "+", "╮": "+", "╰": "+", "╯": "+",
        "‖": "=", "◌": "o", "▎": "|", "▁": "_", "▔": "-", "▊": "|", "█": "#", "≥": ">", "␣": "_",
        "•": "*", "←": "<",
    }
)  # fmt: skip
"""Every glyph of ours, one cell wide, and what stands for it under `--ascii`."""

_OTHER = re.compile(r"[^ -~]")


class SafeFilter(LineFilter):
    """Last line of defence: every strip of every widget passes it, and nothing else passes.

    `presentation.safe` makes names visible where they are shown; what it was not asked about is
    dropped here. All of it is zero cells wide, so the layout stays right.
    """

    def apply(self, segments: list[Segment], _background: Color) -> list[Segment]:
        """Drop what is not printable."""
        if all(segment.text.isprintable() for segment in segments):
            return segments
        return [
            segment if segment.control or segment.text.isprintable() else _printable(segment)
            for segment in segments
        ]


def _printable(segment: Segment) -> Segment:
    text = "".join(char for char in segment.text if char.isprintable())
    return Segment(text, segment.style)


class AsciiFilter(LineFilter):
    """Shows every glyph of ours by an ASCII character."""

    def apply(self, segments: list[Segment], _background: Color) -> list[Segment]:
        """Replace what is not ASCII."""
        return [
            segment
            if segment.control or segment.text.isascii()
            else Segment(_OTHER.sub("?", segment.text.translate(_GLYPHS)), segment.style)
            for segment in segments
        ]


class SafeErrors(io.StringIO):
    """Stderr for a bug's traceback: rich passes what file names and messages hold as it is."""

    def __init__(self, *, ascii_only: bool) -> None:
        super().__init__()
        self._encoding = "ascii" if ascii_only else "utf-8"

    @property
    def encoding(self) -> str:  # type: ignore[override]  # It is fixed there.
        """What rich chooses the lines of its boxes by."""
        return self._encoding

    def write(self, text: str) -> int:
        """Show what is not printable."""
        if sys.__stderr__:
            sys.__stderr__.write("\n".join(map(safe_text, text.split("\n"))))
        return len(text)

    def flush(self) -> None:
        """Let it be seen."""
        if sys.__stderr__:
            sys.__stderr__.flush()


def needs_palette_of_terminal(environ: Mapping[str, str] = os.environ) -> bool:
    """Whether to use the terminal's own 16 colours: NO_COLOR, or no more than those are there."""
    if environ.get("NO_COLOR"):
        return True
    if environ.get("COLORTERM", "").lower() in {"truecolor", "24bit"}:
        return False
    term = environ.get("TERM", "")
    return "256color" not in term and "direct" not in term and "kitty" not in term


def is_remote(environ: Mapping[str, str] = os.environ) -> bool:
    """Whether the terminal is at the other end of an SSH connection, where motion costs bytes."""
    return bool(environ.get("SSH_CONNECTION") or environ.get("SSH_TTY"))


def tolerate_broken_input() -> None:
    """Keep bytes that are not UTF-8 from ending the app (textual #6668, X10 mouse reports)."""

    def lenient(encoding: str) -> Callable[[], codecs.IncrementalDecoder]:
        return functools.partial(codecs.getincrementaldecoder(encoding), errors="replace")

    vars(linux_driver)["getincrementaldecoder"] = lenient


def follow_window_size() -> None:
    """Ask the terminal for its size; what a shell once exported does not change with it."""
    for name in ("COLUMNS", "LINES"):
        os.environ.pop(name, None)


LAST_RESORT = 4.0
"""Seconds after which a signal ends the program even if its terminal takes no more output."""


def on_termination(leave: Callable[[int], object], close: Callable[[], object]) -> None:
    """On SIGTERM, SIGHUP and SIGINT call `leave` with the exit status, whose default would leave
    the terminal in raw mode, and `close` in a thread.

    A terminal that went away blocks the loop at its next output, so nothing here waits for it.
    """
    loop = asyncio.get_running_loop()

    def handle(number: int, _frame: object) -> None:
        status = 128 + number
        last_resort = threading.Timer(LAST_RESORT, os._exit, [status])
        closing = threading.Thread(target=close)
        for thread in (last_resort, closing):
            thread.daemon = True
            thread.start()
        loop.call_soon_threadsafe(leave, status)

    for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
        signal.signal(number, handle)
    threading.Thread(target=_wait_for_hangup, name="voltui-hangup", daemon=True).start()


def _wait_for_hangup() -> None:
    """Raise SIGHUP once the terminal is gone.

    The kernel sends it to the leader of the session only, which may be a `make` that keeps it.
    """
    if sys.__stdin__ is None:
        return
    poll = select.poll()
    poll.register(sys.__stdin__.fileno(), 0)
    # Where poll knows no terminals (macOS) it says so at once, by another event.
    if any(event & select.POLLHUP for _, event in poll.poll()):
        os.kill(os.getpid(), signal.SIGHUP)
