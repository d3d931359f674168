"""The build: the same source gives the same bytes, wherever it lies."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

from tests.agent.process import PROJECT
from tui import __version__


def copy_of_the_source(folder: Path) -> Path:
    agent = folder / "tui" / "agent"
    shutil.copytree(PROJECT / "tui" / "agent", agent, ignore=shutil.ignore_patterns("bin"))
    shutil.copy(PROJECT / "tui" / "__init__.py", folder / "tui")
    return agent


def run(agent: Path) -> None:
    subprocess.run([sys.executable, str(agent / "build.py")], check=True)


def test_same_source_same_bytes(binary: Path, tmp_path: Path) -> None:
    agent = copy_of_the_source(tmp_path / "elsewhere")
    run(agent)
    made = sorted((agent / "bin").iterdir())
    assert [path.name for path in made] == ["voltui-agent-linux-amd64", "voltui-agent-linux-arm64"]
    for path in made:
        assert path.read_bytes() == (binary.parent / path.name).read_bytes()
        assert b"elsewhere" not in path.read_bytes()

    before = {path: path.stat().st_mtime_ns for path in made}
    run(agent)
    assert {path: path.stat().st_mtime_ns for path in made} == before, "built without need"

    stat = agent / "stat.go"
    stat.write_text(stat.read_text() + "\n// changed\n")
    made[0].unlink()
    run(agent)
    assert all(path.stat().st_mtime_ns != before[path] for path in made)


def test_version(binary: Path) -> None:
    said = subprocess.run([str(binary), "--version"], capture_output=True, text=True, check=True)
    assert said.stdout.startswith(f"voltui-agent {__version__} linux/")
