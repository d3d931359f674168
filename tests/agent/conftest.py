"""The real agent as a plain subprocess on a folder: file behaviour without an engine."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.agent.process import AgentProcess, agent_binary
from tests.agent.trees import Chain

Start = Callable[..., AgentProcess]


@pytest.fixture(scope="session")
def binary() -> Path:
    """The agent for this machine, compiled if it is not up to date."""
    return agent_binary()


@pytest.fixture
def volume(tmp_path: Path) -> Path:
    """An empty folder that stands for a volume."""
    folder = tmp_path / "volume"
    folder.mkdir()
    return folder


@pytest.fixture
def pair(tmp_path: Path) -> tuple[Path, Path]:
    """Two empty folders below one, as a helper mounts two volumes."""
    for name in ("0", "1"):
        (tmp_path / "both" / name).mkdir(parents=True)
    return tmp_path / "both" / "0", tmp_path / "both" / "1"


@pytest.fixture
def start(binary: Path) -> Iterator[Start]:
    """Start agents: `start(folder, *options, prefix=…)`; none outlives its test."""
    started: list[AgentProcess] = []

    def begin(root: Path, *options: str, prefix: tuple[str, ...] = ()) -> AgentProcess:
        started.append(AgentProcess([*prefix, str(binary), "--root", str(root), *options]))
        return started[-1]

    yield begin
    for process in started:
        process.end()


@pytest.fixture(scope="session")
def crowd(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of 20,000 entries: its listing does not fit into a pipe."""
    folder = tmp_path_factory.mktemp("crowd")
    for number in range(20_000):
        os.close(os.open(folder / f"file-{number:06}", os.O_CREAT | os.O_WRONLY))
    return folder


@pytest.fixture(scope="session")
def abyss(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder with 20,000 levels of folders below."""
    folder = tmp_path_factory.mktemp("abyss")
    with Chain(folder, "d", 20_000):
        yield folder
