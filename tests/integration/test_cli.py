"""The command line, as a program of its own."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.integration.conftest import Things

VOLTUI = [sys.executable, "-m", "tui"]


def voltui(
    things: Things, *arguments: str, **options: object
) -> subprocess.CompletedProcess[bytes]:
    command = [*VOLTUI, "--host", things.engine.url, *arguments]
    return subprocess.run(command, capture_output=True, check=False)


def objects(output: bytes) -> list[dict[str, Any]]:
    return [json.loads(line) for line in output.splitlines()]


def test_ls_as_json_has_every_field(things: Things) -> None:
    volume = things.volume(Labels={"com.docker.compose.project": "shop"})
    container = things.container([f"{volume}:/data:ro"], ["true"])
    said = voltui(things, "ls", "--json")
    assert said.returncode == 0, said.stderr
    (found,) = [listed for listed in objects(said.stdout) if listed["name"] == volume]
    mountpoint = things.engine.api.get(f"/volumes/{volume}")["Mountpoint"]
    (mount,) = found.pop("mounts")
    assert found == {
        "name": volume,
        "driver": "local",
        "scope": "local",
        "mountpoint": mountpoint,
        "created": None,
        "labels": {"com.docker.compose.project": "shop"},
        "options": {},
        "size": None,
        "size_age": None,
        "anonymous": False,
        "looks_anonymous": False,
        "project": "shop",
        "in_use": True,
        "incomplete": False,
    }
    assert mount["id"] == container
    assert (mount["destination"], mount["read_only"], mount["state"]) == ("/data", True, "created")


def test_ls_shows_an_unknown_size_as_unknown_and_measures_when_told(things: Things) -> None:
    volume = things.volume()
    (things.folder(volume) / "file").write_bytes(b"x" * 700)
    line = _line(voltui(things, "ls").stdout, volume)
    assert line.split()[2] == "?"
    line = _line(voltui(things, "ls", "--sizes").stdout, volume)
    assert line.split()[2] == "700"


def test_inspect_masks_secrets_and_names_containers(things: Things) -> None:
    options = {"type": "cifs", "device": "//h/s", "o": "username=joe,password=hush"}
    volume = things.volume(DriverOpts=options)
    things.container([f"{volume}:/data"], ["true"])
    for arguments in (["inspect", volume], ["inspect", "--json", volume], ["ls", "--json"]):
        said = voltui(things, *arguments)
        assert said.returncode == 0
        assert b"joe" in said.stdout
        assert b"hush" not in said.stdout
    (mount,) = json.loads(voltui(things, "inspect", volume).stdout)["Mounts"]
    assert mount["destination"] == "/data"


HOSTILE = [
    b"-rf",
    b" ",
    b"new\nline",
    b"\xff\xfe",
    b"\x1b]0;pwn\x07\x1b[2J",
    b"\xe2\x80\xaeevil",
    b"[\\][red]",
    bytes(range(1, 32)),
    b"n" * 255,
    "名前".encode(),
]


def test_hostile_names_are_exact_in_json_and_harmless_as_text(things: Things) -> None:
    volume = things.volume()
    folder = os.fsencode(things.folder(volume))
    for name in HOSTILE:
        with open(os.path.join(folder, name), "wb") as file:
            file.write(name)
    said = voltui(things, "fs", "ls", "--json", volume)
    assert said.returncode == 0, said.stderr
    names = [os.fsencode(str(entry["name"])) for entry in objects(said.stdout)]
    assert sorted(names) == sorted(HOSTILE)
    assert all(0x20 <= byte < 0x7F or byte == 0x0A for byte in said.stdout)

    text = voltui(things, "fs", "ls", volume)
    assert text.returncode == 0
    assert b"\x1b" not in text.stdout
    assert "\u202e".encode() not in text.stdout
    assert len(text.stdout.splitlines()) == len(HOSTILE) + 1

    for name in HOSTILE:
        address = volume.encode() + b":/" + name
        command = [*map(os.fsencode, VOLTUI), b"--host", things.engine.url.encode()]
        command += [b"fs", b"cat", address]
        assert subprocess.run(command, capture_output=True, check=True).stdout == name


def test_fs_ls_of_one_entry_and_of_nothing(things: Things) -> None:
    volume = things.volume()
    (things.folder(volume) / "link").symlink_to("/etc/passwd")
    (entry,) = objects(voltui(things, "fs", "ls", f"{volume}:/link", "--json").stdout)
    assert (entry["kind"], entry["target"]) == ("symlink", "/etc/passwd")
    said = voltui(things, "fs", "ls", f"{volume}:/nowhere")
    assert said.returncode == 1
    assert b"/nowhere does not exist" in said.stderr


def test_cat_never_follows_a_link_and_never_opens_a_fifo(things: Things) -> None:
    volume = things.volume()
    folder = things.folder(volume)
    (folder / "link").symlink_to("/etc/passwd")
    os.mkfifo(folder / "fifo")
    for name in ("link", "fifo", "."):
        said = voltui(things, "fs", "cat", f"{volume}:/{name}")
        assert (said.returncode, said.stdout) == (1, b""), name
        assert said.stderr.startswith(b"voltui: ")


def test_cat_copies_a_large_file_exactly(things: Things) -> None:
    volume = things.volume()
    data = os.urandom(5_000_001)
    (things.folder(volume) / "large").write_bytes(data)
    assert voltui(things, "fs", "cat", f"{volume}:/large").stdout == data


def test_helpers_lists_what_other_clients_have_open(things: Things) -> None:
    labels = {"voltui.helper": "1", "voltui.volume": "data", "voltui.client": "host/1"}
    things.container([], ["sleep", "1000"], start=True, Labels=labels)
    (found,) = objects(voltui(things, "helpers", "--json").stdout)
    assert (found["volume"], found["client"], found["state"]) == ("data", "host/1", "running")
    assert b"host/1" in voltui(things, "helpers").stdout


@pytest.mark.parametrize(
    ("arguments", "status", "says"),
    [
        (["fs", "ls", "x:relative"], 2, b"is not VOLUME"),
        (["fs", "ls"], 2, b"Missing argument"),
        (["--context", "nowhere", "ls"], 2, b"not both"),
        (["inspect", "nowhere"], 1, b"no volume named nowhere"),
        (["fs", "ls", "nowhere"], 1, b"no volume named nowhere"),
        (["nowhere"], 2, b"needs a terminal"),
        (["ls", "--log", "/nonexistent/log"], 2, b"cannot be written"),
    ],
)
def test_exit_status_and_sentence(
    things: Things, arguments: list[str], status: int, says: bytes
) -> None:
    said = voltui(things, *arguments)
    assert said.returncode == status
    assert says in said.stderr
    assert b"Traceback" not in said.stderr


def test_global_options_stand_before_or_after_the_command(things: Things) -> None:
    volume = things.volume()
    url = things.engine.url
    for command in (["--host", url, "--json", "ls"], ["ls", "--host", url, "--json"]):
        said = subprocess.run([*VOLTUI, *command], capture_output=True, check=True)
        assert volume in [listed["name"] for listed in objects(said.stdout)]


def test_a_reader_that_goes_away_is_no_traceback(things: Things) -> None:
    volume = things.volume()
    for number in range(5_000):
        (things.folder(volume) / f"{number}-{'x' * 100}").touch()
    command = [*VOLTUI, "--host", things.engine.url, "fs", "ls", "--json", volume]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.readline()
        process.stdout.close()
        assert process.stderr.read() == b""
    assert not things.helpers()


def test_help_and_version_import_neither_textual_nor_docker() -> None:
    for option in ("--help", "--version"):
        script = (
            "import sys\n"
            "from tui.cli import main\n"
            f"sys.argv = ['voltui', '{option}']\n"
            "try:\n    main()\n"
            "except SystemExit as end:\n    assert not end.code\n"
            "print([n for n in ('textual', 'docker', 'requests') if n in sys.modules])\n"
        )
        said = subprocess.run([sys.executable, "-c", script], capture_output=True, check=True)
        assert said.stdout.splitlines()[-1] == b"[]"


def test_the_log_has_calls_and_no_contents(things: Things, tmp_path: object) -> None:
    volume = things.volume()
    (things.folder(volume) / "file").write_text("the secret of the file")
    log = f"{tmp_path}/log"
    voltui(things, "fs", "cat", f"{volume}:/file", "--log", log)
    with open(log, encoding="utf-8") as file:
        written = file.read()
    assert "POST /v1.41/containers/create" in written
    assert "the secret" not in written


def _line(output: bytes, name: str) -> str:
    return next(line for line in output.decode().splitlines() if line.startswith(name))


@pytest.mark.parametrize(
    "command", [["ls"], ["fs", "ls", "{volume}"], ["fs", "cat", "{volume}:/f"]]
)
def test_a_full_disk_behind_the_output_is_one_sentence(things: Things, command: list[str]) -> None:
    volume = things.volume()
    (things.folder(volume) / "f").write_bytes(b"x" * 100_000)
    arguments = [part.format(volume=volume) for part in command]
    with open("/dev/full", "wb") as full:
        said = subprocess.run(
            [*VOLTUI, "--host", things.engine.url, *arguments],
            stdout=full,
            stderr=subprocess.PIPE,
            check=False,
        )
    assert said.returncode == 1
    assert said.stderr == b"voltui: The output cannot be written: No space left on device.\n"
    assert not things.helpers()


def test_a_terminal_of_another_encoding_is_no_traceback(things: Things) -> None:
    volume = things.volume()
    (things.folder(volume) / "漢字").touch()
    said = subprocess.run(
        [*VOLTUI, "--host", things.engine.url, "fs", "ls", volume],
        capture_output=True,
        env={**os.environ, "PYTHONIOENCODING": "latin-1"},
        check=True,
    )
    assert b"\\u6f22\\u5b57" in said.stdout


@pytest.mark.parametrize("config", ["[]", '{"proxies": null}', '{"HttpHeaders": "x"}'])
def test_a_broken_docker_configuration_is_told(
    things: Things, private_home: Path, config: str
) -> None:
    volume = things.volume()
    (private_home / ".docker").mkdir()
    (private_home / ".docker" / "config.json").write_text(config)
    said = voltui(things, "fs", "ls", volume)
    assert b"Traceback" not in said.stderr
    assert said.returncode in {0, 2}
    if said.returncode:
        assert b"config.json" in said.stderr
    assert not things.helpers()


@pytest.mark.parametrize(("number", "status"), [(signal.SIGTERM, 143), (signal.SIGHUP, 129)])
def test_a_signal_removes_the_helper_first(
    things: Things, number: signal.Signals, status: int
) -> None:
    volume = things.volume()
    with open(things.folder(volume) / "large", "wb") as large:
        large.truncate(8 << 30)
    command = [*VOLTUI, "--host", things.engine.url, "fs", "cat", f"{volume}:/large"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.read(100_000)
        process.send_signal(number)
        process.stdout.close()
        assert process.wait(10) == status
    assert not things.helpers()
