"""`fs find`, `fs grep`, `fs du` and `fs hash` on a real engine."""

from __future__ import annotations

import hashlib
import os
import pty
import signal
import subprocess
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from tests.engines.waiting import wait_for
from tests.integration.conftest import Things
from tests.integration.test_cli import VOLTUI, objects, voltui

STRANGE = b"esc\x1b[2J\xff\nline\\back"


@pytest.fixture
def filled(things: Things) -> tuple[str, Path]:
    """A volume with some files and its folder."""
    volume = things.volume()
    folder = things.folder(volume)
    (folder / "etc/conf.d").mkdir(parents=True)
    (folder / "etc/app.conf").write_text("port = 80\nName = App\n")
    (folder / "etc/conf.d/db.conf").write_text("port = 5432\n")
    (folder / "data").write_bytes(b"port\0" * 20_000)
    with open(os.path.join(os.fsencode(folder), STRANGE), "wb") as strange:
        strange.write(b"port \x1b]0;title\x07\xff")
    return volume, folder


def lines(output: bytes) -> list[bytes]:
    return sorted(output.splitlines())


def test_find(things: Things, filled: tuple[str, Path]) -> None:
    volume, _ = filled
    said = voltui(things, "fs", "find", f"{volume}:/", "conf")
    expected = [b"/etc/app.conf", b"/etc/conf.d", b"/etc/conf.d/db.conf"]
    assert (said.returncode, lines(said.stdout), said.stderr) == (0, expected, b"")
    said = voltui(things, "fs", "find", volume, "*", "--glob", "-0")
    assert b"/" + STRANGE in said.stdout.split(b"\0")
    (found,) = objects(voltui(things, "fs", "find", volume, "esc", "--json").stdout)
    assert found["path"] == "/" + os.fsdecode(STRANGE)
    assert (found["name"], found["kind"], found["size"]) == (os.fsdecode(STRANGE), "file", 16)
    said = voltui(things, "fs", "find", volume, "nowhere")
    assert (said.returncode, said.stdout, said.stderr) == (0, b"", b"")
    said = voltui(things, "fs", "find", volume, "--glob", "[")
    assert (said.returncode, said.stdout) == (2, b"")
    assert b"has no ]" in said.stderr


def test_grep(things: Things, filled: tuple[str, Path]) -> None:
    volume, _ = filled
    said = voltui(things, "fs", "grep", "port = [0-9]+", volume)
    expected = [b"/etc/app.conf:1:port = 80", b"/etc/conf.d/db.conf:1:port = 5432"]
    assert (said.returncode, lines(said.stdout), said.stderr) == (0, expected, b"")
    for options, found in {
        ("NAME = a", "-i", "-F", "-0"): [b"/etc/app.conf\x002:Name = App"],
        ("port", "--glob", "db.*"): [b"/etc/conf.d/db.conf:1:port = 5432"],
    }.items():
        said = voltui(things, "fs", "grep", options[0], f"{volume}:/etc", *options[1:])
        assert (said.returncode, lines(said.stdout)) == (0, found)
    said = voltui(things, "fs", "grep", "title", volume)
    assert said.stdout == b"/" + STRANGE + b":1:port \x1b]0;title\x07\xff\n"
    said = voltui(things, "fs", "grep", "nowhere", volume)
    assert (said.returncode, said.stdout, said.stderr) == (1, b"", b"")
    said = voltui(things, "fs", "grep", "a(b", volume)
    assert said.returncode == 2
    assert b"missing closing ): `a(b`" in said.stderr


def test_du(things: Things, filled: tuple[str, Path]) -> None:
    volume, folder = filled
    said = voltui(things, "fs", "du", volume, "--json")
    assert (said.returncode, said.stderr) == (0, b"")
    *children, total = objects(said.stdout)
    assert children[0]["path"] == "/data"
    assert total["path"] == "/"
    assert total["complete"]
    assert total["disk"] == sum(child["disk"] for child in children) + folder.stat().st_blocks * 512
    (etc,) = [child for child in children if child["path"] == "/etc"]
    assert (etc["kind"], etc["files"], etc["directories"]) == ("directory", 2, 1)
    deeper = objects(voltui(things, "fs", "du", f"{volume}:/etc", "--depth", "2", "--json").stdout)
    assert {row["path"] for row in deeper} == {
        "/etc/conf.d/db.conf",
        "/etc/conf.d",
        "/etc/app.conf",
        "/etc",
    }
    shown = voltui(things, "fs", "du", volume, "--depth", "0").stdout.decode()
    assert shown.splitlines()[0].split() == ["DISK", "BYTES", "FILES", "PATH"]
    assert shown.splitlines()[1].split()[2:] == ["4", "/"]
    table = voltui(things, "fs", "du", volume).stdout
    assert b"\x1b" not in table
    assert rb"/esc\e[2J\xff\nline\\back" in table


