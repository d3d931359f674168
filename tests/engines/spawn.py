"""Starting programs that end with us, or that live on without us."""

from __future__ import annotations

import contextlib
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO

from tests.engines.waiting import wait_for

_DETACH = '"$@" </dev/null >&2 & echo $!'


class Spawned:
    """A program that was started, as a child or, detached, as nobody's."""

    def __init__(
        self,
        command: Sequence[str],
        environment: Mapping[str, str],
        log: IO[bytes],
        *,
        detached: bool,
        lifeline: bool = False,
    ) -> None:
        """`lifeline` gives a child an input that ends when this process does."""
        self._child: subprocess.Popen[bytes] | None = None
        if detached:
            shell = subprocess.run(
                ["setsid", "sh", "-c", _DETACH, "sh", *command],
                env=environment,
                stdout=subprocess.PIPE,
                stderr=log,
                check=True,
            )
            self.pid = int(shell.stdout)
        else:
            self._child = subprocess.Popen(
                command,
                env=environment,
                stdin=subprocess.PIPE if lifeline else subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
            self.pid = self._child.pid
        self._started = process_start(self.pid)

    @property
    def alive(self) -> bool:
        """Whether it still runs."""
        if self._child is not None:
            return self._child.poll() is None
        return bool(self._started) and process_start(self.pid) == self._started

    def wait(self, what: str, timeout: float) -> None:
        """Wait for its end and forget it."""
        wait_for(lambda: not self.alive, what, timeout)
        if self._child is not None and self._child.stdin:
            self._child.stdin.close()


def process_start(pid: int) -> str:
    """Start time of a live process in clock ticks; empty for none and for a zombie."""
    with contextlib.suppress(OSError):
        state, *fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        if state not in "ZX":
            return fields[18]
    return ""


def command_name(pid: int) -> str:
    """Command name of a process, empty when it is gone."""
    with contextlib.suppress(OSError):
        return Path(f"/proc/{pid}/comm").read_text().strip()
    return ""
