"""Emptying volumes on a real engine: the contents go, and nothing else."""

from __future__ import annotations

import errno
import os
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.agent.trees import HOSTILE_NAMES
from tests.engines.private import PrivateEngine
from tests.engines.waiting import wait_for
from tests.fakes import FakeEngine, Node
from tests.integration.conftest import Things, named
from tui.engine import Engine, resolve
from tui.engine.agent import AgentConnection
from tui.engine.cancel import Cancel
from tui.engine.emptying import Emptied, Failure, storage
from tui.engine.errors import (
    HelperFailed,
    HelperLost,
    ReadOnly,
    VolumeChanged,
    VolumeInUse,
    VolumeNotFound,
)


def emptied(engine: Engine, name: str, **options: Any) -> Emptied:
    *_, last = engine.empty(named(engine, name), **options)
    return last


def fill(folder: Path, links: int) -> int:
    """Folders with that many names of one file each; how many names in all."""
    for number in range(4):
        below = folder / f"folder-{number}"
        below.mkdir()
        (below / "first").touch()
        for name in range(links):
            os.link(below / "first", below / f"{name}")
    return 4 * (links + 1)


def names_in(folder: Path) -> int:
    return sum(len(files) for _, _, files in os.walk(folder))


def writing_helper(engine: PrivateEngine) -> dict[str, Any]:
    """What the engine tells of the one helper that may write."""
    listed = engine.api.get("/containers/json", filters='{"label":["voltui.helper"]}')
    attrs = [engine.api.get(f"/containers/{container['Id']}/json") for container in listed]
    (found,) = [each for each in attrs if each["Mounts"][0]["RW"]]
    return dict(found)


def test_the_contents_go_and_the_volume_stays_as_it_was(engine: Engine, things: Things) -> None:
    name = things.volume(Labels={"kept": "yes"})
    folder = things.folder(name)
    for number, entry in enumerate(HOSTILE_NAMES):
        below = os.path.join(os.fsencode(folder), b"%d" % number)
        os.mkdir(below)
        os.mknod(os.path.join(below, entry), 0o600)
    (folder / "etc").symlink_to("/etc")
    os.chown(folder, 999, 888)
    folder.chmod(0o3770)
    os.setxattr(folder, "user.kept", b"yes")
    before, inspected = folder.stat(), engine.inspect(name)
    files = engine.open(named(engine, name))
    assert sum(map(len, files.entries("/"))) == len(HOSTILE_NAMES) + 1

    last = emptied(engine, name, root=files.root)

    assert (last.complete, last.remaining, last.errors) == (True, 0, 0)
    assert (last.files, last.directories) == (len(HOSTILE_NAMES) + 1, len(HOSTILE_NAMES))
    assert os.listdir(folder) == []
    after = folder.stat()
    assert (after.st_ino, after.st_mode, after.st_uid, after.st_gid) == (
        before.st_ino, before.st_mode, before.st_uid, before.st_gid,
    )  # fmt: skip
    assert os.getxattr(folder, "user.kept") == b"yes"
    told = engine.inspect(name)
    assert {**told, "CreatedAt": ""} == {**inspected, "CreatedAt": ""}
    assert list(files.entries("/")) == []
    assert len(things.helpers()) == 1
    size = named(engine, name).size
    assert size is not None
    assert (size.size, size.files) == (0, 0)


def test_the_helper_that_writes_may_do_that_and_nothing_else(
    engine: Engine, things: Things
) -> None:
    name = things.volume()
    with engine.open_helpers().writing(named(engine, name)):
        attrs = writing_helper(things.engine)
        (listed,) = [helper for helper in engine.helpers() if helper.volume == name]
    host = attrs["HostConfig"]
    assert host["CapDrop"] == ["ALL"]
    assert set(host["CapAdd"]) == {
        "DAC_OVERRIDE", "FOWNER", "CHOWN", "FSETID", "MKNOD", "SETFCAP",
    }  # fmt: skip
    assert host["ReadonlyRootfs"]
    assert host["NetworkMode"] == "none"
    assert "no-new-privileges:true" in host["SecurityOpt"]
    assert host["Memory"] == 0
    assert any(variable.startswith("GOMEMLIMIT=") for variable in attrs["Config"]["Env"])
    assert [mount["Name"] for mount in attrs["Mounts"]] == [name]
    assert not listed.read_only
    assert not things.helpers()


