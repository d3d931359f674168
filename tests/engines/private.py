"""A Docker engine of our own: started as root from unpacked packages, gone without a trace."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

from tests.engines.api import EngineAPI
from tests.engines.busybox import import_busybox
from tests.engines.namespace import Namespace
from tests.engines.packages import Programs, Tell, docker_programs
from tests.engines.remains import (
    cgroup_of,
    mark_owner,
    remember,
    remembered,
    remove_abandoned,
    remove_all,
)
from tests.engines.spawn import Spawned
from tests.engines.waiting import wait_for

_LONGEST_SOCKET = 107


class PrivateEngineError(Exception):
    """The engine cannot be had; the message says why."""


class PrivateEngine:
    """A dockerd in namespaces of its own; as a context manager it is started and removed again.

    Everything it writes is below `root`, a new folder in the temporary folder if none is given.
    `outlive` lets it run on after this process; `PrivateEngine(root, outlive=True)` finds it again.
    """

    def __init__(
        self,
        root: Path | None = None,
        *,
        programs: Programs | None = None,
        labels: Sequence[str] = (),
        storage_driver: str = "",
        live_restore: bool = False,
        outlive: bool = False,
        options: Mapping[str, object] | None = None,
    ) -> None:
        if os.geteuid() != 0:
            raise PrivateEngineError("A private engine needs root.")
        self._programs = programs
        self._outlive = outlive
        if root is None:
            remove_abandoned()
            root = Path(tempfile.mkdtemp(prefix="voltui-engine-"))
            mark_owner(root)
        self.root = root
        self.socket = root / "engine.sock"
        if len(os.fsencode(self.socket)) > _LONGEST_SOCKET:
            raise PrivateEngineError(f"The path of a socket is too long: {self.socket}")
        self.url = f"unix://{self.socket}"
        self.data_root = root / "data"
        self.api = EngineAPI(self.socket)
        self._settings: dict[str, object] = {
            "labels": list(labels),
            "live-restore": live_restore,
            "iptables": False,
            "ip6tables": False,
            "exec-opts": ["native.cgroupdriver=cgroupfs"],
            **({"storage-driver": storage_driver} if storage_driver else {}),
            **(options or {}),
        }
        self._process: Spawned | None = None
        self._namespace: Namespace | None = remembered(root)

    def __enter__(self) -> Self:
        try:
            self.start()
        except BaseException:
            self.remove()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.remove()

    @property
    def programs(self) -> Programs:
        """The programs the engine is made of."""
        if self._programs is None:
            self._programs = docker_programs()
        return self._programs

    @property
    def logs(self) -> str:
        """What the daemon wrote so far."""
        path = self.root / "dockerd.log"
        return path.read_text(errors="replace") if path.exists() else ""

    @property
    def namespace(self) -> Namespace:
        """Where the engine's processes and mounts are; only after `start`."""
        if self._namespace is None:
            raise PrivateEngineError("The engine was not started.")
        return self._namespace

    @property
    def pid(self) -> int | None:
        """Process number of dockerd on this machine, None while it does not run."""
        return self._namespace.find("dockerd") if self._namespace else None

    def path(self, inside: str) -> Path:
        """Where a path of the engine, such as a mountpoint, is found, its mounts included."""
        return self.namespace.root() / inside.lstrip("/")

    def start(self, *, timeout: float = 30.0, tell: Tell = lambda _: None) -> None:
        """Start the daemon, after whatever ended it, and return when it answers."""
        if self._programs is None:
            self._programs = docker_programs(tell)
        if self.api.answers():
            return
        self.kill()  # one that hangs is in the way
        self.root.mkdir(parents=True, exist_ok=True)
        with (self.root / "dockerd.log").open("ab") as log:
            if self._namespace is None or not self._namespace.alive:
                self._namespace = Namespace.create(self.programs, log, outlive=self._outlive)
                remember(self.root, self._namespace)
            for stale in (self.socket, self.root / "dockerd.pid"):
                stale.unlink(missing_ok=True)
            self._process = self._namespace.spawn(
                self._command(), self.programs, log, outlive=self._outlive
            )
        try:
            wait_for(self._answers_or_died, "the engine", timeout)
        except AssertionError as error:
            raise PrivateEngineError(f"{error}\n{self.logs[-4000:]}") from None

    def stop(self, *, timeout: float = 40.0) -> None:
        """End the daemon cleanly (SIGTERM); containers stop, unless it has live-restore."""
        self._signal(signal.SIGTERM)
        self._wait_for_end(timeout)

    def kill(self) -> None:
        """End the daemon as a crash does (SIGKILL); containers and containerd are left behind."""
        self._signal(signal.SIGKILL)
        self._wait_for_end(10)

    def restart(self) -> None:
        """Stop the daemon cleanly and start it again."""
        self.stop()
        self.start()

    def freeze(self) -> None:
        """Let the daemon hang: it accepts connections and never answers (SIGSTOP)."""
        self._signal(signal.SIGSTOP)
        # A thread that runs on another core may still answer a request after the signal was sent.
        wait_for(self._stopped, "the engine to stand still")

    def thaw(self) -> None:
        """Let a frozen daemon go on."""
        self._signal(signal.SIGCONT)
        self.namespace.resume()

    def end_processes(self) -> None:
        """Kill the daemon with all its containers at once, as a power cut does; files stay."""
        if self._namespace is not None:
            self._namespace.destroy(cgroup_of(self.root))
            self._namespace = None
        if self._process is not None:
            self._process.wait("the end of nsenter", 10)
            self._process = None

    def remove(self) -> None:
        """End everything at once and remove all of it, whatever state it is in."""
        self.end_processes()
        remove_all(self.root)

    def busybox(self) -> str:
        """Name of an image with busybox, imported when the engine lacks it."""
        binary = self.programs.find("busybox")
        if binary is None:
            raise PrivateEngineError("The package busybox-static has no busybox.")
        return import_busybox(self.api, binary)

    def _command(self) -> list[str]:
        config = self.root / "daemon.json"
        config.write_text(json.dumps(self._settings, indent=1))
        return [
            "dockerd",
            f"--config-file={config}",
            f"--host={self.url}",
            f"--data-root={self.data_root}",
            f"--pidfile={self.root / 'dockerd.pid'}",
            "--containerd-namespace=voltui",
            "--containerd-plugins-namespace=voltui-plugins",
            f"--cgroup-parent=/{cgroup_of(self.root)}",
        ]

    def _answers_or_died(self) -> bool:
        if self._process is not None and not self._process.alive:
            raise PrivateEngineError(f"The engine did not start:\n{self.logs[-4000:]}")
        return self.socket.exists() and self.api.answers()

    def _stopped(self) -> bool:
        threads = Path(f"/proc/{self.pid}/task").glob("*/stat")
        return all(each.read_text().rpartition(")")[2].split()[0] == "T" for each in threads)

    def _signal(self, number: signal.Signals) -> None:
        pid = self.pid
        if pid is not None:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, number)

    def _wait_for_end(self, timeout: float) -> None:
        wait_for(lambda: self.pid is None, "the end of the engine", timeout)
        if self._process is not None:
            self._process.wait("the end of nsenter", 10)
            self._process = None
