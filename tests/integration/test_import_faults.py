"""Imports whose client, helper or engine is killed in the middle: all old or all new afterwards."""

from __future__ import annotations

import os
import signal
import subprocess
import threading
from contextlib import suppress
from pathlib import Path

import pytest

from tests.agent.fidelity import difference
from tests.engines.waiting import wait_for
from tests.integration.cli import VOLTUI, voltui
from tests.integration.conftest import Things, named
from tests.integration.imports import (
    Told,
    exists,
    finished,
    no_helpers,
    nothing_of_ours,
    old,
    print_of,
    sample,
    tar_of,
    until,
    volume_with,
)
from tui.engine import Engine
from tui.engine.creating import NewVolume
from tui.engine.errors import EngineError
from tui.engine.transfers.progress import Stage
from tui.engine.transfers.replacing import Mode
from tui.engine.transfers.sources import source_at

STAGES = [Stage.COPYING, Stage.SYNCING, Stage.VERIFYING, Stage.REPLACING]


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    folder = tmp_path / "tree"
    folder.mkdir()
    sample(folder, size=4 << 20)
    return folder


@pytest.fixture
def archive(tree: Path, tmp_path: Path) -> Path:
    return tar_of(tree, tmp_path / "tree.tar")


def kill_helpers(things: Things) -> None:
    for helper in things.helpers():
        things.engine.api.post(f"/containers/{helper}/kill", signal="KILL")


@pytest.mark.parametrize("stage", STAGES[:3])
def test_a_helper_that_is_killed_leaves_nothing_of_a_new_volume(
    engine: Engine, things: Things, archive: Path, stage: Stage
) -> None:
    name = things.name()
    operation = engine.import_archive(
        source_at(str(archive)), NewVolume(name), Mode.NEW, ask=Told()
    )
    until(operation, lambda state: state.stage is stage)
    kill_helpers(things)
    with pytest.raises(EngineError):
        list(operation)
    assert not exists(things.engine, name)
    no_helpers(things)


@pytest.mark.parametrize("stage", STAGES)
def test_a_helper_that_is_killed_leaves_all_old_or_all_new(
    engine: Engine, things: Things, tree: Path, archive: Path, stage: Stage
) -> None:
    name, folder = volume_with(things, old)
    before = print_of(folder)
    operation = engine.import_archive(
        source_at(str(archive)), named(engine, name), Mode.REPLACE, ask=Told()
    )
    until(operation, lambda state: state.stage is stage)
    kill_helpers(things)
    try:
        finished(operation)
    except EngineError:
        assert print_of(folder) == before
    else:
        assert difference(tree, folder) == []
    assert nothing_of_ours(folder)
    no_helpers(things)


def client(things: Things, tmp_path: Path, *arguments: str) -> subprocess.Popen[bytes]:
    """`voltui import -`, fed by hand, whose state is in the test's own folder."""
    return subprocess.Popen(
        [*VOLTUI, "--host", things.engine.url, "import", "-", *arguments, "--yes"],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env={**os.environ, "XDG_STATE_HOME": str(tmp_path / "client")},
    )


def staged(folder: Path) -> bool:
    """Whether something was unpacked beside what is there."""
    return any(
        any(path.iterdir()) for path in folder.iterdir() if path.name.startswith(".voltui-new-")
    )


def test_a_client_that_is_killed_while_it_replaces_leaves_what_the_next_one_removes(
    things: Things, archive: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    name, folder = volume_with(things, old)
    before = print_of(folder)
    killed = client(things, tmp_path, name, "--replace")
    assert killed.stdin is not None
    data = archive.read_bytes()
    writer = threading.Thread(target=_write, args=(killed, data[: len(data) // 2]), daemon=True)
    writer.start()
    wait_for(lambda: staged(folder), "the first entries", 30)
    killed.send_signal(signal.SIGKILL)
    killed.wait()
    writer.join()
    with suppress(OSError):
        killed.stdin.close()
    no_helpers(things)
    assert not nothing_of_ours(folder)
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "client"))
    said = voltui(things.engine.url, "helpers", "--recover", "--yes")
    assert said.status == 0
    assert f"What an interrupted import left in {name} was removed." in said.out
    assert print_of(folder) == before


def _write(process: subprocess.Popen[bytes], data: bytes) -> None:
    assert process.stdin is not None
    with suppress(OSError):
        process.stdin.write(data)
        process.stdin.flush()
