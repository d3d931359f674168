"""Names are bytes: whatever they are, they arrive unchanged and name the right file."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.agent.conftest import Start
from tests.agent.trees import HOSTILE_NAMES
from tui.engine.model import EntryKind


@pytest.fixture
def hostile(volume: Path) -> Path:
    folder = volume / "names"
    folder.mkdir()
    for name in HOSTILE_NAMES:
        with open(os.path.join(os.fsencode(folder), name), "wb") as file:
            file.write(name)
    return folder


def test_every_name_is_listed_as_it_is(start: Start, hostile: Path) -> None:
    agent = start(hostile).connect()
    entries = [entry for batch in agent.entries("/") for entry in batch]
    assert sorted(os.fsencode(entry.name) for entry in entries) == sorted(HOSTILE_NAMES)
    for entry in entries:
        found = os.lstat(hostile / entry.name)
        assert (entry.mode, entry.size, entry.inode, entry.mtime_ns, entry.nlink, entry.errno) == (
            found.st_mode,
            found.st_size,
            found.st_ino,
            found.st_mtime_ns,
            1,
            0,
        )


@pytest.mark.parametrize("name", HOSTILE_NAMES, ids=lambda name: ascii(name)[:30])
def test_a_name_leads_to_its_file(start: Start, hostile: Path, name: bytes) -> None:
    agent = start(hostile).connect()
    path = "/" + os.fsdecode(name)
    found = agent.stat(path)
    assert found.entry.name == os.fsdecode(name)
    assert found.entry.inode == os.lstat(hostile / os.fsdecode(name)).st_ino
    assert agent.read(path, 0, 1000).data == name


def test_a_path_that_is_markup(start: Start, volume: Path) -> None:
    (volume / "[").mkdir()
    (volume / "[" / "]").write_text("closed")
    agent = start(volume).connect()
    assert agent.read("/[/]", 0, 10).data == b"closed"


def test_every_name_can_be_a_target(start: Start, volume: Path) -> None:
    for number, name in enumerate(HOSTILE_NAMES):
        os.symlink(name, os.fsencode(volume / str(number)))
    agent = start(volume).connect()
    listed = {entry.name: entry for batch in agent.entries("/") for entry in batch}
    for number, name in enumerate(HOSTILE_NAMES):
        target = os.fsdecode(name)
        assert listed[str(number)].kind is EntryKind.SYMLINK
        assert listed[str(number)].target == target
        assert agent.readlink(f"/{number}") == target
        assert agent.stat(f"/{number}").entry.target == target


def test_a_folder_of_any_name_is_entered(start: Start, volume: Path) -> None:
    for name in HOSTILE_NAMES:
        folder = os.path.join(os.fsencode(volume), name)
        os.mkdir(folder)
        os.mkdir(os.path.join(folder, name))
    agent = start(volume).connect()
    for name in HOSTILE_NAMES:
        (batch,) = agent.entries("/" + os.fsdecode(name))
        assert batch.names == [os.fsdecode(name)]
    *_, usage = agent.usage("/")
    assert (usage.directories, usage.files, usage.errors) == (2 * len(HOSTILE_NAMES), 0, 0)
