"""Run a program as a user whose inotify instances are all taken: `python -m … LIMIT PROGRAM …`.

The limit is one of a user namespace of its own, so nobody else on the machine runs out of them.
"""

from __future__ import annotations

import ctypes
import os
import sys
from pathlib import Path


def main() -> None:
    Path("/proc/sys/user/max_inotify_instances").write_text(sys.argv[1])
    libc = ctypes.CDLL(None, use_errno=True)
    while libc.inotify_init() >= 0:  # Kept open by the program that takes this one's place.
        pass
    os.execv(sys.argv[2], sys.argv[2:])


if __name__ == "__main__":
    main()
