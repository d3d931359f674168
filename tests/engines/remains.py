"""What an engine leaves on the machine, and how it is removed, by its owner or by the next run."""

from __future__ import annotations

import contextlib
import hashlib
import os
import subprocess
import tempfile
from pathlib import Path

from tests.engines.namespace import Namespace
from tests.engines.spawn import process_start

PREFIX = "voltui-engine-"
_CGROUPS = Path("/sys/fs/cgroup")


def mark_owner(root: Path) -> None:
    """Note that the engine in `root` belongs to this process."""
    (root / "owner").write_text(f"{os.getpid()} {process_start(os.getpid())}")


def remember(root: Path, namespace: Namespace) -> None:
    """Note in `root` which namespaces its engine has."""
    (root / "init").write_text(f"{namespace.init} {namespace.started}")


def remembered(root: Path) -> Namespace | None:
    """The namespaces of the engine in `root`, None when they are gone."""
    with contextlib.suppress(OSError, ValueError):
        pid, started = (root / "init").read_text().split()
        namespace = Namespace(int(pid), started)
        if namespace.alive:
            return namespace
    return None


def cgroup_of(root: Path) -> str:
    """Name of the control group below which the engine's containers are."""
    return f"voltui-{hashlib.sha256(os.fsencode(root)).hexdigest()[:16]}"


def remove_abandoned() -> None:
    """Remove what test runs left whose process is gone, after a kill -9 or a power cut."""
    for root in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
        with contextlib.suppress(OSError, ValueError):
            pid, started = (root / "owner").read_text().split()
            if process_start(int(pid)) != started:
                namespace = remembered(root)
                if namespace is not None:
                    namespace.destroy(cgroup_of(root))
                remove_all(root)


def remove_all(root: Path) -> None:
    """Remove the files and control groups of an engine that has ended."""
    name = cgroup_of(root)
    for top in [_CGROUPS / name, *_CGROUPS.glob(f"*/{name}")]:
        # Killed containers leave empty groups in every hierarchy.
        for folder, _, _ in os.walk(top, topdown=False):
            with contextlib.suppress(FileNotFoundError):
                os.rmdir(folder)
    # Not shutil.rmtree: it fails on paths past PATH_MAX and recurses on deep ones.
    subprocess.run(["rm", "-rf", "--one-file-system", "--", str(root)], check=True)
