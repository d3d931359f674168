"""`voltui empty`, as a program of its own."""

from __future__ import annotations

import json
import os
import pty
import re
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.engines.waiting import wait_for
from tests.integration.conftest import Things
from tests.integration.test_cli import VOLTUI, voltui
from tests.integration.test_emptying import fill, names_in


class OnTerminal:
    """A command whose three streams are one terminal."""

    def __init__(self, things: Things, *arguments: str) -> None:
        self._ours, theirs = pty.openpty()
        self._process = subprocess.Popen(
            [*VOLTUI, "--host", things.engine.url, *arguments],
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
            start_new_session=True,
            env={**os.environ, "TERM": "xterm"},
        )
        os.close(theirs)
        self.said = ""

    def read_until(self, text: str) -> None:
        """Read on until `text` was shown."""
        while text not in self.said:
            self._read()

    def type(self, text: str) -> None:
        os.write(self._ours, text.encode())

    def end(self) -> int:
        """Read the rest; the exit status."""
        try:
            while True:
                self._read()
        except OSError:  # Nobody has the terminal any more.
            return self._process.wait(30)

    def close(self) -> None:
        self._process.kill()
        self._process.wait()
        os.close(self._ours)

    def _read(self) -> None:
        self.said += os.read(self._ours, 4096).decode()


@contextmanager
def on_terminal(things: Things, *arguments: str) -> Iterator[OnTerminal]:
    terminal = OnTerminal(things, *arguments)
    try:
        yield terminal
    finally:
        terminal.close()


def some(things: Things) -> tuple[str, Path]:
    """A volume with three files and a folder."""
    name = things.volume()
    folder = things.folder(name)
    (folder / "folder").mkdir()
    for path in ("a", "b", "folder/c"):
        (folder / path).write_bytes(b"x" * 1024)
    return name, folder


def test_a_terminal_is_asked_and_named_what_goes(things: Things) -> None:
    name, folder = some(things)
    things.container([f"{name}:/d"], ["true"], Labels={})
    with on_terminal(things, "empty", name) as terminal:
        terminal.read_until("[y/N] ")
        assert len(list(folder.iterdir())) == 3
        terminal.type("y\r")
        assert terminal.end() == 0
    said = terminal.said
    assert f"{name} holds 3 files and 1 folder (3.0 KiB). All of it goes; the volume stays." in said
    assert "(created) has it mounted read-write." in said
    assert f"Empty {name}? [y/N]" in said
    assert f"{name} is empty: 3 files and 1 folder (3.0 KiB) went." in said
    assert list(folder.iterdir()) == []
    assert not things.helpers()


@pytest.mark.parametrize("answer", ["\r", "n\r", "maybe\r", "\x04"])
def test_anything_but_yes_changes_nothing(things: Things, answer: str) -> None:
    name, folder = some(things)
    with on_terminal(things, "empty", name) as terminal:
        terminal.read_until("[y/N] ")
        terminal.type(answer)
        assert terminal.end() == 1
    assert "Nothing was changed." in terminal.said
    assert len(list(folder.iterdir())) == 3


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ([], b"nobody can be asked"),
        (["--json"], b"nobody can be asked"),
        (["--read-only", "--yes"], b"read-only"),
    ],
)
def test_without_leave_nothing_goes(things: Things, arguments: list[str], says: bytes) -> None:
    name, folder = some(things)
    said = voltui(things, "empty", name, *arguments)
    assert said.returncode == 2
    assert says in said.stderr
    assert len(list(folder.iterdir())) == 3


def test_yes_empties_and_json_tells_it(things: Things) -> None:
    name, folder = some(things)
    said = voltui(things, "empty", name, "--yes", "--json")
    assert (said.returncode, said.stderr) == (0, b"")
    assert json.loads(said.stdout) == {
        "volume": name, "files": 3, "directories": 1, "size": 3072, "errors": 0, "failed": [],
        "complete": True, "remaining": 0, "names": [],
    }  # fmt: skip
    assert list(folder.iterdir()) == []
    again = voltui(things, "empty", name, "--yes")
    assert again.stdout == f"{name} is empty: nothing went.\n".encode()


def test_a_dry_run_only_tells(things: Things) -> None:
    origin, folder = some(things)
    device = things.engine.api.get(f"/volumes/{origin}")["Mountpoint"]
    options = {"type": "none", "o": "bind", "device": device}
    name = things.volume(DriverOpts=options)
    things.container([f"{name}:/d"], ["sleep", "1000"], start=True)
    said = voltui(things, "--read-only", "empty", name, "--dry-run")
    assert said.returncode == 0, said.stderr
    lines = said.stdout.decode().splitlines()
    assert lines[0].startswith(f"{name} holds 3 files and 1 folder")
    assert lines[1] == f"These are the contents of {device} on the engine's machine."
    assert lines[2] == f"It shares data with {origin}."
    assert lines[3].endswith("(running) has it mounted read-write.")
    told: dict[str, Any] = json.loads(voltui(things, "empty", name, "--dry-run", "--json").stdout)
    assert (told["files"], told["same_data"], len(told["writers"])) == (3, [origin], 1)
    assert len(list(folder.iterdir())) == 3


def test_a_running_writer_is_refused_and_hot_goes_on(things: Things) -> None:
    name, folder = some(things)
    container = things.container([f"{name}:/d"], ["sleep", "1000"], start=True)
    writer = things.engine.api.get(f"/containers/{container}/json")["Name"].lstrip("/")
    said = voltui(things, "empty", name, "--yes")
    assert said.returncode == 2
    assert f"mounted read-write by {writer}," in said.stderr.decode()
    assert b"--hot" in said.stderr
    assert len(list(folder.iterdir())) == 3
    assert voltui(things, "empty", name, "--yes", "--hot").returncode == 0
    assert list(folder.iterdir()) == []


