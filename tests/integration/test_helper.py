"""The helper container: what it may do, how it begins and how it ends."""

from __future__ import annotations

import itertools
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.engines.private import PrivateEngine
from tests.engines.proxy import FaultProxy
from tests.engines.waiting import wait_for
from tests.integration.conftest import Things, named
from tui.engine import Engine, helper, helpers, resolve
from tui.engine.agent import AgentConnection
from tui.engine.errors import HelperFailed, VolumeChanged, VolumeNotFound
from tui.engine.helper import HelperContainer, sweep_helpers
from tui.engine.model import Entry, EntryBatch, EntryKind

ESCAPE = Path(__file__).parents[1] / "agent" / "escape"


def listed(engine: Engine, volume: str, path: str = "/") -> dict[str, Entry]:
    files = engine.open(named(engine, volume))
    return {entry.name: entry for batch in files.entries(path) for entry in batch}


def payload(things: Things) -> dict[str, Any]:
    (container,) = things.helpers()
    attrs: dict[str, Any] = things.engine.api.get(f"/containers/{container}/json")
    return attrs


def test_every_kind_of_entry_is_listed_and_read_exactly(engine: Engine, things: Things) -> None:
    volume = things.volume()
    folder = things.folder(volume)
    (folder / "file").write_bytes(bytes(range(256)))
    os.chown(folder / "file", 999, 4_000_000_000)
    (folder / "private").mkdir(mode=0)
    (folder / "private" / "inside").write_text("seen")
    (folder / "link").symlink_to("/etc/passwd")
    os.mkfifo(folder / "fifo")
    os.mknod(folder / "device", 0o600 | 0o020000, os.makedev(1, 3))

    entries = listed(engine, volume)
    files = engine.open(named(engine, volume))

    assert {name: entry.kind for name, entry in entries.items()} == {
        "file": EntryKind.FILE,
        "private": EntryKind.DIRECTORY,
        "link": EntryKind.SYMLINK,
        "fifo": EntryKind.FIFO,
        "device": EntryKind.CHAR,
    }
    assert (entries["file"].uid, entries["file"].gid) == (999, 4_000_000_000)
    assert entries["device"].rdev == 1 << 32 | 3
    assert files.read("/file", 250, 100).data == bytes(range(250, 256))
    assert files.readlink("/link") == "/etc/passwd"
    assert files.read("/private/inside").data == b"seen"


def test_the_container_may_do_nothing_but_read(engine: Engine, things: Things) -> None:
    volume = things.volume()
    listed(engine, volume)
    attrs = payload(things)
    host = attrs["HostConfig"]
    assert host["CapDrop"] == ["ALL"]
    assert host["CapAdd"] == ["DAC_OVERRIDE"]
    assert host["ReadonlyRootfs"]
    assert host["NetworkMode"] == "none"
    assert "no-new-privileges:true" in host["SecurityOpt"]
    assert host["PidsLimit"] == 128
    assert host["AutoRemove"]
    assert attrs["Config"]["OpenStdin"]
    assert attrs["Config"]["StdinOnce"]
    assert not attrs["Config"]["Tty"]
    (mount,) = attrs["Mounts"]
    assert (mount["Name"], mount["RW"]) == (volume, False)


@pytest.mark.parametrize(
    ("rights", "answer"),
    [
        pytest.param(helper._TO_READ, "1", id="reading"),
        pytest.param(helper._TO_WRITE, "1", id="writing"),
        pytest.param([*helper._TO_READ, "DAC_READ_SEARCH"], "0", id="one more"),
    ],
)
def test_a_mount_cannot_be_left_by_file_handle(
    things: Things, tmp_path: Path, rights: list[str], answer: str
) -> None:
    """The helpers' rights give EPERM; with one more the escape works, so the attempt is real."""
    program = tmp_path / "escape"
    environ = {**os.environ, "CGO_ENABLED": "0", "GOFLAGS": "-buildvcs=false"}
    go = Path(sys.executable).with_name("go")
    subprocess.run([go, "build", "-o", program, "."], cwd=ESCAPE, env=environ, check=True)
    volume = things.volume()
    tools = things.volume()
    (things.folder(tools) / "escape").write_bytes(program.read_bytes())
    (things.folder(tools) / "escape").chmod(0o755)
    container = things.container(
        [],
        ["/tools/escape", "/v"],
        start=True,
        HostConfig={
            "NetworkMode": "none",
            "ReadonlyRootfs": True,
            "CapDrop": ["ALL"],
            "CapAdd": rights,
            "SecurityOpt": ["no-new-privileges:true"],
            "Binds": [f"{tools}:/tools:ro", f"{volume}:/v:ro"],
        },
    )
    things.engine.api.post(f"/containers/{container}/wait")
    assert f"root {answer}" in things.log(container).splitlines()


