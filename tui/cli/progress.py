"""How far a command is: one line on stderr, if that is a terminal."""

from __future__ import annotations

import os
import sys
from types import TracebackType
from typing import Self

from tui.presentation import safe_text

_WIDTH = 80
"""Columns of a terminal that does not tell."""
_ERASE = "\r\x1b[K"


class ProgressLine:
    """A line that is overwritten, and gone at the end."""

    def __init__(self) -> None:
        self._on = sys.stderr.isatty() and os.environ.get("TERM") not in {None, "", "dumb"}
        self._shown = False

    def show(self, text: str) -> None:
        """Replace what is shown; what does not fit the line is cut."""
        if self._on:
            width = os.get_terminal_size(sys.stderr.fileno()).columns or _WIDTH
            self._write(f"{_ERASE}{safe_text(text)[: width - 1]}")
            self._shown = True

    def clear(self) -> None:
        """Make room for other lines on the same terminal."""
        if self._shown:
            self._write(_ERASE)
            self._shown = False

    def _write(self, text: str) -> None:
        sys.stderr.write(text)
        sys.stderr.flush()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.clear()
