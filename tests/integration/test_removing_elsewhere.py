"""Removing on Docker 26.1 (API 1.45) and Podman 4.3: the same result as on Docker 20.10."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.engines.api import EngineAPI
from tests.engines.busybox import import_busybox
from tests.engines.packages import docker_programs, podman_programs, trixie_docker_programs
from tests.engines.podman import Podman
from tests.engines.private import PrivateEngine
from tests.engines.proxy import FaultProxy
from tests.integration.conftest import named
from tests.integration.removals import Step, exists, kept, next_second, remove_with, removed, state
from tui.engine import Engine, resolve
from tui.engine.errors import VolumeChanged, VolumeInUse
from tui.engine.holders import Holder
from tui.engine.removing import Doing, Outcome, Removed

pytestmark = pytest.mark.slow

Other = PrivateEngine | Podman


@pytest.fixture(scope="module", params=["Docker 20.10", "Docker 26.1", "Podman 4.3"])
def other(request: pytest.FixtureRequest) -> Iterator[Other]:
    busybox = docker_programs().find("busybox")
    assert busybox is not None
    engines: dict[str, Other] = {}
    if request.param == "Podman 4.3":
        engines["made"] = Podman(podman_programs())
    else:
        newer = request.param == "Docker 26.1"
        engines["made"] = PrivateEngine(programs=trixie_docker_programs() if newer else None)
    with engines["made"] as engine:
        import_busybox(engine.api, busybox)
        yield engine


@pytest.fixture
def api(other: Other) -> EngineAPI:
    return other.api


@pytest.fixture
def opened(other: Other, tmp_path: Path) -> Iterator[Engine]:
    with closing(Engine(resolve(other.url), state=tmp_path)) as engine:
        yield engine


def volume(api: EngineAPI, name: str, **body: object) -> str:
    return str(api.post("/volumes/create", {"Name": name, **body})["Name"])


def container(api: EngineAPI, name: str, bind: str, *, start: bool = True, **host: object) -> str:
    payload = {
        "Image": "voltui-busybox",
        "Cmd": ["sleep", "1000"],
        "StopSignal": "SIGKILL",
        "HostConfig": {"NetworkMode": "none", "Binds": [bind], **host},
    }
    made = str(api.post("/containers/create", payload, name=name)["Id"])
    if start:
        api.post(f"/containers/{made}/start")
    return made


def test_what_is_unused_goes_and_nothing_else(api: EngineAPI, opened: Engine) -> None:
    for name in ("spared", "used", "free", "gone"):
        volume(api, name)
    anonymous = volume(api, "")
    user = container(api, "user", "used:/d", start=False)
    listed = [named(opened, name) for name in ("used", "free", "gone", anonymous)]
    api.delete("/volumes/gone")

    told = removed(opened, *listed)

    assert [each.outcome for each in told] == [
        Outcome.KEPT, Outcome.REMOVED, Outcome.GONE, Outcome.REMOVED,
    ]  # fmt: skip
    kept(told[0], VolumeInUse, "used is in use by user (created).")
    assert {found.name for found in opened.volumes()} == {"spared", "used"}
    api.delete(f"/containers/{user}")
    assert [each.outcome for each in removed(opened, *opened.volumes())] == [Outcome.REMOVED] * 2


def test_one_made_anew_just_alike_stays(api: EngineAPI, opened: Engine) -> None:
    volume(api, "again")
    before = named(opened, "again")
    api.delete("/volumes/again")
    next_second(before.stamp)
    volume(api, "again")

    (told,) = removed(opened, before)

    kept(told, VolumeChanged, "made anew")
    assert removed(opened, named(opened, "again"))[0].outcome is Outcome.REMOVED


def chosen(opened: Engine, name: str) -> list[Holder]:
    holders = opened.holders(named(opened, name))
    return sorted(holders, key=lambda holder: holder.name)


def test_holders_are_stopped_and_removed(api: EngineAPI, opened: Engine) -> None:
    volume(api, "held")
    container(api, "one", "held:/d")
    paused = container(api, "two", "held:/d")
    api.post(f"/containers/{paused}/pause")

    steps, told = remove_with(opened, named(opened, "held"), chosen(opened, "held"))

    assert told == Removed("held", Outcome.REMOVED, None, ("one", "two"))
    assert [doing for doing, _ in steps] == [
        Doing.CHECK, Doing.STOP, Doing.STOP,
        Doing.REMOVE_CONTAINER, Doing.REMOVE_CONTAINER, Doing.REMOVE_VOLUME,
    ]  # fmt: skip
    assert not exists(api, "held")


def test_holders_come_back_as_they_were(api: EngineAPI, opened: Engine) -> None:
    volume(api, "held")
    made = [container(api, name, "held:/d") for name in ("one", "two")]
    api.post(f"/containers/{made[1]}/pause")
    late: list[str] = []

    def come(step: Step) -> None:
        if step == (Doing.STOP, "two"):
            assert state(api, made[0]) == "exited", "in the middle"
            late.append(container(api, "late", "held:/d", start=False))

    _, told = remove_with(opened, named(opened, "held"), chosen(opened, "held"), come)

    kept(told, VolumeInUse, "held is in use by late (created).")
    assert told.started_again == ("two", "one")
    assert [state(api, each) for each in made] == ["running", "paused"]
    assert opened.stopped() == []

    api.delete(f"/containers/{late[0]}")
    _, told = remove_with(opened, named(opened, "held"), chosen(opened, "held"))
    assert told.outcome is Outcome.REMOVED


def test_one_started_with_rm_is_refused_while_it_runs(api: EngineAPI, opened: Engine) -> None:
    volume(api, "held")
    running = container(api, "once", "held:/d", AutoRemove=True)

    _, told = remove_with(opened, named(opened, "held"), chosen(opened, "held"))

    kept(told, VolumeInUse, "--rm")
    assert state(api, running) == "running"
    api.delete(f"/containers/{running}", force=1)
    container(api, "never", "held:/d", start=False, AutoRemove=True)
    _, told = remove_with(opened, named(opened, "held"), chosen(opened, "held"))
    assert told == Removed("held", Outcome.REMOVED, None, ("never",))


def test_one_that_is_being_browsed_goes(api: EngineAPI, opened: Engine) -> None:
    volume(api, "seen")
    opened.open(named(opened, "seen")).stat("/")
    assert removed(opened, named(opened, "seen")) == [Removed("seen", Outcome.REMOVED)]


def test_a_name_that_is_gone_does_not_mean_the_one_it_begins(
    other: Other, api: EngineAPI, tmp_path: Path
) -> None:
    name = volume(api, "begin")
    volume(api, "begin-ning")

    def elsewhere(request: str) -> None:
        if request.startswith("DELETE ") and request.endswith("/volumes/begin"):
            proxy.before = None
            api.delete("/volumes/begin")

    socket = Path(other.url.removeprefix("unix://"))
    with (
        FaultProxy(socket, tmp_path / "proxy.sock") as proxy,
        closing(Engine(resolve(proxy.url), state=tmp_path)) as engine,
    ):
        listed = named(engine, name)
        proxy.before = elsewhere
        (told,) = removed(engine, listed)

    assert proxy.before is None, "it was removed elsewhere in the last moment"
    assert told.outcome is Outcome.GONE
    left = [each["Name"] for each in api.get("/volumes")["Volumes"]]
    assert [each for each in left if each.startswith("begin")] == ["begin-ning"]
    api.delete("/volumes/begin-ning")
