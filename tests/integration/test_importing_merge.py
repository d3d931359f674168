"""Merges on a real engine: all of it comes, or it is said what did not."""

from __future__ import annotations

import os
import signal
import subprocess
import threading
from pathlib import Path

import pytest

from tests.integration.cli import VOLTUI, voltui
from tests.integration.conftest import Things, named
from tests.integration.imports import (
    Told,
    finished,
    helpers_of,
    imported,
    member,
    members,
    no_helpers,
    nothing_of_ours,
    print_of,
    soon,
    until,
    volume_with,
)
from tui.engine import Engine
from tui.engine.errors import EngineError
from tui.engine.transfers.progress import Stage
from tui.engine.transfers.replacing import Mode
from tui.engine.transfers.sources import source_at


def test_what_the_volume_keeps_is_told_and_nothing_staged_stays(
    things: Things, tmp_path: Path
) -> None:
    archive = tmp_path / "m.tar"
    archive.write_bytes(members((member("x"), b"new"), (member("y"), b"y"), (member("z"), b"z")))
    name, folder = volume_with(things, lambda root: (root / "x").write_bytes(b"old"))
    merge = (str(archive), name, "--merge", "--yes", "--keep-existing")
    said = imported(things, *merge, "--json")
    assert said.status == 0, said
    assert (said.objects[0]["files"], said.objects[0]["size"]) == (2, 2)
    assert said.objects[0]["notes"] == ["1 entry of the volume stayed as it was."]
    assert (folder / "x").read_bytes() == b"old"
    assert (folder / "y").exists()
    assert nothing_of_ours(folder)
    said = imported(things, *merge, "--strict")
    assert said.status == 1
    assert "3 entries of the volume stayed as they were." in said.err
    assert sorted(os.listdir(folder)) == ["x", "y", "z"]


def test_a_folder_on_one_side_only_is_refused_before_anything_moves(
    things: Things, tmp_path: Path
) -> None:
    archive = tmp_path / "m.tar"
    archive.write_bytes(
        members((member("x"), b"new"), (member("y"), b"y"), (member("dir/in"), b""))
    )

    def fill(root: Path) -> None:
        (root / "x").write_bytes(b"old")
        (root / "dir").write_bytes(b"a file")

    name, folder = volume_with(things, fill)
    before = print_of(folder)
    for choice in ("--overwrite", "--keep-existing"):
        said = imported(things, str(archive), name, "--merge", "--yes", choice)
        assert (said.status, said.out) == (1, "")
        assert "a folder on one side only: /dir" in said.err
        assert print_of(folder) == before


# Killed in the middle

MANY = 20_000


@pytest.fixture
def many(tmp_path: Path) -> Path:
    """So many files for a folder that the volume has: each of them goes up alone."""
    path = tmp_path / "many.tar"
    files = ((member(f"dir/f{n}"), b"") for n in range(MANY))
    path.write_bytes(members((member("beside"), b""), *files))
    return path


def kill_in_the_middle(folder: Path, *processes: int) -> None:
    """As soon as the first entry is in its place."""
    soon(lambda: any(folder.iterdir()))
    for process in processes:
        os.kill(process, signal.SIGKILL)


def test_a_merge_whose_helper_is_killed_is_told_as_not_whole(
    engine: Engine, things: Things, many: Path
) -> None:
    name, folder = volume_with(things, lambda root: (root / "dir").mkdir())
    operation = engine.import_archive(
        source_at(str(many)), named(engine, name), Mode.MERGE, ask=Told()
    )
    until(operation, lambda state: state.stage is Stage.REPLACING)
    arguments = (folder / "dir", *helpers_of(name))
    killer = threading.Thread(target=kill_in_the_middle, args=arguments, daemon=True)
    killer.start()
    with pytest.raises(EngineError, match=f"{name} may hold only a part of {many}"):
        finished(operation)
    killer.join()
    assert 0 < len(os.listdir(folder / "dir")) < MANY
    assert nothing_of_ours(folder)
    assert list(engine.recover_imports()) == []
    no_helpers(things)


def test_a_merge_whose_client_is_killed_is_told_as_not_whole(
    things: Things, many: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "client"))
    name, folder = volume_with(things, lambda root: (root / "dir").mkdir())
    command = [*VOLTUI, "--host", things.engine.url, "import", str(many), name, "--merge", "--yes"]
    client = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        soon(lambda: not nothing_of_ours(folder))
        kill_in_the_middle(folder / "dir", client.pid, *helpers_of(name))
    finally:
        client.kill()
        client.wait()
    assert 0 < len(os.listdir(folder / "dir")) < MANY
    no_helpers(things)
    said = voltui(things.engine.url, "helpers", "--recover", "--yes")
    assert f"{name} may hold only a part of {many}. Import that again." in said.out
    assert nothing_of_ours(folder)
    said = voltui(things.engine.url, "helpers", "--recover", "--yes")
    assert "many.tar" not in said.out
