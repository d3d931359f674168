"""Replacing contents: all old or all new, wherever it was stopped, nobody else's lost."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from tests.agent.asking import ask
from tests.agent.conftest import Start
from tests.agent.process import AgentProcess
from tests.agent.stepped import stepped
from tui.engine.agent import AgentConnection
from tui.engine.errors import HelperLost

JOB = "Job-1"
STAGING = f".voltui-new-{JOB}"
OLD = f".voltui-old-{JOB}"
JOURNAL = f".voltui-swap-{JOB}"

Contents = dict[bytes, object]


class Both(NamedTuple):
    """What a folder holds before and after it is swapped."""

    old: Contents
    new: Contents


def contents(root: Path) -> Contents:
    """All that is below a folder with what it is, names of ours in it left out."""
    found: Contents = {}
    start = os.fsencode(root)
    for folder, folders, files in os.walk(start):
        if folder == start:
            folders[:] = [name for name in folders if not name.startswith(b".voltui-")]
        for name in (*folders, *files):
            if name.startswith(b".voltui-"):
                continue
            path = os.path.join(folder, name)
            told = os.lstat(path)
            found[path[len(start) :]] = (told.st_ino, told.st_mode, told.st_uid, told.st_mtime_ns)
    return found


def small(root: Path) -> Both:
    """Make old and new contents that have names in common, as files and as folders."""
    (root / "both").mkdir()
    (root / "both" / "old").write_text("old")
    (root / "kind").write_text("old")
    (root / "old").write_text("old")
    (root / "link").symlink_to("/etc")
    os.chown(root, 7, 8)
    os.utime(root, ns=(5, 1_000_000_007))
    old = contents(root)
    staging = root / STAGING
    (staging / "both").mkdir(parents=True)
    (staging / "both" / "new").write_text("new")
    (staging / "kind").mkdir()
    (staging / "new").write_text("new")
    (staging / "link").symlink_to("/usr")
    os.utime(root, ns=(5, 1_000_000_007))
    return Both(old, contents(staging))


def swap(agent: AgentConnection) -> dict[str, Any]:
    return ask(agent, "swap", staging=STAGING.encode(), job=JOB)


def recover(agent: AgentConnection) -> dict[str, Any]:
    return ask(agent, "recover", staging=False)


def killed(
    binary: Path, volume: Path, at: int, run: Callable[[AgentConnection], dict[str, Any]]
) -> bool:
    """Run something whose agent is killed before that call; whether it came so far."""
    reached = False

    def before(number: int, _: str) -> bool:
        nonlocal reached
        reached = number == at
        return reached

    with stepped(volume.parent, before) as prefix:
        process = AgentProcess([*prefix, str(binary), "--root", str(volume)])
        try:
            run(process.connect())
        except HelperLost:
            assert reached
        finally:
            process.end()
    return reached


def whole(volume: Path, both: Both, state: str) -> None:
    """Assert that all is old or all new, as it was said, and nothing else."""
    told = volume.stat()
    ours = {name for name in os.listdir(volume) if name.startswith(".voltui-")}
    if state == "finished":
        assert contents(volume) == both.new
        assert not ours
    else:
        assert contents(volume) == both.old
        assert contents(volume / STAGING) == both.new
        assert ours == {STAGING}
    assert (told.st_uid, told.st_gid) == (7, 8)


def test_new_contents_take_the_place_of_old_ones(start: Start, volume: Path) -> None:
    both = small(volume)
    agent = start(volume).connect()
    assert swap(agent) == {"losses": [], "kept": {"count": 0, "paths": []}}
    whole(volume, both, "finished")
    assert recover(agent)["state"] == "none"


def interrupted(binary: Path, folder: Path, at: int, again: int) -> str:
    """Kill a swap before a call, and its recovery too; what became of it, `none` if it ended."""
    volume = folder / f"{at}"
    volume.mkdir()
    both = small(volume)
    if not killed(binary, volume, at, swap):
        whole(volume, both, "finished")
        return "none"
    killed(binary, volume, again, recover)
    process = AgentProcess([str(binary), "--root", str(volume)])
    agent = process.connect()
    told = state = recover(agent)["state"]
    if told == "none":  # the recovery that was killed had done its work
        state = "rolled back" if (volume / STAGING).exists() else "finished"
    whole(volume, both, state)
    if told == "rolled back":
        assert volume.stat().st_mtime_ns == 1_000_000_007
    assert recover(agent)["state"] == "none"
    process.end()
    return str(state)


def test_killed_in_the_middle_and_again_while_it_recovers(binary: Path, tmp_path: Path) -> None:
    states = [interrupted(binary, tmp_path, at, at % 5 + 1) for at in range(4, 40, 5)]
    assert {"rolled back", "finished"} <= set(states)


@pytest.mark.slow
def test_killed_before_each_step_and_again_while_it_recovers(binary: Path, tmp_path: Path) -> None:
    states = []
    for at in range(1, 1000):
        states.append(interrupted(binary, tmp_path, at, at % 13 + 1))
        if states[-1] == "none":
            break
    assert states == sorted(states, key=["rolled back", "finished", "none"].index)
    assert set(states) == {"rolled back", "finished", "none"}