def test_who_writes_to_the_same_data_is_refused_too(things: Things) -> None:
    origin, folder = some(things)
    device = things.engine.api.get(f"/volumes/{origin}")["Mountpoint"]
    bound = things.volume(DriverOpts={"type": "none", "o": "bind", "device": device})
    container = things.container([f"{bound}:/d"], ["sleep", "1000"], start=True)
    writer = things.engine.api.get(f"/containers/{container}/json")["Name"].lstrip("/")
    said = voltui(things, "empty", origin, "--yes")
    assert said.returncode == 2
    assert f"mounted read-write by {writer}," in said.stderr.decode()
    assert len(list(folder.iterdir())) == 3


def test_an_emptying_ends_although_somebody_fills_the_volume(things: Things) -> None:
    name, folder = some(things)
    script = "i=0; while [ $i -lt 300000 ]; do echo > /d/made-$i; i=$((i + 1)); done"
    things.container([f"{name}:/d"], ["sh", "-c", script], start=True)
    wait_for((folder / "made-0").exists, "the container's file")
    said = voltui(things, "empty", name, "--yes", "--hot")
    if said.returncode == 0:
        assert said.stdout.decode().startswith(f"{name} is empty: "), "for a moment it was"
    else:
        assert said.returncode == 1
        words = r"it was filled again meanwhile|Made meanwhile: made-"
        assert re.search(words, said.stderr.decode())
    assert not (folder / "made-0").exists()
    assert not (folder / "a").exists()


def test_what_stays_is_told_with_its_reason(things: Things) -> None:
    name, folder = some(things)
    kept = folder / "folder" / "\udcff\x1b[31m"
    kept.touch()
    subprocess.run(["chattr", "+i", kept], check=True)
    try:
        said = voltui(things, "empty", name, "--yes")
        told = json.loads(voltui(things, "empty", name, "--yes", "--json").stdout)
    finally:
        subprocess.run(["chattr", "-i", kept], check=True)
    assert said.returncode == 1
    assert said.stdout == b""
    assert said.stderr.decode().splitlines() == [
        f"voltui: 3 files and 0 folders (3.0 KiB) went from {name}.",
        "voltui: 1 entry could not be removed:",
        "voltui:   /folder/\\xff\\e[31m: not permitted: it may be immutable or append-only",
    ]
    assert (told["remaining"], told["names"], told["failed"][0]["errno"]) == (1, ["folder"], 1)


def test_an_unknown_volume_is_not_made(things: Things) -> None:
    said = voltui(things, "empty", "nowhere", "--yes")
    assert (said.returncode, said.stderr) == (1, b"voltui: There is no volume named nowhere.\n")


@pytest.mark.parametrize(
    ("number", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 129)]
)
def test_a_signal_stops_it_and_what_had_gone_is_told(
    things: Things, number: signal.Signals, status: int
) -> None:
    name = things.volume()
    folder = things.folder(name)
    total = fill(folder, 50_000)
    command = [*VOLTUI, "--host", things.engine.url, "empty", name, "--yes"]
    first = os.listdir(folder)[0]
    last = os.listdir(folder / first)[-1]
    with subprocess.Popen(command, stderr=subprocess.PIPE) as process:
        assert process.stderr is not None
        wait_for(lambda: not (folder / first / last).exists(), "the first folder's end")
        process.send_signal(number)
        said = process.stderr.read().decode()
        assert process.wait(30) == status
    found = re.fullmatch(
        rf"voltui: Stopped\. ([0-9,]+) files and \d folders? \(0 Bytes\) went from {name}\.\n", said
    )
    assert found, said
    gone = int(found[1].replace(",", ""))
    assert 0 < gone < total
    assert gone + names_in(folder) == total
    assert not things.helpers()


def test_killed_it_leaves_no_helper_and_nothing_more_goes(things: Things) -> None:
    name = things.volume()
    folder = things.folder(name)
    total = fill(folder, 50_000)
    command = [*VOLTUI, "--host", things.engine.url, "empty", name, "--yes"]
    first = os.listdir(folder)[0]
    last = os.listdir(folder / first)[-1]
    with subprocess.Popen(command, stderr=subprocess.PIPE) as process:
        wait_for(lambda: not (folder / first / last).exists(), "the first folder's end")
        process.kill()
    wait_for(lambda: not things.helpers(), "the end of the helpers", 5)
    left = names_in(folder)
    assert 0 < left < total
    assert names_in(folder) == left


def test_an_end_that_was_not_heard_is_told_as_such(things: Things) -> None:
    name = things.volume()
    folder = things.folder(name)
    fill(folder, 50_000)
    command = [*VOLTUI, "--host", things.engine.url, "empty", name, "--yes"]
    first = os.listdir(folder)[0]
    last = os.listdir(folder / first)[-1]
    with subprocess.Popen(command, stderr=subprocess.PIPE) as process:
        assert process.stderr is not None
        wait_for(lambda: not (folder / first / last).exists(), "the first folder's end")
        for helper in things.helpers():
            things.engine.api.delete(f"/containers/{helper}?force=1")
        said = process.stderr.read().decode()
        assert process.wait(30) == 1
    assert said.startswith("voltui: How much went before this is not known."), said
    assert "nothing went" not in said


def test_the_helper_that_writes_is_listed_as_such(things: Things) -> None:
    name = things.volume()
    container = things.container(
        [f"{name}:/v"], ["sleep", "1000"], start=True, Labels={"voltui.helper": "1"}
    )
    line = next(
        line
        for line in voltui(things, "helpers").stdout.decode().splitlines()
        if line.startswith(container[:12])
    )
    assert "read-write" in line
