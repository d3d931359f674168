"""What an interrupted replacement leaves is brought to its end, and nobody's files with it."""

from __future__ import annotations

import os
import signal
import subprocess
from pathlib import Path

import pytest

from tests.integration.cli import VOLTUI, voltui
from tests.integration.conftest import Things
from tests.integration.imports import (
    helpers_of,
    imported,
    member,
    members,
    no_helpers,
    nothing_of_ours,
    print_of,
    soon,
    volume_with,
)

MANY = 3_000


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    """Many files: there is time to look what the import is called."""
    path = tmp_path / "new.tar"
    path.write_bytes(members(*((member(f"new{number}"), b"") for number in range(MANY))))
    return path


@pytest.fixture
def interrupted(
    things: Things, archive: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> tuple[str, Path]:
    """A volume whose replacement was killed, and its folder."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "client"))

    def fill(root: Path) -> None:
        for number in range(MANY):
            (root / f"old{number}").touch()

    name, folder = volume_with(things, fill)
    command = [*VOLTUI, "--host", things.engine.url, "import", str(archive), name]
    client = subprocess.Popen(
        [*command, "--replace", "--yes"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        soon(lambda: not nothing_of_ours(folder))
        processes = helpers_of(name)
        (staged,) = folder.glob(".voltui-new-*")
        journal = folder / staged.name.replace("-new-", "-swap-")
        soon(journal.exists)
    finally:
        client.kill()
    for process in processes:
        os.kill(process, signal.SIGKILL)
    client.wait()
    no_helpers(things)
    assert journal.exists(), "it hit the middle"
    return name, folder


def test_a_replacement_is_not_recovered_beside_a_writer(
    things: Things, archive: Path, interrupted: tuple[str, Path]
) -> None:
    name, folder = interrupted
    writer = things.container([f"{name}:/d"], ["sleep", "1000"], start=True)
    (folder / "theirs").write_text("x")
    before = print_of(folder)
    said = voltui(things.engine.url, "helpers", "--recover", "--yes")
    assert said.status == 1
    assert f"An interrupted import into {name} still waits: {name} is mounted" in said.err
    said = voltui(things.engine.url, "helpers", "--recover", "--yes", "--json")
    assert said.status == 1
    told = said.objects[0]
    assert (told["volume"], told["recovered"]) == (name, False)
    assert "is mounted read-write by" in told["error"]
    said = imported(things, str(archive), name, "--merge", "--hot", "--yes", "--overwrite")
    assert said.status == 1
    assert "is mounted read-write by" in said.err
    assert print_of(folder) == before

    things.engine.api.delete(f"/containers/{writer}", force=1)
    said = voltui(things.engine.url, "helpers", "--recover", "--yes")
    assert said.status == 0, said
    assert "that was interrupted was rolled back" in said.out or "brought to its end" in said.out
    assert nothing_of_ours(folder)
    kept = list(folder.rglob("theirs"))
    assert [path.read_text() for path in kept] == ["x"]
    if kept[0].parent != folder:
        assert kept[0].parent.name in said.out


def test_old_contents_that_cannot_be_removed_wait_to_be_recovered(
    things: Things, archive: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "client"))

    def fill(root: Path) -> None:
        (root / "dir").mkdir()
        (root / "dir" / "stays").touch()
        subprocess.run(["chattr", "+i", root / "dir" / "stays"], check=True)

    name, folder = volume_with(things, fill)
    try:
        said = imported(things, str(archive), name, "--replace", "--yes", "--strict")
        assert said.status == 1, said
        assert "/dir/stays" in said.err
        assert "chattr -i" in said.err
        assert (folder / "new0").exists()
        said = voltui(things.engine.url, "helpers", "--recover", "--yes")
        assert said.status == 1
        assert f"An interrupted import into {name} still waits" in said.err
        assert "/dir/stays" in said.err
    finally:
        (stays,) = folder.glob("**/dir/stays")
        subprocess.run(["chattr", "-i", stays], check=True)
    said = voltui(things.engine.url, "helpers", "--recover", "--yes")
    assert said.status == 0, said
    assert nothing_of_ours(folder)
    assert len(list(folder.iterdir())) == MANY
