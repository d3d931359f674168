"""A Podman service of our own, in namespaces of its own, gone without a trace."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from types import TracebackType
from typing import Self

from tests.engines.api import EngineAPI
from tests.engines.namespace import Namespace
from tests.engines.packages import Programs
from tests.engines.remains import cgroup_of, mark_owner, remove_all
from tests.engines.spawn import Spawned
from tests.engines.waiting import wait_for

_CONTAINERS_CONF = """[containers]
default_ulimits = ["nofile=1024:1024", "nproc=2048:2048"]
[engine]
cgroup_manager = "cgroupfs"
events_logger = "file"
runtime = "runc"
"""


class Podman:
    """`podman system service` on a socket; a context manager that starts and removes it."""

    def __init__(self, programs: Programs) -> None:
        self.root = Path(tempfile.mkdtemp(prefix="voltui-engine-"))
        mark_owner(self.root)
        self.socket = self.root / "podman.sock"
        self.url = f"unix://{self.socket}"
        self.api = EngineAPI(self.socket)
        self._programs = programs
        self._namespace: Namespace | None = None
        self._service: Spawned | None = None

    def __enter__(self) -> Self:
        with (self.root / "log").open("ab") as log:
            self._namespace = Namespace.create(self._programs, log)
            self._service = self._namespace.spawn(self._command(), self._programs, log)
        wait_for(self.api.answers, "Podman", 30)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if self._namespace is not None:
            self._namespace.destroy(cgroup_of(self.root))
        if self._service is not None:
            self._service.wait("the end of nsenter", 10)
        remove_all(self.root)

    def path(self, inside: str) -> Path:
        """Where a path of the engine is found, its mounts included."""
        assert self._namespace is not None
        return self._namespace.root() / inside.lstrip("/")

    def _command(self) -> list[str]:
        """The service, with a home of its own that holds all its settings."""
        settings = self.root / ".config" / "containers"
        settings.mkdir(parents=True)
        (settings / "containers.conf").write_text(_CONTAINERS_CONF)
        (settings / "registries.conf").write_text("")
        accept = {"default": [{"type": "insecureAcceptAnything"}]}
        (settings / "policy.json").write_text(json.dumps(accept))
        storage = f'driver = "vfs"\nrunroot = "{self.root}/run"\ngraphroot = "{self.root}/graph"\n'
        (settings / "storage.conf").write_text(f"[storage]\n{storage}")
        return [
            "env",
            f"HOME={self.root}",
            f"CONTAINERS_CONF={settings / 'containers.conf'}",
            f"CONTAINERS_STORAGE_CONF={settings / 'storage.conf'}",
            f"CONTAINERS_REGISTRIES_CONF={settings / 'registries.conf'}",
            "podman",
            f"--conmon={self._programs.find('conmon')}",
            f"--root={self.root}/graph",
            f"--runroot={self.root}/run",
            f"--tmpdir={self.root}/tmp",
            f"--volumepath={self.root}/volumes",
            f"--network-config-dir={self.root}/networks",
            "system",
            "service",
            "--time=0",
            self.url,
        ]
