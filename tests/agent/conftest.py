"""The real agent as a plain subprocess on a folder: file behaviour without an engine."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.agent.process import AgentProcess

PROJECT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="session")
def binary() -> Path:
    """The agent for this machine, compiled if it is not up to date."""
    subprocess.run([sys.executable, "tui/agent/build.py"], cwd=PROJECT, check=True)
    architecture = {"x86_64": "amd64", "aarch64": "arm64"}[os.uname().machine]
    return PROJECT / "tui" / "agent" / "bin" / f"voltui-agent-linux-{architecture}"


@pytest.fixture
def start(binary: Path) -> Iterator[Callable[..., AgentProcess]]:
    """Start agents: `start(folder, *options, prefix=…)`; none outlives its test."""
    started: list[AgentProcess] = []

    def begin(root: Path, *options: str, prefix: tuple[str, ...] = ()) -> AgentProcess:
        started.append(AgentProcess([*prefix, str(binary), "--root", str(root), *options]))
        return started[-1]

    yield begin
    for process in started:
        process.close()
