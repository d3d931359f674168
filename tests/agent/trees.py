"""Trees that paths do not reach, and names that want to do harm."""

from __future__ import annotations

import os
from pathlib import Path
from types import TracebackType

HOSTILE_NAMES = [
    *(b"control-%02x-" % byte + bytes([byte]) for byte in (*range(1, 32), 127)),
    bytes([*range(1, 47), *range(48, 256)]),
    b"\n",
    b"two\nlines",
    b"\x1b[2J\x1b]0;title\x07",
    b"\xff\xfe\x80",
    b"cut\xe4\xb8",
    b"overlong\xc0\xaf",
    b"surrogate\xed\xa0\x80",
    "c1-\x9b31m".encode(),
    "bidi-\u202etxt.exe".encode(),
    "zero\u200bwidth-e\u0301-👩‍🚀".encode(),
    b"x" * 255,
    "é".encode() * 127,
    b"-rf",
    b"--",
    b"[bold red]",
    b"[@click=app.quit]quit",
    b"[",
    b"]",
    b" ",
    b"     ",
    b"...",
    b"~",
    b"$(reboot)`reboot`;reboot",
    b"quote'\"\\",
    b"name=x",
    b".hidden",
]


class Chain:
    """Folders of one name below one another, removed at the end; `fd` is the deepest."""

    def __init__(self, root: Path, name: str, levels: int) -> None:
        self._name = name
        self._levels = levels
        self.fd = os.open(root, os.O_RDONLY | os.O_DIRECTORY)
        for _ in range(levels):
            os.mkdir(name, dir_fd=self.fd)
            self._move(name)

    def _move(self, name: str) -> None:
        fd = os.open(name, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW, dir_fd=self.fd)
        os.close(self.fd)
        self.fd = fd

    def write(self, name: str, data: bytes) -> None:
        """Make a file in the deepest folder."""
        fd = os.open(name, os.O_CREAT | os.O_WRONLY, dir_fd=self.fd)
        os.write(fd, data)
        os.close(fd)

    def __enter__(self) -> Chain:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        for name in os.listdir(self.fd):
            os.unlink(name, dir_fd=self.fd)
        for _ in range(self._levels):
            self._move("..")
            os.rmdir(self._name, dir_fd=self.fd)
        os.close(self.fd)