def test_a_running_writer_is_named_and_refused_unless_told(engine: Engine, things: Things) -> None:
    name = things.volume()
    (things.folder(name) / "file").touch()
    things.container([f"{name}:/d:ro"], ["sleep", "1000"], start=True)
    things.container([f"{name}:/d"], ["true"])
    writer = things.container([f"{name}:/d"], ["sleep", "1000"], start=True)
    writer_name = things.engine.api.get(f"/containers/{writer}/json")["Name"].lstrip("/")

    with pytest.raises(VolumeInUse, match=f"read-write by {writer_name},"):
        emptied(engine, name)

    assert (things.folder(name) / "file").exists()
    assert emptied(engine, name, hot=True).remaining == 0


def test_a_writer_that_starts_meanwhile_is_seen(
    engine: Engine, things: Things, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = things.volume()
    (things.folder(name) / "file").touch()
    writer = things.container([f"{name}:/d"], ["sleep", "1000"])
    stat = AgentConnection.stat

    def start_first(agent: AgentConnection, path: str) -> Any:
        things.engine.api.post(f"/containers/{writer}/start")
        return stat(agent, path)

    monkeypatch.setattr(AgentConnection, "stat", start_first)
    with pytest.raises(VolumeInUse):
        emptied(engine, name)
    assert (things.folder(name) / "file").exists()
    assert not things.helpers()


def test_contents_of_a_folder_of_the_machine_go_and_are_named(
    engine: Engine, things: Things
) -> None:
    """Also a container that has the same folder through another volume is a writer."""
    origin = things.volume()
    folder = things.folder(origin)
    (folder / "inner").mkdir()
    (folder / "inner" / "file").write_text("x")
    device = things.engine.api.get(f"/volumes/{origin}")["Mountpoint"]
    options = {"type": "none", "o": "bind", "device": f"{device}/inner"}
    bound = things.volume(DriverOpts=options)
    again = things.volume(DriverOpts=options)
    assert storage(named(engine, bound)) == (
        f"These are the contents of {device}/inner on the engine's machine."
    )
    assert storage(named(engine, origin)) == ""
    things.container([f"{again}:/d"], ["sleep", "1000"], start=True)
    with pytest.raises(VolumeInUse):
        emptied(engine, bound)

    assert emptied(engine, bound, hot=True).files == 1

    assert os.listdir(folder / "inner") == []
    assert engine.inspect(bound)["Options"] == options


def test_a_tmpfs_volume_that_a_container_fills_is_emptied(engine: Engine, things: Things) -> None:
    name = things.volume(DriverOpts={"type": "tmpfs", "device": "tmpfs", "o": "size=1m"})
    assert storage(named(engine, name)) == ""
    script = "echo hello > /d/greeting; sleep 1000"
    things.container([f"{name}:/d"], ["sh", "-c", script], start=True)
    files = engine.open(named(engine, name))
    wait_for(lambda: any(map(len, files.entries("/"))), "the container's file")
    assert emptied(engine, name, hot=True, root=files.root).files == 1
    assert list(files.entries("/")) == []


def test_what_is_immutable_stays_and_is_told(engine: Engine, things: Things) -> None:
    name = things.volume()
    folder = things.folder(name)
    for below in ("held", "gone"):
        (folder / below).mkdir()
        (folder / below / "file").touch()
    subprocess.run(["chattr", "+i", folder / "held" / "file"], check=True)
    try:
        last = emptied(engine, name)
    finally:
        subprocess.run(["chattr", "-i", folder / "held" / "file"], check=True)
    assert (last.complete, last.remaining, last.names) == (True, 1, ("held",))
    ((path, _),) = last.failed
    assert path == "/held/file"
    assert "immutable" in last.failed[0].reason
    assert sorted(os.listdir(folder)) == ["held"]
    assert named(engine, name).size is None


@pytest.mark.parametrize("mount", [["--bind", "{other}"], ["-t", "tmpfs", "none"]])
def test_what_the_machine_has_mounted_below_stays(
    engine: Engine, things: Things, mount: list[str]
) -> None:
    name, other = things.volume(), things.volume()
    device = things.engine.api.get(f"/volumes/{other}")["Mountpoint"]
    point = things.engine.api.get(f"/volumes/{name}")["Mountpoint"] + "/mounted"
    folder = things.folder(name)
    (folder / "mounted").mkdir()
    (folder / "file").touch()
    inside = ["nsenter", "--target", str(things.engine.namespace.init), "--mount", "--"]
    told = [part.format(other=device) for part in mount]
    subprocess.run([*inside, "mount", *told, point], check=True)
    try:
        (folder / "mounted" / "kept").touch()
        last = emptied(engine, name)
        assert os.listdir(folder / "mounted") == ["kept"]
    finally:
        subprocess.run([*inside, "umount", point], check=True)
    assert last.failed == (Failure("/mounted", errno.EXDEV),)
    assert (last.files, last.remaining, last.names) == (1, 1, ("mounted",))


def test_another_volume_of_the_name_is_refused(engine: Engine, things: Things) -> None:
    name = things.volume()
    known = named(engine, name)
    files = engine.open(known)
    assert files.root is None
    list(files.entries("/"))
    root = files.root
    with engine.open_helpers().barred(name):
        things.remove_volume(name)
        things.volume(name)
    (things.folder(name) / "kept").touch()
    assert root is not None
    with pytest.raises(VolumeChanged):
        list(engine.empty(known, root=root))
    things.remove_volume(name)
    with pytest.raises(VolumeNotFound):
        list(engine.empty(known, root=root))
    assert name not in {volume.name for volume in engine.volumes()}


def test_read_only_refuses(things: Things) -> None:
    name = things.volume()
    (things.folder(name) / "kept").touch()
    engine = Engine(resolve(things.engine.url), read_only=True)
    with pytest.raises(ReadOnly):
        emptied(engine, name)
    engine.close()
    assert not things.helpers()
    assert os.listdir(things.folder(name)) == ["kept"]


def test_the_engine_in_memory_does_the_same(engine: Engine, things: Things) -> None:
    name = things.volume()
    folder = things.folder(name)
    (folder / "folder" / "below").mkdir(parents=True)
    (folder / "folder" / "file").write_bytes(b"x" * 100)
    (folder / "link").symlink_to("nowhere")
    volume = named(engine, name)
    tree: Node = {"folder": {"below": {}, "file": b"x" * 100}, "link": "nowhere"}
    fake = FakeEngine([volume], {name: tree})
    assert [*fake.empty(volume)][-1] == emptied(engine, name)
    assert [*fake.open(volume).entries("/")] == [*engine.open(volume).entries("/")] == []

    things.container([f"{name}:/d"], ["sleep", "1000"], start=True)
    fake.held[name] = engine.holders(volume)
    for each in (engine, fake):
        with pytest.raises(VolumeInUse):
            list(each.empty(volume))
        assert list(each.empty(volume, hot=True))[-1].remaining == 0
        cancel = Cancel()
        cancel.cancel()
        assert not any(state.complete for state in each.empty(volume, hot=True, cancel=cancel))


def test_a_volume_that_is_being_removed_is_not_emptied(engine: Engine, things: Things) -> None:
    name = things.volume()
    with engine.open_helpers().barred(name), pytest.raises(HelperFailed, match="being removed"):
        emptied(engine, name)


def test_stopped_it_tells_exactly_what_went(engine: Engine, things: Things) -> None:
    name = things.volume()
    folder = things.folder(name)
    total = fill(folder, 50_000)
    cancel = Cancel()
    states = engine.empty(named(engine, name), cancel=cancel)
    next(states)
    cancel.cancel()
    *_, state = states
    assert not state.complete
    assert 0 < state.files < total
    assert state.files + names_in(folder) == total
    assert not things.helpers()


@pytest.mark.parametrize("loss", ["helper", "engine", "stream"])
def test_a_loss_in_the_middle_is_told_and_touches_nothing_else(
    fresh_engine: Callable[..., PrivateEngine], loss: str
) -> None:
    private = fresh_engine()
    for name in ("going", "other"):
        private.api.post("/volumes/create", {"Name": name})
    folder, other = (
        private.path(private.api.get(f"/volumes/{name}")["Mountpoint"])
        for name in ("going", "other")
    )
    (other / "kept").touch()
    total = fill(folder, 50_000)
    engine = Engine(resolve(private.url))
    states = engine.empty(named(engine, "going"))
    told = [next(states)]
    if loss == "engine":
        private.kill()
    elif loss == "helper":
        private.api.post(f"/containers/{writing_helper(private)['Id']}/kill")
    else:
        engine.close()
    with pytest.raises(HelperLost):
        told.extend(states)
    assert not any(state.complete for state in told)
    gone = total - names_in(folder)
    assert 0 < told[-1].files <= gone
    assert gone < total or loss == "engine"  # Without it the helper works on for a while.
    assert os.listdir(other) == ["kept"]
    engine.close()
