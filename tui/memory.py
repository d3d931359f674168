"""What happens to memory behind our back, kept from holding up a key among a million entries."""

from __future__ import annotations

import ctypes
import gc
from collections.abc import Callable

_DUE = 10
"""Collections of the middle generation after which Python does a full one by itself."""

_AT_LATEST = 100
"""The same where nobody ever rests."""

_RESTED = 1.0
"""Seconds without a key after which one is not expected in this very moment."""

_M_MMAP_THRESHOLD = -3
_LARGE = 1024 * 1024


def collect_rarely() -> None:
    """Let Python collect garbage again, but not look at all there is: names of a million entries
    take 30 ms and more. `collect_at_rest` is to be called from time to time instead."""
    gc.freeze()
    gc.set_threshold(*gc.get_threshold()[:2], _AT_LATEST)
    gc.enable()


def collect_at_rest(quiet: Callable[[float], bool]) -> None:
    """Do a full collection that is due, if the user was `quiet` for that many seconds."""
    if gc.get_count()[2] > _DUE and quiet(_RESTED):
        gc.collect()


def grow_in_place() -> None:
    """Let columns of a million entries grow by moving pages instead of copying megabytes.

    glibc does so from 128 KiB on, but raises that up to 32 MiB once such a block was freed, unless
    it is told a number (mallopt(3)); a growing column then took up to 18 ms. Elsewhere: nothing.
    """
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is not None:
        mallopt(_M_MMAP_THRESHOLD, _LARGE)