def test_broken_mount_options_are_an_error_on_opening_and_hide_no_other_volume(
    engine: Engine, things: Things
) -> None:
    options = {"type": "nfs", "device": ":/x", "o": "addr=192.0.2.1,password=hush"}
    broken = things.volume(DriverOpts=options)
    whole = things.volume()
    (things.folder(whole) / "file").touch()
    with pytest.raises(HelperFailed, match="could not mount the volume") as caught:
        listed(engine, broken)
    assert "hush" not in str(caught.value)
    assert list(listed(engine, whole)) == ["file"]
    assert {broken, whole} <= {volume.name for volume in engine.volumes()}
    assert len(things.helpers()) == 1


def test_a_tmpfs_volume_is_read_while_a_container_has_it(engine: Engine, things: Things) -> None:
    volume = things.volume(DriverOpts={"type": "tmpfs", "device": "tmpfs", "o": "size=1m"})
    script = "echo hello > /d/greeting; sleep 1000"
    things.container([f"{volume}:/d"], ["sh", "-c", script], start=True)
    wait_for(lambda: "greeting" in listed(engine, volume), "the container's file")
    assert engine.open(named(engine, volume)).read("/greeting").data == b"hello\n"


def test_a_volume_deleted_while_open_is_not_made_again(
    engine: Engine, things: Things, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(helpers, "LEFT_LIMIT", 0.0)
    volume = things.volume()
    files = engine.open(named(engine, volume))
    list(files.entries("/"))
    files.leave()
    wait_for(lambda: not things.helpers(), "the end of the helper")
    things.remove_volume(volume)
    with pytest.raises(VolumeNotFound, match=volume):
        files.stat("/")
    assert volume not in {found.name for found in engine.volumes()}


def test_a_volume_made_anew_under_the_same_name_is_refused(
    engine: Engine, things: Things, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(helpers, "LEFT_LIMIT", 0.0)
    volume = things.volume()
    files = engine.open(named(engine, volume))
    list(files.entries("/"))
    files.leave()
    wait_for(lambda: not things.helpers(), "the end of the helper")
    things.remove_volume(volume)
    things.volume(volume)
    with pytest.raises(VolumeChanged, match="made anew"):
        files.stat("/")
    list(engine.open(named(engine, volume)).entries("/"))


def test_a_volume_deleted_between_look_and_creation_is_removed_again(
    engine: Engine, things: Things, monkeypatch: pytest.MonkeyPatch
) -> None:
    volume = things.volume()
    known = named(engine, volume)
    create = helper._create

    def delete_first(*arguments: Any) -> None:
        things.remove_volume(volume)
        create(*arguments)

    monkeypatch.setattr(helper, "_create", delete_first)
    with pytest.raises(VolumeNotFound, match=volume):
        engine.open(known).stat("/")
    assert volume not in {found.name for found in engine.volumes()}
    assert not things.helpers()


def test_a_helper_closes_soon_after_its_volume_was_left(
    engine: Engine, things: Things, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(helpers, "LEFT_LIMIT", 0.2)
    volume = things.volume()
    files = engine.open(named(engine, volume))
    list(files.entries("/"))
    files.leave()
    assert things.helpers()
    wait_for(lambda: not things.helpers(), "the end of the helper")
    things.remove_volume(volume)


def test_a_lost_helper_is_opened_again_at_the_next_need(engine: Engine, things: Things) -> None:
    volume = things.volume()
    files = engine.open(named(engine, volume))
    list(files.entries("/"))
    (first,) = things.helpers()
    things.engine.api.delete(f"/containers/{first}", force=1)
    assert not list(itertools.chain.from_iterable(files.entries("/")))
    (second,) = things.helpers()
    assert first != second


def test_few_helpers_are_open_at_once(engine: Engine, things: Things) -> None:
    for _ in range(5):
        listed(engine, things.volume())
        wait_for(lambda: len(things.helpers()) <= helpers.MOST_OPEN, "the older helper's end")


def test_the_sweep_takes_what_ended_and_never_what_runs(
    engine_20: PrivateEngine, engine: Engine, things: Things, monkeypatch: pytest.MonkeyPatch
) -> None:
    labels = {"voltui.helper": "1"}
    ended = things.container([], ["true"], start=True, Labels=labels)
    engine_20.api.post(f"/containers/{ended}/wait")
    created = things.container([], ["true"], Labels=labels)
    running = things.container([], ["sleep", "1000"], start=True, Labels=labels)
    others = things.container([], ["true"], start=True)
    engine_20.api.post(f"/containers/{others}/wait")

    engine.sweep()
    assert set(things.helpers()) == {created, running}

    monkeypatch.setattr(helper, "_NEVER_STARTED_FOR", -helper._NEVER_STARTED_FOR)
    sweep_helpers(engine.connection)
    assert things.helpers() == [running]
    assert engine_20.api.get(f"/containers/{others}/json")


def test_two_clients_that_import_at_once_end_with_one_image(fresh_engine: Any) -> None:
    private = fresh_engine()
    private.api.post("/volumes/create", {"Name": "data"})
    clients = [Engine(resolve(private.url)) for _ in range(3)]
    ready = threading.Barrier(len(clients))

    def browse(client: Engine) -> list[EntryBatch]:
        volume = named(client, "data")
        ready.wait()
        return list(client.open(volume).entries("/"))

    with ThreadPoolExecutor(len(clients)) as pool:
        list(pool.map(browse, clients))
    for client in clients:
        client.close()
    with closing(Engine(resolve(private.url))) as last:
        list(last.open(named(last, "data")).entries("/"))
    images = private.api.get("/images/json", filters='{"label":["voltui.agent"]}')
    assert len(images) == 1


def test_an_engine_of_another_architecture_is_one_sentence(engine: Engine, things: Things) -> None:
    volume = named(engine, things.volume())
    other = replace(engine.info(), architecture="riscv64")
    with pytest.raises(HelperFailed, match="no helper for engines on riscv64"):
        HelperContainer.start(engine.connection, other, [volume])


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGHUP, signal.SIGTERM])
def test_a_client_that_is_killed_leaves_no_helper(
    things: Things, number: signal.Signals, tmp_path: Path
) -> None:
    volume = things.volume()
    script = (
        "import sys, time\n"
        "from tui.engine import Engine, resolve\n"
        "engine = Engine(resolve(sys.argv[1]))\n"
        "volume = next(v for v in engine.volumes() if v.name == sys.argv[2])\n"
        "list(engine.open(volume).entries('/'))\n"
        "print('open', flush=True)\n"
        "time.sleep(100)\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", script, things.engine.url, volume], stdout=subprocess.PIPE
    ) as client:
        assert client.stdout is not None
        assert client.stdout.readline() == b"open\n"
        assert things.helpers()
        client.send_signal(number)
        wait_for(lambda: not things.helpers(), "the end of the helper", timeout=3.0)


