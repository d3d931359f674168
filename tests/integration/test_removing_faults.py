"""Removals whose engine, or whose voltui, dies in the middle."""

from __future__ import annotations

import json
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from tests.engines.private import PrivateEngine
from tests.engines.waiting import wait_for
from tests.integration.conftest import Make, Things, named
from tests.integration.removals import Step, inspected, kept, remove_with, state
from tui.config import state_folder
from tui.engine import Engine, resolve
from tui.engine.errors import ContainerGone, EngineError, EngineTimeout, EngineUnreachable
from tui.engine.removing import Doing, Outcome, Removed

MANY = 40_000
"""Files whose deletion takes the engine so long that it can be interrupted."""


@pytest.fixture
def private(fresh_engine: Make) -> PrivateEngine:
    private: PrivateEngine = fresh_engine()
    private.busybox()
    return private


@pytest.fixture
def broken(private: PrivateEngine, tmp_path: Path) -> Iterator[Engine]:
    """voltui on an engine that is broken in the test."""
    with closing(Engine(resolve(private.url), state=tmp_path / "state", deadline=2.0)) as engine:
        yield engine


def fill(private: PrivateEngine, name: str) -> Path:
    """A volume of many files; its folder."""
    private.api.post("/volumes/create", {"Name": name})
    folder = private.path(private.api.get(f"/volumes/{name}")["Mountpoint"])
    for number in range(100):
        (folder / f"{number}").mkdir()
        for other in range(MANY // 100):
            (folder / f"{number}" / f"{other}").touch()
    return folder


@contextmanager
def in_the_middle(folder: Path, act: Callable[[], None]) -> Iterator[None]:
    """Act, in a thread, once some of the files are gone; asserts that not all were."""
    watched, left = sorted(folder.iterdir()), []

    def look() -> None:
        wait_for(lambda: not all(each.exists() for each in watched), "the first to go")
        act()
        left.append(sum(each.exists() for each in watched))

    thread = threading.Thread(target=look)
    thread.start()
    yield
    thread.join()
    assert 0 < left[0] < 100, "in the middle"


def remove_all(engine: Engine, *names: str) -> list[Removed]:
    volumes = [named(engine, name) for name in names]
    return [told for told in engine.remove(volumes) if isinstance(told, Removed)]


def test_an_engine_killed_in_the_middle_of_a_removal(
    private: PrivateEngine, broken: Engine
) -> None:
    for name in ("after", "before"):
        private.api.post("/volumes/create", {"Name": name})
    with in_the_middle(fill(private, "data"), private.kill):
        told = remove_all(broken, "before", "data", "after")

    assert [each.outcome for each in told] == [
        Outcome.REMOVED, Outcome.UNKNOWN, Outcome.NOT_TRIED,
    ]  # fmt: skip
    assert isinstance(told[1].error, EngineUnreachable)
    assert "data may be gone or not" in str(told[1].error)
    private.start()
    assert [volume.name for volume in broken.volumes()] == ["after", "data"]


@pytest.mark.slow
def test_an_engine_that_comes_back_is_asked_what_is_left(
    private: PrivateEngine, broken: Engine
) -> None:
    def restart() -> None:
        private.kill()
        private.start()

    with in_the_middle(fill(private, "data"), restart):
        (told,) = remove_all(broken, "data")

    assert told.outcome is Outcome.UNKNOWN
    assert "data is still there, maybe not whole" in str(told.error)


@pytest.mark.slow
def test_an_engine_that_hangs_in_the_middle_of_a_removal(
    private: PrivateEngine, broken: Engine
) -> None:
    private.api.post("/volumes/create", {"Name": "after"})
    with in_the_middle(fill(private, "data"), private.freeze):
        told = remove_all(broken, "data", "after")

    assert [each.outcome for each in told] == [Outcome.UNKNOWN, Outcome.NOT_TRIED]
    assert isinstance(told[0].error, EngineTimeout)
    private.thaw()


@pytest.mark.slow
def test_a_removal_may_take_longer_than_any_deadline(
    private: PrivateEngine, tmp_path: Path
) -> None:
    """An engine that deletes file by file answers pings meanwhile."""
    fill(private, "data")
    with closing(Engine(resolve(private.url), deadline=0.4)) as hasty:
        (told,) = remove_all(hasty, "data")
    assert told == Removed("data", Outcome.REMOVED)


def container(private: PrivateEngine, volume: str, command: list[str], **body: object) -> str:
    host = {"NetworkMode": "none", "Binds": [f"{volume}:/d"]}
    made = {"Image": private.busybox(), "Cmd": command, "HostConfig": host, **body}
    answer = private.api.post("/containers/create", made)
    private.api.post(f"/containers/{answer['Id']}/start")
    return str(answer["Id"])


def test_an_engine_that_dies_while_a_container_stops(
    private: PrivateEngine, broken: Engine
) -> None:
    """Nothing was asked of it for the volume; who was stopped is told, and told again later."""
    private.api.post("/volumes/create", {"Name": "data"})
    first = container(private, "data", ["sleep", "1000"], StopSignal="KILL")
    second = container(private, "data", ["sleep", "1000"], StopSignal="KILL")
    volume = named(broken, "data")
    holders = broken.holders(volume)

    def die(step: Step) -> None:
        if step == (Doing.STOP, holders[1].name):
            private.kill()

    _, told = remove_with(broken, volume, holders, die)

    assert told.outcome is Outcome.NOT_TRIED
    assert f"{holders[0].name} was stopped and does not run again" in str(told.error)
    private.start()
    (left,) = broken.stopped()
    assert left.container_id == holders[0].container_id
    assert [again.error for again in broken.start_again([left])] == [None]
    assert state(private.api, left.container_id) == "running"
    assert {first, second} == {holder.container_id for holder in holders}
    assert broken.stopped() == []


def test_an_engine_that_comes_back_starts_who_was_stopped(
    private: PrivateEngine, broken: Engine
) -> None:
    """As a service manager does it with a crashed one: within seconds, its containers are dead."""
    private.api.post("/volumes/create", {"Name": "data"})
    for _ in range(2):
        container(private, "data", ["sleep", "1000"], StopSignal="KILL")
    volume = named(broken, "data")
    holders = broken.holders(volume)
    start = threading.Thread(target=private.start)

    def die(step: Step) -> None:
        if step == (Doing.STOP, holders[1].name):
            private.kill()
            start.start()

    _, told = remove_with(broken, volume, holders, die)
    start.join()

    assert told.outcome is Outcome.NOT_TRIED
    assert isinstance(told.error, EngineUnreachable)
    assert told.started_again[-1] == holders[0].name
    assert state(private.api, holders[0].container_id) == "running"
    assert broken.stopped() == []


SCRIPT = """
import sys
from pathlib import Path
from tui.engine import Engine, resolve
engine = Engine(resolve(sys.argv[1]), state=Path(sys.argv[2]))
(volume,) = [volume for volume in engine.volumes() if volume.name == sys.argv[3]]
holders = sorted(engine.holders(volume), key=lambda holder: holder.stop_timeout)
for told in engine.remove([volume], {volume.name: holders}):
    print(told, flush=True)
    if str(getattr(told, "doing", "")) == sys.argv[4] and sys.stdin.readline() == "stay\\n":
        sys.stdin.read()
"""


@contextmanager
def removing(
    things: Things, folder: Path, volume: str, last: Doing
) -> Iterator[subprocess.Popen[str]]:
    """A voltui that removes a volume with its holders, and waits before each step `last`."""
    arguments = [things.engine.url, str(folder), volume, str(last)]
    with subprocess.Popen(
        [sys.executable, "-c", SCRIPT, *arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as client:
        yield client
        client.kill()


def read_to(client: subprocess.Popen[str], words: str) -> None:
    assert client.stdout is not None
    for line in client.stdout:
        if words in line:
            return
    raise AssertionError(f"it never said {words}")


def say(client: subprocess.Popen[str], line: str) -> None:
    assert client.stdin is not None
    client.stdin.write(line)
    client.stdin.flush()


@pytest.fixture
def two(things: Things) -> tuple[str, list[str]]:
    """A volume and two that hold it, in the order of stopping; the second takes its time."""
    name = things.volume()
    quick = things.container([f"{name}:/d"], ["sleep", "1000"], start=True, StopTimeout=1)
    # It ends by itself: Docker 20.10 kills nobody any more once the client is gone.
    end = "trap 'touch /d/told; sleep 1; exit 0' TERM; while :; do sleep 0.1; done"
    slow = things.container([f"{name}:/d"], ["sh", "-c", end], start=True, StopSignal="TERM")
    return name, [quick, slow]


@pytest.mark.parametrize("moment", ["before", "during", "after"])
def test_a_voltui_killed_in_the_middle_leaves_who_to_start_again(
    things: Things, engine: Engine, two: tuple[str, list[str]], tmp_path: Path, moment: str
) -> None:
    volume, made = two
    runs = {each: inspected(things.engine.api, each)["State"]["StartedAt"] for each in made}
    last = Doing.REMOVE_CONTAINER if moment == "after" else Doing.STOP
    with removing(things, tmp_path / "state", volume, last) as client:
        read_to(client, f"'{last}'")
        if moment != "after":
            say(client, "go\n")
            read_to(client, f"'{last}'")
        assert engine.stopped() == [], "its client lives"
        if moment == "during":
            say(client, "go\n")
            wait_for((things.folder(volume) / "told").exists, "the second to be told to stop")
            assert state(things.engine.api, made[1]) == "running", "it has a second"
        client.send_signal(signal.SIGKILL)
    stopped = engine.stopped()

    assert [each.container_id for each in stopped] == made[: 1 if moment == "before" else 2]
    assert {each.volume for each in stopped} == {volume}
    again = list(engine.start_again(stopped))
    assert [each.stopped for each in again] == stopped[::-1]
    assert [each.error for each in again] == [None] * len(stopped)
    for each in made:
        attrs = inspected(things.engine.api, each)["State"]
        assert attrs["Status"] == "running"
        started_anew = attrs["StartedAt"] != runs[each]
        assert started_anew is (each in {again.container_id for again in stopped})
    assert engine.stopped() == []
    assert not list((tmp_path / "state").glob("stopped-*"))


def test_one_that_no_longer_exists_is_said_once(
    things: Things, engine: Engine, two: tuple[str, list[str]], tmp_path: Path
) -> None:
    volume, made = two
    with removing(things, tmp_path / "state", volume, Doing.REMOVE_CONTAINER) as client:
        read_to(client, "'remove container'")
        client.send_signal(signal.SIGKILL)
    things.engine.api.delete(f"/containers/{made[0]}", force=1)

    first, second = engine.start_again(engine.stopped())

    assert first.error is None
    assert isinstance(second.error, ContainerGone)
    assert second.stopped.container_id == made[0]
    assert engine.stopped() == []


def test_who_is_left_as_he_is_is_not_told_again(
    things: Things, engine: Engine, two: tuple[str, list[str]], tmp_path: Path
) -> None:
    volume, made = two
    with removing(things, tmp_path / "state", volume, Doing.REMOVE_CONTAINER) as client:
        read_to(client, "'remove container'")
        client.send_signal(signal.SIGKILL)
    first, second = engine.stopped()
    engine.leave_stopped([first])
    assert engine.stopped() == [second]
    engine.leave_stopped([second])
    assert engine.stopped() == []
    assert [state(things.engine.api, each) for each in made] == ["exited", "exited"]


def test_helpers_recover_starts_them_again(things: Things, two: tuple[str, list[str]]) -> None:
    volume, made = two
    with removing(things, state_folder(), volume, Doing.REMOVE_CONTAINER) as client:
        read_to(client, "'remove container'")
        client.send_signal(signal.SIGKILL)

    def voltui(*arguments: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "tui", "--host", things.engine.url, *arguments]
        return subprocess.run(command, capture_output=True, check=False, text=True)

    listed = voltui("helpers")
    assert listed.returncode == 0
    assert listed.stderr.count(f"was stopped for the volume {volume}") == 2
    assert voltui("helpers", "--recover").returncode == 2, "nobody can be asked"
    assert voltui("helpers", "--recover", "--yes", "--read-only").returncode == 2
    assert [state(things.engine.api, each) for each in made] == ["exited", "exited"]

    done = voltui("helpers", "--recover", "--yes", "--json")

    assert done.returncode == 0, done.stderr
    told = [json.loads(line) for line in done.stdout.splitlines()]
    assert [each["id"] for each in told] == made[::-1]
    assert all(each["started"] and each["error"] is None for each in told)
    assert [state(things.engine.api, each) for each in made] == ["running", "running"]
    assert (
        voltui("helpers", "--recover").stdout
        == "Nothing waits to be started again, and nothing was left half-made.\n"
    )


def test_two_who_remove_the_same_volume_break_nothing(
    things: Things, engine: Engine, two: tuple[str, list[str]], tmp_path: Path
) -> None:
    """The second finds it gone, or stays at the first one's container; nobody is left stopped."""
    volume, made = two
    listed = named(engine, volume)
    holders = engine.holders(listed)
    with removing(things, tmp_path / "state", volume, Doing.REMOVE_CONTAINER) as client:
        read_to(client, "'remove container'")
        _, told = remove_with(engine, listed, holders)
        assert told.outcome is Outcome.REMOVED
        say(client, "go\n")
        say(client, "go\n")
        read_to(client, "GONE")
        client.wait()
    assert [state(things.engine.api, each) for each in made] == ["gone", "gone"]
    assert engine.stopped() == []


def test_contents_that_cannot_be_deleted_keep_the_volume(things: Things, engine: Engine) -> None:
    """The engine deletes what it can before it says so."""
    name = things.volume()
    folder = things.folder(name)
    (folder / "alpha").touch()
    (folder / "mount").mkdir()
    volume = named(engine, name)
    inside = ["nsenter", "--target", str(things.engine.namespace.init), "--mount", "--"]
    target = things.engine.api.get(f"/volumes/{name}")["Mountpoint"] + "/mount"
    assert shutil.which("nsenter")
    subprocess.run([*inside, "mount", "-t", "tmpfs", "tmpfs", target], check=True)
    try:
        (told,) = remove_all(engine, name)
    finally:
        subprocess.run([*inside, "umount", target], check=True)

    kept(told, EngineError, "busy")
    assert told.error is not None
    assert told.error.hint == "Part of its contents may be gone."
    assert not (folder / "alpha").exists(), "as it was said"
    assert named(engine, volume.name)
