"""The command line as a program of its own, for tests of what changes something."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from screenshots.terminal import Terminal
from tests.engines.api import EngineAPI

VOLTUI = [sys.executable, "-m", "tui"]


@dataclass(frozen=True)
class Said:
    """What a command said, and how it ended."""

    status: int
    out: str
    err: str

    @property
    def objects(self) -> list[dict[str, Any]]:
        """Stdout as JSON, one object a line."""
        return [json.loads(line) for line in self.out.splitlines()]


def voltui(url: str, *arguments: str) -> Said:
    """Run a command on the engine at `url`, without a terminal."""
    command = [*VOLTUI, "--host", url, *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert "Traceback" not in done.stderr, done.stderr
    return Said(done.returncode, done.stdout, done.stderr)


def asked(
    url: str, *arguments: str, answer: str, meanwhile: Callable[[], None] = lambda: None
) -> tuple[int, str]:
    """Run a command on a terminal and answer its question, after what happens `meanwhile`; exit
    status and all that the terminal got.
    """
    with Terminal([*VOLTUI, "--host", url, *arguments], 120, 40) as terminal:
        terminal.wait_for(lambda screen: "[y/N]" in screen, "the question")
        meanwhile()
        terminal.send(f"{answer}\r".encode())
        return terminal.wait_end(), terminal.written.decode()


def volumes(api: EngineAPI) -> set[str]:
    """Names of all volumes that the engine has."""
    return {volume["Name"] for volume in api.get("/volumes")["Volumes"] or ()}
