"""`create` and `rm`: never another volume than the named one, never a success that is none."""

from __future__ import annotations

import secrets
from pathlib import Path

import pytest

from tests.integration.cli import asked, voltui, volumes
from tests.integration.conftest import Things
from tests.integration.removals import state


def test_create_prints_the_name_and_makes_what_was_asked_for(things: Things) -> None:
    name, url = things.name(), things.engine.url
    options = ["-o", "type=tmpfs", "--opt", "device=tmpfs", "--opt", "o=size=1m,mode=1700"]
    said = voltui(url, "create", f"{name}:", *options, "--label", "a=b=c", "--label", "bare")
    assert (said.status, said.out, said.err) == (0, f"{name}\n", "")
    told = things.engine.api.get(f"/volumes/{name}")
    assert told["Options"] == {"type": "tmpfs", "device": "tmpfs", "o": "size=1m,mode=1700"}
    assert (told["Labels"]["a"], told["Labels"]["bare"]) == ("b=c", "")


def test_an_existing_name_is_one_sentence(things: Things) -> None:
    name, url = things.volume(Labels={"old": "yes"}), things.engine.url
    for arguments in (["create", name], ["create", name, "--dry-run"], ["create", name, "--json"]):
        said = voltui(url, *arguments)
        assert (said.status, said.out) == (1, "")
        assert said.err.startswith(f"voltui: There is a volume named {name} already.\n")
    assert things.engine.api.get(f"/volumes/{name}")["Labels"] == {"old": "yes"}


def test_a_dry_run_only_checks(things: Things) -> None:
    name = things.name()
    said = voltui(things.engine.url, "create", name, "--dry-run")
    assert (said.status, said.out, said.err) == (0, "", "")
    assert name not in volumes(things.engine.api)


def test_a_preset_and_the_same_data_under_another_name(things: Things, tmp_path: Path) -> None:
    one, two, url = things.name(), things.name(), things.engine.url
    share = ["--preset", "cifs", "--set", "server=nas", "--set", "share=media"]
    log = tmp_path / "log"
    secret = ["--set", "password=hu;sh", "--log", str(log)]
    said = voltui(url, "create", one, *share, *secret, "--json")
    assert "POST /v1.41/volumes/create" in log.read_text()
    assert "hu;" not in log.read_text()
    assert said.objects[0]["options"]["o"] == "addr=nas,password=****"
    assert things.engine.api.get(f"/volumes/{one}")["Options"]["o"] == "addr=nas,password=hu;sh"
    said = voltui(url, "create", two, *share)
    assert said.status == 0
    assert said.err == f"voltui: {two} and {one} are the same data: one device.\n"


@pytest.mark.parametrize(
    ("arguments", "status", "says"),
    [
        (["x-1", "--set", "a=b"], 2, "--preset"),
        (["x-1", "--preset", "bind"], 2, "Folder is needed"),
        (["x-1", "--preset", "bind", "--set", "path=/a", "-o", "a=b"], 2, "in place of --opt"),
        (["x-1", "--preset", "cifs", "--set", "password=hush,sh"], 2, "is needed for CIFS"),
        (["x-1", "-o", "type"], 2, "has no value"),
        (["x-1", "-o", "a=b", "-o", "a=c"], 2, "given twice"),
        (["x-1", "-o", "foo=bar"], 1, 'invalid option: "foo"'),
        (["x-1", "--label", "voltui.job=1"], 2, "voltui's own"),
        (["x-1", "--read-only"], 2, "--read-only"),
        (["x-1:/path"], 2, "not the name of a volume"),
        ([""], 2, "not the name of a volume"),
        (["a/b"], 2, "it is a path"),
        (["-"], 1, "too short"),
    ],
)
def test_what_create_refuses(things: Things, arguments: list[str], status: int, says: str) -> None:
    before = volumes(things.engine.api)
    said = voltui(things.engine.url, "create", *arguments)
    assert (said.status, said.out) == (status, "")
    assert says in said.err
    assert "hush" not in said.err
    assert volumes(things.engine.api) == before


def test_rm_takes_the_named_ones_and_tells_the_rest(things: Things) -> None:
    """As with docker volume rm, the others go; the same name twice is one volume."""
    one, two, stays = things.volume(), things.volume(), things.volume()
    used = things.volume(Labels={"com.docker.compose.project": "shop"})
    labels = {"com.docker.compose.project": "shop"}
    container = things.container([f"{used}:/d"], ["true"], Labels=labels)
    holder = things.engine.api.get(f"/containers/{container}/json")["Name"].lstrip("/")

    said = voltui(things.engine.url, "rm", one, used, "nowhere", f"{two}:", one, "--yes")

    assert (said.status, said.out) == (1, f"{one}\n{two}\n")
    assert f"{used} is in use by {holder} (created, of project shop)" in said.err
    assert "--remove-containers" in said.err
    assert "There is no volume named nowhere." in said.err
    assert "2 of 4 volumes removed" in said.err
    assert {stays, used} <= volumes(things.engine.api)
    assert not {one, two} & volumes(things.engine.api)
    assert state(things.engine.api, container) == "created"