def test_a_lost_answer_to_the_creation_leaves_nothing(
    things: Things, make_proxy: Callable[[PrivateEngine], FaultProxy], monkeypatch: Any
) -> None:
    """The volume vanishes and the answer is cut: no container, and no volume made anew."""
    proxy = make_proxy(things.engine)
    with closing(Engine(resolve(proxy.url))) as engine:
        known = named(engine, things.volume("lost"))
        create = helper._create

        def lose(*arguments: Any) -> None:
            things.remove_volume("lost")
            create(*arguments)
            raise HelperFailed("the answer was lost")

        monkeypatch.setattr(helper, "_create", lose)
        with pytest.raises(HelperFailed, match="the answer was lost"):
            engine.open(known).stat("/")
        assert "lost" not in {volume.name for volume in engine.volumes()}
    assert not things.helpers()


def test_what_a_plugin_tells_of_its_mountpoint_may_change(engine: Engine, things: Things) -> None:
    listed = replace(named(engine, things.volume()), mountpoint="", scope="global")
    assert engine.open(listed).stat("/").entry.kind is EntryKind.DIRECTORY


def test_nothing_is_started_after_the_end(engine: Engine, things: Things) -> None:
    volume = named(engine, things.volume())
    files = engine.open(volume)
    engine.close()
    with pytest.raises(HelperFailed, match="closed"):
        files.stat("/")
    assert not things.helpers()


def test_a_lost_size_helper_costs_one_volume_only(
    engine: Engine, things: Things, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = [things.volume() for _ in range(4)]
    listed = [named(engine, name) for name in names]
    usage = AgentConnection.usage

    def die_at_the_second(agent: AgentConnection, path: str) -> Any:
        if path == "/1":
            (container,) = things.helpers()
            things.engine.api.delete(f"/containers/{container}", force=1)
        return usage(agent, path)

    monkeypatch.setattr(AgentConnection, "usage", die_at_the_second)
    assert set(dict(engine.sizes(listed))) == set(names) - {names[1]}
    assert not things.helpers()
