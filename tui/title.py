"""The title of the terminal's window: which place is shown.

Sources: xterm's control sequences, OSC 2 (title) and XTWINOPS 22 and 23 (its stack).
"""

from __future__ import annotations

import os
from collections.abc import Mapping

from tui.presentation import tail

LONGEST = 120
"""Cells of a title; most terminals show far less."""

KEEP = "\x1b[22;0t"
"""Keeps the present title on the terminal's stack."""

RESTORE = "\x1b]2;\x07\x1b[23;0t"
"""Takes it back; a terminal without such a stack gets an empty title, and chooses its own."""

_WITHOUT = ("linux", "vt", "ansi", "cons", "dumb")
"""Terminals by the beginning of TERM that have no title and may print what should be one."""


def has_title(environ: Mapping[str, str] = os.environ) -> bool:
    """Whether the terminal has a title that can be set."""
    return not environ.get("TERM", "dumb").startswith(_WITHOUT)


def title(place: str) -> str:
    """The sequence that sets the title for a place such as `pgdata:/base`, which is safe to show.

    A safe text holds nothing that could end the sequence; that is made sure of here once more.
    """
    shown = tail(place, LONGEST)
    words = f"voltui: {shown}" if shown else "voltui"
    return f"\x1b]2;{''.join(char for char in words if char.isprintable())}\x07"