def test_rm_as_objects(things: Things) -> None:
    one, used = things.volume(), things.volume()
    things.container([f"{used}:/d"], ["true"])
    said = voltui(things.engine.url, "rm", used, "nowhere", one, "--yes", "--json")
    assert said.status == 1
    outcomes = {each["name"]: (each["outcome"], bool(each["reason"])) for each in said.objects}
    assert outcomes == {used: ("kept", True), "nowhere": ("gone", True), one: ("removed", False)}


def test_rm_with_containers_that_hold_several(things: Things) -> None:
    one, two, other = things.volume(), things.volume(), things.volume()
    binds = [f"{one}:/1", f"{two}:/2", f"{other}:/3"]
    running = things.container(binds, ["sleep", "1000"], start=True)
    ended = things.container([f"{one}:/1"], ["true"])
    api, url = things.engine.api, things.engine.url

    said = voltui(url, "rm", one, two, "--remove-containers", "--dry-run")
    assert said.status == 0
    assert "(running) is stopped and removed." in said.out
    assert "(created) is removed." in said.out
    assert (state(api, running), state(api, ended)) == ("running", "created")

    said = voltui(url, "rm", one, two, "--remove-containers", "--yes", "--json")
    assert said.status == 0, said.err
    assert [each["outcome"] for each in said.objects] == ["removed", "removed"]
    assert sum(len(each["containers"]) for each in said.objects) == 2
    assert (state(api, running), state(api, ended)) == ("gone", "gone")
    assert volumes(api) & {one, two, other} == {other}


def test_rm_leaves_what_stops_with_its_own_volumes(things: Things) -> None:
    name = things.volume()
    host = {"Binds": [f"{name}:/d"], "NetworkMode": "none", "AutoRemove": True}
    container = things.container([], ["sleep", "1000"], start=True, HostConfig=host)
    said = voltui(things.engine.url, "rm", name, "--remove-containers", "--yes")
    assert (said.status, said.out) == (1, "")
    assert "--rm" in said.err
    assert state(things.engine.api, container) == "running"


@pytest.mark.parametrize("answer", ["", "n", "yep", "name"])
def test_no_is_the_answer_unless_yes_is_said(things: Things, answer: str) -> None:
    name = things.volume()
    status, written = asked(things.engine.url, "rm", name, answer=answer)
    assert status == 1
    assert "Nothing was changed." in written
    assert name in volumes(things.engine.api)


def test_the_question_names_all_that_goes(things: Things) -> None:
    name = things.volume(Labels={"com.docker.compose.project": "shop"})
    (things.folder(name) / "file").write_bytes(b"x" * 2048)
    container = things.container([f"{name}:/d"], ["sleep", "1000"], start=True)
    holder = things.engine.api.get(f"/containers/{container}/json")["Name"].lstrip("/")
    arguments = ["rm", name, "--remove-containers", "--sizes"]
    status, written = asked(things.engine.url, *arguments, answer="y")
    assert status == 0
    for part in (name, "2.0K", "shop", f"The container {holder} (running) is stopped and removed."):
        assert part in written
    assert "Remove 1 volume (2.0 KiB) and 1 container?" in written
    assert name not in volumes(things.engine.api)


@pytest.mark.parametrize("arguments", [[], ["--json"]])
def test_nothing_goes_where_nobody_can_be_asked(things: Things, arguments: list[str]) -> None:
    name = things.volume()
    said = voltui(things.engine.url, "rm", name, *arguments)
    assert (said.status, said.out) == (2, "")
    assert "--yes" in said.err
    assert name in volumes(things.engine.api)


@pytest.mark.parametrize("command", [["rm", "{}"], ["rm", "{}", "--json"], ["rm", "{}:/path"]])
def test_what_rm_refuses(things: Things, command: list[str]) -> None:
    name = things.volume()
    arguments = [part.format(name) for part in command]
    said = voltui(things.engine.url, "--read-only", *arguments, "--yes")
    assert (said.status, said.out) == (2, "")
    assert name in volumes(things.engine.api)


def test_a_volume_named_like_a_command(things: Things) -> None:
    url = things.engine.url
    said = voltui(url, "create", "rm:")
    things.owned("rm")
    assert said.out == "rm\n"
    said = voltui(url, "rm", "rm", "--yes")
    assert (said.status, said.out) == (0, "rm\n")


def test_hostile_labels_and_names_are_harmless(things: Things) -> None:
    evil = f"\x1b]0;{secrets.token_hex(2)}\x07"
    name = things.volume(Labels={"com.docker.compose.project": evil})
    for arguments in (["rm", name, "--dry-run"], ["rm", evil, "--dry-run"]):
        said = voltui(things.engine.url, *arguments)
        assert "\x1b" not in said.out + said.err
        assert "\\e]0;" in said.out + said.err
