"""Creating volumes on a real engine: only what did not exist, and known to be ours."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import closing

import pytest

from tests.engines.private import PrivateEngine
from tests.engines.proxy import FaultProxy
from tests.engines.waiting import wait_for
from tests.integration.conftest import Things
from tui.engine import Engine, creating, resolve
from tui.engine.creating import NewVolume
from tui.engine.errors import EngineFailed, EngineUnreachable, NameTaken, ReadOnly, UsageError
from tui.engine.model import Volume
from tui.engine.presets import preset
from tui.engine.volumes import JOB_LABEL


def volumes(things: Things) -> set[str]:
    return {volume["Name"] for volume in things.engine.api.get("/volumes")["Volumes"] or ()}


def test_name_labels_and_options_are_kept_exactly(things: Things, engine: Engine) -> None:
    name = things.name()
    labels = {"": "empty", "=": "=", "k": "a\nb\x1b[31m\0", "名": "前"}
    options = {"type": "tmpfs", "device": "tmpfs", "o": "size=1m,mode=1700"}
    volume = engine.create(NewVolume(name, options=options, labels=labels))

    told = things.engine.api.get(f"/volumes/{name}")
    assert told["Options"] == options == volume.options
    assert set(told["Labels"].pop(JOB_LABEL)) <= set("0123456789abcdef")
    assert told["Labels"] == labels


def test_presets_mount_what_they_say(things: Things, engine: Engine) -> None:
    folder = things.engine.root / "outside"
    folder.mkdir(exist_ok=True)
    bind, tmpfs = things.name(), things.name()
    engine.create(NewVolume(bind, options=preset("bind").options({"path": str(folder)})))
    given = {"size": "64k", "mode": "1711", "more": "uid=12"}
    engine.create(NewVolume(tmpfs, options=preset("tmpfs").options(given)))

    script = "touch /b/here; stat -c '%a %u' /t; stat -f -c '%b %S' /t"
    binds = [f"{bind}:/b", f"{tmpfs}:/t"]
    container = things.container(binds, ["sh", "-c", script], start=True)
    things.engine.api.post(f"/containers/{container}/wait")

    assert (folder / "here").exists()
    mode, blocks = things.log(container).split("\n")[:2]
    assert mode.split() == ["1711", "12"]
    count, unit = map(int, blocks.split())
    assert count * unit == 64 << 10


@pytest.mark.parametrize(
    ("new", "says"),
    [
        (NewVolume("-a"), "invalid characters"),
        (NewVolume("a\0b"), "invalid characters"),
        (NewVolume("x"), "too short"),
        (NewVolume("名前"), "invalid characters"),
        (NewVolume("test-o", options={"foo": "bar"}), 'invalid option: "foo"'),
        (NewVolume("test-o", options={"type": "nfs"}), "missing required option"),
    ],
)
def test_the_engine_says_what_is_wrong_and_nothing_is_made(
    things: Things, engine: Engine, new: NewVolume, says: str
) -> None:
    before = volumes(things)
    with pytest.raises(EngineFailed) as failed:
        engine.create(new)
    assert says in str(failed.value)
    assert volumes(things) == before


@pytest.mark.parametrize(
    "new",
    [
        NewVolume(""),
        NewVolume("."),
        NewVolume(".."),
        NewVolume("a//b"),
        NewVolume("\udcff"),
        NewVolume("ü" * 128),
        NewVolume("test-u", labels={"k": "\udcff"}),
        NewVolume("test-u", options={"\udcff": ""}),
        NewVolume("test-u", labels={JOB_LABEL: "x"}),
    ],
)
def test_what_would_be_made_otherwise_than_meant_is_refused(
    things: Things, engine: Engine, new: NewVolume
) -> None:
    before = volumes(things)
    with pytest.raises(UsageError):
        engine.create(new)
    assert volumes(things) == before


@pytest.mark.slow  # Docker looks for the driver for 15 s.
def test_an_unknown_driver_names_those_there_are(engine: Engine) -> None:
    assert engine.drivers() == ["local"]
    with pytest.raises(EngineFailed, match="nowhere") as failed:
        engine.create(NewVolume("test-driver", "nowhere"))
    assert failed.value.hint == "This engine has the volume drivers local."


def test_a_secret_in_an_error_is_hidden(engine: Engine) -> None:
    """Wherever the engine repeats it: here a word of its own sentence is the secret."""
    with pytest.raises(EngineFailed) as failed:
        engine.create(NewVolume("test-secret", options={"token": "invalid"}))
    assert str(failed.value) == 'create test-secret: **** option: "token"'


def test_what_another_client_made_meanwhile_is_left_alone(
    things: Things, engine: Engine, make_proxy: Callable[[PrivateEngine], FaultProxy]
) -> None:
    """Both ask whether the name is free, and both create it: one of them made it."""
    name = things.name()
    proxies = [make_proxy(things.engine) for _ in range(2)]
    clients = [Engine(resolve(proxy.url)) for proxy in proxies]
    told: list[object] = []
    ready = threading.Barrier(2)

    def make(client: Engine, number: int) -> None:
        client.info()
        ready.wait()
        try:
            told.append(client.create(NewVolume(name, labels={"by": str(number)})))
        except NameTaken as error:
            told.append(error)

    for proxy in proxies:
        proxy.to_client.delay = 0.5  # Both have asked before either creates.
    threads = [
        threading.Thread(target=make, args=each) for each in zip(clients, range(2), strict=True)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for client in clients:
        client.close()
    posts = [[r for r in p.requests if r.startswith("POST /v1.41/volumes")] for p in proxies]
    assert [len(each) for each in posts] == [1, 1]
    (won,) = [each for each in told if isinstance(each, Volume)]
    (lost,) = [each for each in told if isinstance(each, NameTaken)]
    assert name in str(lost)
    labels = things.engine.api.get(f"/volumes/{name}")["Labels"]
    assert labels == won.labels


def once_posted(proxy: FaultProxy, act: Callable[[], None]) -> threading.Thread:
    """Do something while a POST through the proxy is under way; the thread that waits for it."""

    def watch() -> None:
        wait_for(lambda: any(r.startswith("POST") for r in proxy.requests), "a POST")
        act()

    thread = threading.Thread(target=watch)
    thread.start()
    return thread


@pytest.mark.parametrize("fault", ["cut", "stalled"])
def test_a_lost_answer_is_found_out(
    things: Things, make_proxy: Callable[[PrivateEngine], FaultProxy], fault: str
) -> None:
    """The engine makes the volume, and what it says to that never comes."""
    name = things.name()
    proxy = make_proxy(things.engine)
    proxy.to_client.delay = 0.3

    def lose() -> None:
        if fault == "cut":
            proxy.to_client.cut_after = 0
        else:
            proxy.stalled = True
        wait_for(lambda: name in volumes(things), "the volume")
        if fault == "cut":
            wait_for(lambda: proxy.requests[-1].startswith("GET"), "the question what became of it")
            proxy.to_client.cut_after = None
        else:
            wait_for(lambda: proxy.requests[-1].startswith("GET /_ping"), "a ping")
            proxy.cut()
            proxy.stalled = False

    with closing(Engine(resolve(proxy.url), deadline=2)) as engine:
        engine.info()
        losing = once_posted(proxy, lose)
        volume = engine.create(NewVolume(name))
        losing.join()
    assert volume.labels == things.engine.api.get(f"/volumes/{name}")["Labels"]
    assert len([request for request in proxy.requests if request.startswith("POST")]) == 1


def test_a_call_that_never_came_is_no_success(
    things: Things,
    make_proxy: Callable[[PrivateEngine], FaultProxy],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(creating, "_SETTLE_WITHIN", 2.0)
    proxy = make_proxy(things.engine)
    proxy.to_engine.delay = 0.3

    def lose() -> None:
        proxy.to_engine.cut_after = 0
        wait_for(lambda: proxy.requests[-1].startswith("GET"), "the question what became of it")
        proxy.to_engine.cut_after = None

    with closing(Engine(resolve(proxy.url), deadline=2)) as engine:
        engine.info()
        losing = once_posted(proxy, lose)
        with pytest.raises(EngineUnreachable, match="test-lost was not created so far"):
            engine.create(NewVolume("test-lost"))
        losing.join()
    assert "test-lost" not in volumes(things)


def test_nothing_is_made_by_who_only_looks(things: Things) -> None:
    with (
        closing(Engine(resolve(things.engine.url), read_only=True)) as engine,
        pytest.raises(ReadOnly),
    ):
        engine.create(NewVolume("test-read-only"))
    assert "test-read-only" not in volumes(things)
