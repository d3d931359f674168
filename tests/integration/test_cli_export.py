"""`voltui export` as a program of its own."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from screenshots.terminal import Terminal
from tests.engines.private import PrivateEngine
from tests.engines.proxy import FaultProxy
from tests.engines.waiting import wait_for
from tests.integration.cli import VOLTUI, voltui
from tests.integration.conftest import Things

PROJECT = "com.docker.compose.project"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "exports"
    made.mkdir()
    return made


@pytest.fixture
def filled(things: Things) -> str:
    name = things.volume()
    (things.folder(name) / "noise").write_bytes(os.urandom(1 << 20))
    return name


def test_the_path_on_stdout_and_the_rest_on_stderr(
    things: Things, filled: str, folder: Path
) -> None:
    url, out = things.engine.url, folder / "out.tar.gz"
    said = voltui(url, "export", filled, str(out), "--checksum")
    assert (said.status, said.out) == (0, f"{out}\n")
    assert f"{filled}: 1 file" in said.err
    digest = out.with_name("out.tar.gz.sha256").read_text().split()[0]
    assert f"SHA-256 {digest}" in said.err

    again = voltui(url, "export", filled, str(out))
    assert again.status == 2
    assert "exists already" in again.err
    (told,) = voltui(url, "export", filled, str(out), "--overwrite", "--json").objects
    assert told["volume"] == filled
    assert told["file"] == str(out)
    assert told["size"] == out.stat().st_size
    assert told["losses"] == []
    assert told["error"] is None
    assert not out.with_name("out.tar.gz.sha256").exists()
    assert voltui(url, "export", filled, str(folder / "x.zip")).status == 2
    assert voltui(url, "export", "none", str(folder)).status == 1
    for kind in ("zst", "dir"):
        missing = voltui(url, "export", filled, "--to", str(folder / "none"), "--format", kind)
        assert missing.status == 2
        assert f"There is no folder {folder / 'none'}" in missing.err
    assert not (folder / "none").exists()


def test_keep_leaves_the_newest_and_says_what_went(
    things: Things, filled: str, folder: Path
) -> None:
    url = things.engine.url
    old = folder / f"{filled}-20200101T000000Z.tar.gz"
    assert voltui(url, "export", filled, str(old)).status == 0
    foreign = folder / f"{filled}-20200102T000000Z.tar.gz"
    foreign.write_bytes(b"theirs")
    said = voltui(url, "export", filled, str(folder), "--keep", "1")
    assert said.status == 0
    assert f"Removed {old}" in said.err
    made = Path(said.out.strip())
    assert sorted(os.listdir(folder)) == sorted([foreign.name, made.name])
    assert made.name.startswith(f"{filled}-20")
    assert made.name.endswith("Z.tar.zst")
    assert voltui(url, "export", filled, str(folder / "a.tar"), "--keep", "1").status == 2


def test_keep_never_takes_the_new_one_nor_gives_way_to_one_that_lacks_something(
    things: Things, filled: str, folder: Path
) -> None:
    url = things.engine.url
    later = folder / f"{filled}-20990101T000000Z.tar.gz"
    assert voltui(url, "export", filled, str(later)).status == 0
    said = voltui(url, "export", filled, str(folder), "--keep", "1")
    assert said.status == 0
    assert os.listdir(folder) == [Path(said.out.strip()).name]

    subprocess.run(["chattr", "+d", things.folder(filled) / "noise"], check=True)
    lacking = voltui(url, "export", filled, str(folder), "--keep", "1", "--format", "gz", "--json")
    (told,) = lacking.objects
    assert (lacking.status, told["removed"]) == (0, [])
    assert [note for note in told["notes"] if "older exports stay" in note]
    assert len(os.listdir(folder)) == 2
    refused = voltui(url, "export", filled, str(folder), "--keep", "1", "--format", "dir")
    assert refused.status == 2
    assert "--keep" in refused.err
    assert len(os.listdir(folder)) == 2


def test_an_old_one_that_stays_does_not_make_the_new_one_a_failure(
    things: Things, filled: str, folder: Path
) -> None:
    url = things.engine.url
    old = folder / f"{filled}-20200101T000000Z.tar.gz"
    assert voltui(url, "export", filled, str(old)).status == 0
    subprocess.run(["chattr", "+i", old], check=True)
    try:
        command = ["export", filled, str(folder), "--keep", "1", "--format"]
        plain = voltui(url, *command, "tar")
        told = voltui(url, "export", "--all", "--to", str(folder), "--keep", "1", "--json")
    finally:
        subprocess.run(["chattr", "-i", old], check=True)
    assert (plain.status, told.status) == (1, 1)
    assert Path(plain.out.strip()).parent == folder
    assert f"{old} is older than what is to be kept" in plain.err
    (each,) = (each for each in told.objects if each["volume"] == filled)
    assert each["error"] is None
    assert Path(each["file"]).exists()
    assert str(old) in each["keep_error"]


def test_a_project_in_one_go_and_one_that_fails(things: Things, folder: Path) -> None:
    names = [things.volume(Labels={PROJECT: "shop"}) for _ in range(3)]
    things.volume()
    (things.folder(names[1]) / ".voltui-incomplete").touch()
    url = things.engine.url
    said = voltui(url, "export", "--project", "shop", "--to", str(folder))
    assert said.status == 1
    assert "2 of 3 volumes exported" in said.err
    assert f"{names[1]} was not exported" in said.err
    assert len(said.out.splitlines()) == 2
    assert len(os.listdir(folder)) == 2
    told = voltui(url, "export", "-p", "shop", "--to", str(folder), "--format", "tar", "--json")
    assert [bool(each["error"]) for each in told.objects] == [
        name == names[1] for name in sorted(names)
    ]
    assert voltui(url, "export", "-p", "none", "--to", str(folder)).status == 1
    assert voltui(url, "export", "--all").status == 2


def test_a_writer_is_refused_with_2(things: Things, filled: str, folder: Path) -> None:
    things.container([f"{filled}:/d"], ["sleep", "1000"], start=True)
    said = voltui(things.engine.url, "export", filled, str(folder))
    assert said.status == 2
    assert "--hot" in said.err
    assert voltui(things.engine.url, "export", filled, str(folder), "--hot").status == 0


def test_strict_is_1_where_something_was_lost(things: Things, folder: Path) -> None:
    name = things.volume()
    os.mknod(things.folder(name) / "s", 0o140644)
    said = voltui(things.engine.url, "export", name, str(folder), "--strict")
    assert said.status == 1
    assert "1 socket is left out: /s" in said.err
    assert len(os.listdir(folder)) == 1


def test_stdout_is_a_plain_tar(things: Things, filled: str, folder: Path) -> None:
    command = [*VOLTUI, "--host", things.engine.url, "export", filled, "-"]
    done = subprocess.run(command, capture_output=True, check=True)
    listed = subprocess.run(["tar", "-tf", "-"], input=done.stdout, capture_output=True, check=True)
    assert listed.stdout.split() == [b"./", b"./noise"]
    assert b"is not known" in done.stderr
    with Terminal(command, 120, 40) as terminal:
        assert terminal.wait_end() == 2
        assert "not written to a terminal" in terminal.written.decode()


def test_a_reader_that_had_enough_ends_it_quietly(things: Things, folder: Path) -> None:
    name = things.volume()
    (things.folder(name) / "noise").write_bytes(os.urandom(8 << 20))
    command = [*VOLTUI, "--host", things.engine.url, "export", name, "-"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as client:
        assert client.stdout
        assert client.stderr
        assert client.stdout.read(1000)
        client.stdout.close()
        assert client.stderr.read() == b""
    assert client.returncode == 1


def test_ctrl_c_leaves_nothing(
    things: Things, folder: Path, make_proxy: Callable[[PrivateEngine], FaultProxy]
) -> None:
    name = things.volume()
    (things.folder(name) / "zeros").write_bytes(bytes(32 << 20))
    proxy = make_proxy(things.engine)
    command = [*VOLTUI, "--host", proxy.url, "export", name, str(folder / "out.tar.zst")]
    with subprocess.Popen(command, stderr=subprocess.PIPE) as client:
        assert client.stderr
        wait_for(lambda: proxy.to_client.bytes > 4 << 20, "the middle")
        client.send_signal(signal.SIGINT)
        told = client.stderr.read()
    assert client.returncode == 130
    assert b"nothing half-made is left" in told
    assert os.listdir(folder) == []
    wait_for(lambda: not things.helpers(), "the end of the helper")