def test_hash(things: Things, filled: tuple[str, Path], tmp_path: Path) -> None:
    volume, folder = filled
    data = (folder / "data").read_bytes()
    said = voltui(things, "fs", "hash", f"{volume}:/data", f"{volume}:/etc/app.conf")
    assert said.returncode == 0
    first, second = said.stdout.splitlines()
    assert first == f"{hashlib.sha256(data).hexdigest()}  {volume}:/data".encode()
    assert second.endswith(f"  {volume}:/etc/app.conf".encode())
    strange = f"{volume}:/{os.fsdecode(STRANGE)}"
    said = voltui(things, "fs", "hash", strange, "--algorithm", "md5")
    (tmp_path / "sums").write_bytes(said.stdout)
    copy = os.path.join(os.fsencode(tmp_path), os.fsencode(volume) + b":")
    os.mkdir(copy)
    Path(os.fsdecode(os.path.join(copy, STRANGE))).write_bytes(b"port \x1b]0;title\x07\xff")
    subprocess.run(["md5sum", "--check", "--status", "sums"], cwd=tmp_path, check=True)
    said = voltui(things, "fs", "hash", f"{volume}:/none", f"{volume}:/data", f"{volume}:/etc")
    assert said.returncode == 1
    assert said.stdout.splitlines() == [first]
    assert said.stderr.count(b"voltui: ") == 2
    (hashed,) = objects(voltui(things, "fs", "hash", f"{volume}:/data", "--json").stdout)
    assert hashed["digest"] == hashlib.sha256(data).hexdigest()
    assert voltui(things, "fs", "hash", f"{volume}:/data", "-a", "crc").returncode == 2


def terminal(things: Things, *arguments: str) -> tuple[int, bytes]:
    """What a command leaves on a terminal, and its exit status."""
    master, slave = pty.openpty()
    command = [*VOLTUI, "--host", things.engine.url, *arguments]
    environ = {**os.environ, "TERM": "xterm"}
    with subprocess.Popen(command, stdin=slave, stdout=slave, stderr=slave, env=environ) as child:
        os.close(slave)
        output = b""
        try:
            while data := os.read(master, 65536):
                output += data
        except OSError:  # the terminal has nobody else any more
            status = child.wait()
    os.close(master)
    return status, output


def test_on_a_terminal_nothing_of_a_name_or_a_line_is_raw(
    things: Things, filled: tuple[str, Path]
) -> None:
    volume, _ = filled
    for arguments in (
        ["fs", "find", volume, "esc"],
        ["fs", "grep", "title", volume],
        ["fs", "du", volume],
        ["fs", "hash", f"{volume}:/{os.fsdecode(STRANGE)}"],
    ):
        status, output = terminal(things, *arguments)
        assert status == 0, output
        assert rb"\e[2J\xff\nline" in output
        assert all(rest.startswith(b"[K") for rest in output.split(b"\x1b")[1:]), output


def test_a_pipe_that_is_closed(things: Things) -> None:
    volume = things.volume()
    folder = things.folder(volume)
    for number in range(3_000):
        (folder / f"file-{number:0200}").touch()
    command = [*VOLTUI, "--host", things.engine.url, "fs", "find", volume, "file"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as child:
        assert child.stdout
        assert child.stderr
        child.stdout.read(10)
        child.stdout.close()
        assert child.stderr.read() == b""
        assert child.wait() == 1


def test_interrupted(things: Things) -> None:
    volume = things.volume()
    with open(things.folder(volume) / "sparse", "wb") as sparse:
        sparse.truncate(1 << 42)
    command = [*VOLTUI, "--host", things.engine.url, "fs", "hash", f"{volume}:/sparse"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as child:
        running = '{"label":["voltui.helper"],"status":["running"]}'
        ask = partial(things.engine.api.get, "/containers/json", filters=running)
        wait_for(ask, "the helper that hashes", 30)
        child.send_signal(signal.SIGINT)
        assert child.communicate()[0] == b""
        assert child.returncode == 130
    wait_for(lambda: not things.helpers(), "the end of the helper", 30)


def test_what_is_not_there(things: Things) -> None:
    said = voltui(things, "fs", "hash", "no-such-volume:/x")
    assert said.returncode == 1
    assert b"There is no volume named no-such-volume" in said.stderr
    said = voltui(things, "fs", "grep", "x", f"{things.volume()}:/none")
    assert said.returncode == 1
    assert b"/none does not exist" in said.stderr


def test_json_of_what_cannot_be_read_is_still_json(things: Things) -> None:
    volume = things.volume()
    (things.folder(volume) / "file").write_bytes(b"\xffneedle\xff")
    said = voltui(things, "fs", "grep", "needle", volume, "--json")
    (match,) = objects(said.stdout)
    text: Any = match["text"]
    assert os.fsencode(text) == b"\xffneedle\xff"
    assert text[match["begin"] : match["end"]] == "needle"
    assert (match["path"], match["line"], match["offset"]) == ("/file", 1, 0)
