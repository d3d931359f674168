"""Deleting and emptying with the real program on a real engine."""

from __future__ import annotations

import os
import secrets
import signal
import stat
import sys
from pathlib import Path
from typing import Any

import pytest

from screenshots.terminal import Terminal
from tests.engines.waiting import wait_for
from tests.integration.conftest import Things
from tui.engine import Engine
from tui.engine.helper import this_client

VOLTUI = [sys.executable, "-m", "tui"]

STUBBORN = ["sh", "-c", "trap '' TERM; while :; do sleep 0.1; done"]
"""Does not stop before it is killed."""


def browse(things: Things, home: Path) -> Terminal:
    command = [*VOLTUI, "--host", things.engine.url]
    return Terminal(command, 100, 30, {"XDG_STATE_HOME": str(home)})


def shows(terminal: Terminal, *texts: str) -> None:
    terminal.wait_for(lambda screen: all(text in screen for text in texts), " and ".join(texts))


def go_to(terminal: Terminal, name: str, key: str) -> None:
    """Put the cursor on a volume and press a key."""
    shows(terminal, "Name ▲")
    terminal.press("/", name, "Enter")
    shows(terminal, f"▌ {name}")
    terminal.press(key)


def volumes(things: Things) -> set[str]:
    return {each["Name"] for each in things.engine.api.get("/volumes")["Volumes"] or []}


def state(things: Things, container: str) -> str:
    """Empty for one that does not exist."""
    for each in things.engine.api.get("/containers/json", all=1):
        if each["Id"] == container:
            return str(each["State"])
    return ""


@pytest.fixture
def name() -> str:
    return f"db-{secrets.token_hex(3)}"


def filled(things: Things, name: str, **body: Any) -> Path:
    """A volume with a few files; its folder."""
    folder = things.folder(things.volume(name, **body))
    (folder / "base").mkdir()
    for number in range(3):
        (folder / "base" / str(number)).write_bytes(b"row" * 100)
    return folder


def test_a_database_in_use_goes_with_its_container_and_nothing_else(
    things: Things, tmp_path: Path, name: str
) -> None:
    filled(things, name)
    other = things.volume()
    database = things.container([f"{name}:/var/lib/db"], ["sleep", "1000"], start=True)
    bystander = things.container([f"{other}:/data"], ["sleep", "1000"], start=True)
    before = volumes(things)

    with browse(things, tmp_path) as terminal:
        go_to(terminal, name, "d")
        shows(terminal, f"Delete {name}?", "900 Bytes in 3 files and 1 folder", "[ ] ●")
        shows(terminal, "/var/lib/db read-write", "Space chooses it")
        assert f"Type {name}" not in terminal.text()
        terminal.press("Space")
        shows(terminal, f"Type {name}")
        terminal.press(name, "Enter")
        shows(terminal, f"{name} is deleted.")
        terminal.press("q")
        assert terminal.wait_end() == 0

    assert volumes(things) == before - {name}
    assert state(things, database) == ""
    assert state(things, bystander) == "running"


def test_own_helpers_hold_nothing_and_those_of_others_do(
    things: Things, engine: Engine, name: str
) -> None:
    filled(things, name)
    for client in (this_client(), "elsewhere/1"):
        labels = {"voltui.helper": "1", "voltui.client": client}
        things.container([f"{name}:/v:ro"], ["true"], Labels=labels)
    (volume,) = (each for each in engine.volumes() if each.name == name)
    assert [holder.client for holder in engine.holders(volume)] == ["elsewhere/1"]


def test_a_container_that_starts_meanwhile_is_not_taken_along(
    things: Things, tmp_path: Path, name: str
) -> None:
    filled(things, name)
    with browse(things, tmp_path) as terminal:
        go_to(terminal, name, "d")
        shows(terminal, f"Type {name}")
        terminal.press(name)
        late = things.container([f"{name}:/late"], ["sleep", "1000"], start=True)
        shows(terminal, "[ ] ●", "/late read-write")
        terminal.press("Enter")
        shows(terminal, f"Delete {name}?")
        terminal.press("Esc", "q")
        assert terminal.wait_end() == 0
    assert name in volumes(things)
    assert state(things, late) == "running"


def test_escape_brings_back_what_was_stopped(things: Things, tmp_path: Path, name: str) -> None:
    filled(things, name)
    web = things.container(
        [f"{name}:/d"], STUBBORN, start=True, StopSignal="SIGTERM", StopTimeout=2
    )
    with browse(things, tmp_path) as terminal:
        go_to(terminal, name, "d")
        shows(terminal, "Space chooses it")
        terminal.press("Space", name, "Enter")
        shows(terminal, "(up to 2 s)")
        terminal.press("Esc")
        shows(terminal, "Cancelled", "Started again 1 container")
        terminal.press("Esc", "q")
        assert terminal.wait_end() == 0
    assert name in volumes(things)
    assert state(things, web) == "running"


def test_what_a_killed_one_left_stopped_is_started_at_the_next_start(
    things: Things, tmp_path: Path, name: str
) -> None:
    filled(things, name)
    web = things.container(
        [f"{name}:/d"], STUBBORN, start=True, StopSignal="SIGTERM", StopTimeout=2
    )
    with browse(things, tmp_path) as terminal:
        go_to(terminal, name, "d")
        shows(terminal, "Space chooses it")
        terminal.press("Space", name, "Enter")
        shows(terminal, "(up to 2 s)")
        os.kill(terminal.pid, signal.SIGKILL)
        terminal.wait_end()
    wait_for(lambda: state(things, web) == "exited", "the stop")
    with browse(things, tmp_path) as terminal:
        shows(terminal, "1 container left stopped", f"to delete {name}")
        terminal.press("y")
        shows(terminal, "Started again:")
        terminal.press("q")
        assert terminal.wait_end() == 0
    assert state(things, web) == "running"
    assert name in volumes(things)


def test_deleting_a_bind_volume_leaves_what_is_in_its_folder(
    things: Things, tmp_path: Path, name: str
) -> None:
    source = things.folder(things.volume())
    (source / "precious").write_text("kept")
    device = things.engine.api.get(f"/volumes/{source.parent.name}")["Mountpoint"]
    things.volume(name, DriverOpts={"type": "none", "o": "bind", "device": device})
    with browse(things, tmp_path) as terminal:
        go_to(terminal, name, "d")
        shows(terminal, "Deleting the volume does not delete what is in", f"Type {name}")
        terminal.press(name, "Enter")
        shows(terminal, f"{name} is deleted.")
        terminal.press("q")
        assert terminal.wait_end() == 0
    assert name not in volumes(things)
    assert (source / "precious").read_text() == "kept"


def test_emptying_leaves_the_volume_its_labels_and_its_root(
    things: Things, tmp_path: Path, name: str
) -> None:
    folder = filled(things, name, Labels={"kept": "yes"})
    folder.chmod(0o2770)
    os.chown(folder, 999, 998)
    with browse(things, tmp_path) as terminal:
        go_to(terminal, name, "X")
        shows(terminal, f"Empty {name}?", "900 Bytes in 3 files and 1 folder", f"Type {name}")
        terminal.press(name, "Enter")
        shows(terminal, f"{name} is empty:")
        terminal.press("X")
        shows(terminal, f"{name} is empty already.")
        terminal.press("Esc", "q")
        assert terminal.wait_end() == 0
    root = folder.stat()
    assert not list(folder.iterdir())
    assert (stat.S_IMODE(root.st_mode), root.st_uid, root.st_gid) == (0o2770, 999, 998)
    assert things.engine.api.get(f"/volumes/{name}")["Labels"] == {"kept": "yes"}
