"""A set of namespaces of its own for an engine: processes, mounts and network live and die with it.

Its first process is tini, which reaps what a killed engine leaves. When tini ends, the kernel kills
everything inside, and with the last process every mount and interface is gone.
"""

from __future__ import annotations

import contextlib
import os
import signal
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from tests.engines.packages import Programs
from tests.engines.spawn import Spawned, command_name, process_start
from tests.engines.waiting import wait_for

_UNSHARE = (
    "unshare",
    "--net",
    "--pid",
    "--mount",
    "--propagation=slave",
    "--mount-proc",
    "--fork",
    "--kill-child",
)
# An own /run hides the machine's containerd and takes the sockets of containerd's shims.
_SETUP = "{0} ip link set lo up && {0} mount -t tmpfs -o mode=755 tmpfs /run && exec {1}"


@dataclass(slots=True)
class Namespace:
    """Namespaces known by their first process; `started` tells a reused process number apart."""

    init: int
    started: str
    _keeper: Spawned | None = None

    @classmethod
    def create(cls, programs: Programs, log: IO[bytes], *, outlive: bool = False) -> Namespace:
        """New namespaces, which end with this process however it ends, unless they `outlive` it."""
        busybox = programs.find("busybox")
        # The kernel closes our end of the pipe when we die: `cat` ends, tini ends, all inside ends.
        body = f"{busybox} sleep 2147483647" if outlive else f"{busybox} cat"
        keeper = Spawned(
            [*_UNSHARE, "tini", "--", str(busybox), "sh", "-c", _SETUP.format(busybox, body)],
            programs.environment(),
            log,
            detached=outlive,
            lifeline=not outlive,
        )
        wait_for(lambda: not keeper.alive or _body_runs(keeper.pid), "the namespaces", 10)
        if not keeper.alive:
            raise RuntimeError("unshare made no namespaces; its output is in the engine's log")
        init = _children(keeper.pid)[0]
        return cls(init, process_start(init), keeper)

    @property
    def alive(self) -> bool:
        """Whether the first process lives."""
        return process_start(self.init) == self.started

    def spawn(
        self, command: list[str], programs: Programs, log: IO[bytes], *, outlive: bool = False
    ) -> Spawned:
        """Start a command inside."""
        enter = ["nsenter", "--target", str(self.init), "--net", "--pid", "--mount", "--"]
        return Spawned([*enter, *command], programs.environment(), log, detached=outlive)

    def processes(self) -> dict[int, str]:
        """Command names of the processes inside, by their number out here; zombies left out."""
        namespace = _pid_namespace(self.init)
        if not (namespace and self.alive):
            return {}
        parents = _parents()
        inside = {pid for pid in parents if _pid_namespace(pid) == namespace}
        # Containers have namespaces of their own, below ours.
        inside |= {pid for pid in parents if not inside.isdisjoint(_ancestors(pid, parents))}
        return {pid: command_name(pid) for pid in inside if process_start(pid)}

    def find(self, command: str) -> int | None:
        """Number of the oldest process inside of that name."""
        return min((pid for pid, name in self.processes().items() if name == command), default=None)

    def resume(self) -> None:
        """Let each nsenter go on that stopped itself because its command was stopped.

        Until it reaps its command the kernel does not end the namespaces.
        """
        target = f"--target\0{self.init}\0".encode()
        for pid in _parents():
            with contextlib.suppress(OSError):
                arguments = Path(f"/proc/{pid}/cmdline").read_bytes()
                if arguments.startswith(b"nsenter\0") and target in arguments:
                    os.kill(pid, signal.SIGCONT)

    def root(self) -> Path:
        """The file system as it is seen inside, with the mounts of volumes and containers."""
        return Path(f"/proc/{self.init}/root")

    def destroy(self, cgroup: str) -> None:
        """Kill everything inside, paused containers below `cgroup` too, and wait for the end."""
        inside = self.processes()
        if self.alive:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.init, signal.SIGKILL)
        # A process in a frozen group of version 1 does not even take SIGKILL.
        for state in Path("/sys/fs/cgroup/freezer").glob(f"{cgroup}/**/freezer.state"):
            state.write_text("THAWED")
        self.resume()
        if self._keeper is not None:
            self._keeper.wait("the end of unshare", 30)
        started = {pid: process_start(pid) for pid in inside}
        wait_for(
            lambda: (
                not any(start and process_start(pid) == start for pid, start in started.items())
            ),
            "the end of the engine's processes",
            30,
        )


def _pid_namespace(pid: int) -> str:
    with contextlib.suppress(OSError):
        return os.readlink(f"/proc/{pid}/ns/pid")
    return ""


def _parents() -> dict[int, int]:
    """The parent of every process."""
    found = {}
    for pid in map(int, filter(str.isdigit, os.listdir("/proc"))):
        with contextlib.suppress(OSError):
            fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
            found[pid] = int(fields[1])
    return found


def _ancestors(pid: int, parents: dict[int, int]) -> Iterator[int]:
    while pid := parents.get(pid, 0):
        yield pid


def _children(parent: int) -> list[int]:
    return sorted(pid for pid, above in _parents().items() if above == parent)


def _body_runs(keeper: int) -> bool:
    """Whether the set-up inside is over: tini's child became the body."""
    for init in _children(keeper):
        for child in _children(init):
            with contextlib.suppress(OSError):
                arguments = Path(f"/proc/{child}/cmdline").read_bytes().split(b"\0")
                return arguments[1:2] in ([b"cat"], [b"sleep"])
    return False
