"""From the start of the process to what an operator sees, in a real terminal."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from tests.bench.ratio import Ratio, timed
from tests.bench.terminal import Terminal
from tests.engines.private import PrivateEngine

MINIMAL = """
from textual.app import App
from textual.widgets import Static
class Minimal(App):
    def compose(self):
        yield Static("first frame")
Minimal().run()
"""
VOLTUI = [sys.executable, "-m", "tui"]


def start(engine: PrivateEngine, home: Path) -> Iterator[Ratio]:
    """Skeleton, list of 200 volumes and the first listing of one of them."""
    environ = environment(home)
    for number in range(200):
        engine.api.post("/volumes/create", {"Name": f"app-{number:03}"})
    mountpoint = engine.api.get("/volumes/app-000")["Mountpoint"]
    (engine.path(mountpoint) / "first-file").touch()
    engine.busybox()
    command = [*VOLTUI, "--host", engine.url]
    minimal = [sys.executable, "-c", MINIMAL]
    yield Ratio(
        "painted skeleton / first frame of a minimal Textual app",
        1.5,
        lambda: _painted(command, environ, "Volumes"),
        lambda: _painted(minimal, environ, "first frame"),
        rounds=9,
    )
    yield Ratio(
        "list of 200 volumes / first frame of a minimal Textual app",
        2.2,
        lambda: _painted(command, environ, "app-000"),
        lambda: _painted(minimal, environ, "first frame"),
        rounds=9,
    )
    yield Ratio(
        "Enter on a volume to its first listing / `docker run --rm busybox true`",
        2.0,
        lambda: _opened(command, environ),
        timed(lambda: _docker(engine, "run", "--rm", engine.busybox(), "true")),
    )


def listing_all(engine: PrivateEngine, home: Path) -> Ratio:
    """Complete data of 1,000 volumes and 300 containers."""
    environ = environment(home)
    image = engine.busybox()
    for number in range(1_000):
        engine.api.post("/volumes/create", {"Name": f"many-{number:04}"})
    for number in range(300):
        binds = [f"many-{number:04}:/data", f"many-{number + 300:04}:/logs:ro"]
        engine.api.post(
            "/containers/create",
            {"Image": image, "Cmd": ["true"], "HostConfig": {"Binds": binds}},
            name=f"many-{number:03}",
        )
    ours = [*VOLTUI, "--host", engine.url, "ls", "--json"]
    return Ratio(
        "1,000 volumes, 300 containers: `voltui ls` / `docker volume ls` + `docker inspect`",
        1.5,
        timed(lambda: subprocess.run(ours, check=True, capture_output=True, env=environ)),
        timed(lambda: _list_by_docker(engine)),
        rounds=5,
    )


def environment(home: Path) -> dict[str, str]:
    """An environment without the user's settings."""
    kept = {name: os.environ[name] for name in ("PATH", "LANG") if name in os.environ}
    return {**kept, "HOME": str(home), "TERM": "xterm-256color", "COLORTERM": "truecolor"}


def _painted(command: list[str], environ: dict[str, str], text: str) -> float:
    with Terminal(command, environ) as terminal:
        return terminal.wait_for(text) - terminal.started


def _opened(command: list[str], environ: dict[str, str]) -> float:
    with Terminal(command, environ) as terminal:
        terminal.wait_for("app-000")
        pressed = terminal.press("\r")
        return terminal.wait_for("first-file") - pressed


def _list_by_docker(engine: PrivateEngine) -> None:
    _docker(engine, "volume", "ls")
    _docker(engine, "inspect", *_docker(engine, "ps", "-aq").split())


def _docker(engine: PrivateEngine, *arguments: str) -> str:
    command = [str(engine.programs.find("docker")), "--host", engine.url, *arguments]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout
