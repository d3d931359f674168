"""A program in a pseudo-terminal, timed from one key to what it paints."""

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
from pathlib import Path
from types import TracebackType
from typing import Self

_DEADLINE = 30.0
_ESCAPES = re.compile(rb"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|[@-Z\\-_])")


class Terminal:
    """A child process on a terminal of 80x24 that remembers what was painted."""

    def __init__(self, command: list[str], environ: dict[str, str]) -> None:
        self.started = time.perf_counter()
        self._pid, self._master = pty.fork()
        if self._pid == 0:
            os.execvpe(command[0], command, environ)
        fcntl.ioctl(self._master, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
        self._painted = b""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        os.kill(self._pid, signal.SIGTERM)
        while self._read(_DEADLINE):
            continue
        os.waitpid(self._pid, 0)
        os.close(self._master)

    def wait_for(self, text: str) -> float:
        """When the text was painted, by `time.perf_counter`; fails after 30 s."""
        end = time.perf_counter() + _DEADLINE
        while text.encode() not in _ESCAPES.sub(b"", self._painted):
            if not self._read(end - time.perf_counter()):
                shown = _ESCAPES.sub(b"", self._painted).decode("utf-8", "replace")
                raise TimeoutError(f"{text!r} was not painted: {shown}")
        return time.perf_counter()

    def press(self, key: str) -> float:
        """Send a key and forget what was painted before; when it was sent."""
        self._painted = b""
        os.write(self._master, key.encode())
        return time.perf_counter()

    def settle(self, quiet: float = 0.3) -> int:
        """Read until nothing came for so many seconds; the bytes painted since the last key."""
        while self._read(quiet):
            continue
        return len(self._painted)

    @property
    def characters(self) -> int:
        """How many characters were painted since the last key."""
        return len(_ESCAPES.sub(b"", self._painted).decode())

    def answered(self, key: str, answer: str = "") -> float:
        """Press a key and wait until a text is painted that tells its answer, or anything is.

        Seconds of CPU time that the event loop, which serves keys, needed until then.
        """
        while self._read(0):
            continue
        loop = Path(f"/proc/{self._pid}/schedstat")
        before = _spent(loop)
        self.press(key)
        if not self._read(_DEADLINE):
            raise TimeoutError(f"{key!r} was not answered.")
        self.wait_for(answer)
        return _spent(loop) - before

    def painted(self, text: str, timeout: float) -> bool:
        """Whether a text is painted within a time."""
        end = time.perf_counter() + timeout
        while text.encode() not in _ESCAPES.sub(b"", self._painted):
            if not self._read(end - time.perf_counter()):
                return False
        return True

    def idle(self, seconds: float) -> int:
        """Wait, come what may; the bytes that were painted meanwhile."""
        self._painted = b""
        end = time.perf_counter() + seconds
        while (left := end - time.perf_counter()) > 0:
            self._read(left)
        return len(self._painted)

    def rest(self) -> None:
        """Read until the program is at rest: work in the background may paint nothing."""
        before = -1.0
        while self.cpu() - before > 0.03:
            before = self.cpu()
            self.idle(0.5)

    def cpu(self) -> float:
        """Seconds of CPU time that all threads of the program have used."""
        threads = Path(f"/proc/{self._pid}/task").glob("*/schedstat")
        return sum(map(_spent, threads))

    def memory(self) -> float:
        """MiB of memory the program holds."""
        pages = int(Path(f"/proc/{self._pid}/statm").read_text().split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE") / 1048576

    def _read(self, timeout: float) -> bool:
        ready, _, _ = select.select([self._master], [], [], max(0.0, timeout))
        if not ready:
            return False
        try:
            data = os.read(self._master, 65536)
        except OSError:
            return False
        self._painted += data
        return bool(data)


def _spent(schedstat: Path) -> float:
    """Seconds of CPU time of a thread."""
    return int(schedstat.read_text().split()[0]) / 1e9
