"""A run that leaves something behind is found out."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.engines.leaks import RunLeaks
from tests.engines.spawn import Spawned
from tests.engines.waiting import wait_for


def test_a_process_that_nobody_waits_for_is_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VOLTUI_TEST_RUN", "kept and restored")
    leaks = RunLeaks()
    assert not leaks.found()
    with (tmp_path / "log").open("wb") as log:
        left = Spawned(["sleep", "100"], os.environ, log, detached=True)
    try:
        wait_for(lambda: leaks.found() == [f"process {left.pid}: sleep"], "the sleep to be found")
    finally:
        os.kill(left.pid, 9)
    wait_for(lambda: not leaks.found(), "the end of sleep")


def test_a_run_that_leaves_a_process_fails(tmp_path: Path) -> None:
    (tmp_path / "test_careless.py").write_text(
        "import subprocess\n"
        "def test_passes():\n"
        "    subprocess.run('sleep 30 >/dev/null 2>&1 & echo $!', shell=True, check=True)\n"
    )
    project = Path(__file__).parents[2]
    command = [sys.executable, "-m", "pytest", "-q", "-p", "tests.conftest", "--rootdir"]
    result = subprocess.run(
        [*command, str(tmp_path), "-p", "no:cacheprovider", str(tmp_path)],
        cwd=project,
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 1, result.stdout
    assert "left behind" in result.stdout
    assert "1 passed" in result.stdout
    found = next(line for line in result.stdout.splitlines() if line.endswith(": sleep"))
    os.kill(int(found.split()[1].rstrip(":")), 9)
