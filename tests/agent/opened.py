"""Which files of a folder anybody opens, by inotify."""

from __future__ import annotations

import contextlib
import ctypes
import os
import struct
from collections.abc import Iterator
from pathlib import Path

_IN_OPEN = 0x20
_EVENT = struct.Struct("iIII")


@contextlib.contextmanager
def watch_opens(folder: Path) -> Iterator[set[str]]:
    """Gives a set that holds, after the block, the names that were opened in it."""
    libc = ctypes.CDLL(None, use_errno=True)
    fd = libc.inotify_init1(os.O_NONBLOCK | os.O_CLOEXEC)
    if fd < 0 or libc.inotify_add_watch(fd, os.fsencode(folder), _IN_OPEN) < 0:
        raise OSError(ctypes.get_errno(), "inotify")
    opened: set[str] = set()
    try:
        yield opened
        with contextlib.suppress(BlockingIOError):
            while True:
                opened |= set(_names(os.read(fd, 65536)))
    finally:
        os.close(fd)


def _names(events: bytes) -> Iterator[str]:
    while events:
        _, _, _, size = _EVENT.unpack_from(events)
        yield os.fsdecode(events[_EVENT.size : _EVENT.size + size].rstrip(b"\0"))
        events = events[_EVENT.size + size :]
