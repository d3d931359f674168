"""What a test run leaves behind: on the engine, and of processes, mounts and folders here."""

from __future__ import annotations

import contextlib
import os
import secrets
import tempfile
from pathlib import Path

from tests.engines.api import EngineAPI
from tests.engines.remains import PREFIX
from tests.engines.spawn import command_name, process_start

_MARK = "VOLTUI_TEST_RUN"
# A helper of the library that ends with this process.
_TRACKER = b"multiprocessing.resource_tracker"
# An engine keeps the images that tests and voltui import once and use again.
_KEPT_IMAGES = ("voltui-busybox:", "voltui-agent:")


class RunLeaks:
    """Marks all that this process starts from now on and finds what is left of it."""

    def __init__(self) -> None:
        self._mark = secrets.token_hex(8)
        self._mounts = _mounts()
        self._folders = _engine_folders()
        os.environ[_MARK] = self._mark

    def found(self) -> list[str]:
        """One line for everything of ours that is still there."""
        processes = [f"process {pid}: {name}" for pid, name in self._processes()]
        mounts = [f"mount {path}" for path in sorted(_mounts() - self._mounts)]
        folders = [f"folder {path}" for path in sorted(_engine_folders() - self._folders)]
        return processes + mounts + folders

    def _processes(self) -> list[tuple[int, str]]:
        """Processes started since, whoever is their parent now; this one left out."""
        wanted = f"{_MARK}={self._mark}".encode()
        found = []
        for pid in map(int, filter(str.isdigit, os.listdir("/proc"))):
            with contextlib.suppress(OSError):
                process = Path(f"/proc/{pid}")
                marked = wanted in (process / "environ").read_bytes().split(b"\0")
                own = pid == os.getpid() or _TRACKER in (process / "cmdline").read_bytes()
                if marked and not own and process_start(pid):
                    found.append((pid, command_name(pid)))
        return found


def engine_contents(api: EngineAPI) -> set[str]:
    """Names of an engine's containers, volumes and images, without the images that are kept."""
    containers = {f"container {each['Names'][0]}" for each in api.get("/containers/json", all=1)}
    volumes = {f"volume {each['Name']}" for each in api.get("/volumes")["Volumes"] or []}
    tags = [tag for each in api.get("/images/json") for tag in each["RepoTags"] or [each["Id"]]]
    images = {f"image {tag}" for tag in tags if not tag.startswith(_KEPT_IMAGES)}
    return containers | volumes | images


def _mounts() -> set[str]:
    lines = Path("/proc/self/mounts").read_text().splitlines()
    paths = {path for path in (line.split(" ")[1] for line in lines) if "voltui" in path}
    others = tuple(f"{folder}/" for folder in _folders(of_others=True))
    return {path for path in paths if not f"{path}/".startswith(others)}


def _engine_folders() -> set[str]:
    """Engines' folders that belong to this process, or to one that is gone."""
    return _folders(of_others=False)


def _folders(*, of_others: bool) -> set[str]:
    """Those of other processes that are alive, or all but those."""
    found = set()
    for folder in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
        with contextlib.suppress(OSError, ValueError):
            pid, started = (folder / "owner").read_text().split()
            other = int(pid) != os.getpid() and process_start(int(pid)) == started
            if other is of_others:
                found.add(str(folder))
    return found
