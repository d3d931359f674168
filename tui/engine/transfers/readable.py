"""Waiting for a descriptor, which a cancel ends."""

from __future__ import annotations

import os
import select
from contextlib import suppress

from tui.engine.cancel import refuse_cancelled, waking


def wait_readable(descriptor: int) -> None:
    """Return when there is something to read, or the end; raises `Cancelled` where nobody waits for
    this work any more.
    """
    ours, its = os.pipe()
    try:

        def wake() -> None:
            with suppress(OSError):
                os.write(its, b"\0")

        with waking(wake):
            poll = select.poll()
            for end in (descriptor, ours):
                poll.register(end, select.POLLIN)
            poll.poll()
        refuse_cancelled()
    finally:
        os.close(ours)
        os.close(its)
