"""What happens on an engine is told, over restarts, upgrades, silence and refusal."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from tests.engines.packages import podman_programs, trixie_docker_programs
from tests.engines.podman import Podman
from tests.engines.private import PrivateEngine
from tests.engines.proxy import FaultProxy
from tests.engines.waiting import wait_for
from tests.integration.conftest import Make, Things, named
from tests.integration.listening import Heard, listening
from tui.engine import Engine, events, resolve
from tui.engine.changes import Changed, Connected, Lost, Unheard
from tui.engine.errors import CallRefused, EngineTimeout, EngineUnreachable

MakeProxy = Callable[[PrivateEngine], FaultProxy]


def told_of(heard: Heard, act: Callable[[], object]) -> None:
    """Do something that has to be told."""
    before = heard.count(Changed)
    act()
    heard.until_more(Changed, before)


def test_what_is_done_elsewhere_is_told(things: Things, engine: Engine) -> None:
    api = things.engine.api
    with listening(engine) as heard:
        heard.until_more(Connected, 0)
        assert heard.told == [Connected(again=False)]
        told_of(heard, lambda: things.volume("events"))
        container = ""

        def create() -> None:
            nonlocal container
            container = things.container(["events:/data"], ["sleep", "1000"])

        told_of(heard, create)
        told_of(heard, lambda: api.post(f"/containers/{container}/start"))
        told_of(heard, lambda: api.post(f"/containers/{container}/rename", name="other"))
        told_of(heard, lambda: api.post(f"/containers/{container}/pause"))
        told_of(heard, lambda: api.post(f"/containers/{container}/unpause"))
        told_of(heard, lambda: api.post(f"/containers/{container}/kill"))
        told_of(heard, lambda: api.delete(f"/containers/{container}"))
        told_of(heard, lambda: api.delete("/volumes/events"))


def test_our_own_helpers_are_not_told(things: Things, engine: Engine) -> None:
    things.volume("helped")
    with listening(engine) as heard:
        heard.until_more(Connected, 0)
        list(engine.open(named(engine, "helped")).entries("/"))
        engine.close()
        wait_for(lambda: not things.helpers(), "the end of the helper", 30)
        told_of(heard, lambda: things.volume("marker"))
        heard.told.remove(Changed(frozenset({"marker"})))
        # Docker 20.10 tells that the volume was made, which everybody knows.
        assert set(heard.told[1:]) <= {Changed(frozenset({"helped"}))}


def test_a_burst_is_told_as_a_few(things: Things, engine: Engine) -> None:
    with listening(engine) as heard:
        heard.until_more(Connected, 0)
        for number in range(40):
            things.volume(f"burst-{number}")
        heard.until_more(Changed, 0)
        assert heard.count(Changed) < 40


def test_a_restarted_engine_is_heard_again(fresh_engine: Make) -> None:
    private = fresh_engine()
    with closing(Engine(resolve(private.url))) as engine, listening(engine) as heard:
        heard.until_more(Connected, 0)
        private.kill()
        heard.until_more(Lost, 0)
        lost = heard.told[1]
        assert isinstance(lost, Lost)
        assert isinstance(lost.error, EngineUnreachable)
        private.start()
        heard.until_more(Connected, 1)
        assert heard.told[-1] == Connected(again=True)
        told_of(heard, lambda: private.api.post("/volumes/create", {"Name": "data"}))


def test_an_engine_that_comes_later_is_heard(tmp_path: Path, fresh_engine: Make) -> None:
    private = fresh_engine()
    private.stop()
    with closing(Engine(resolve(private.url))) as engine, listening(engine) as heard:
        heard.until_more(Lost, 1)
        private.start()
        heard.until_more(Connected, 0)


def test_a_stream_that_is_cut_is_no_loss(things: Things, make_proxy: MakeProxy) -> None:
    proxy = make_proxy(things.engine)
    with closing(Engine(resolve(proxy.url))) as engine, listening(engine) as heard:
        heard.until_more(Connected, 0)
        proxy.cut()
        heard.until_more(Connected, 1)
        assert heard.count(Lost) == 0


def test_a_dead_link_is_noticed(
    things: Things, make_proxy: MakeProxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(events, "PING_EVERY", 0.5)
    monkeypatch.setattr(events, "PING_WITHIN", 0.5)
    proxy = make_proxy(things.engine)
    with closing(Engine(resolve(proxy.url), deadline=2.0)) as engine, listening(engine) as heard:
        heard.until_more(Connected, 0)
        proxy.stalled = True
        heard.until_more(Lost, 0)
        lost = heard.told[1]
        assert isinstance(lost, Lost)
        assert isinstance(lost.error, EngineTimeout)
        assert "/_ping" in str(lost.error)
        proxy.stalled = False
        heard.until_more(Connected, 1)
    assert events.PING_EVERY + events.PING_WITHIN < 10


def test_silence_asks_for_nothing_but_a_sign_of_life(
    things: Things, make_proxy: MakeProxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(events, "PING_EVERY", 0.1)
    proxy = make_proxy(things.engine)
    with closing(Engine(resolve(proxy.url))) as engine, listening(engine) as heard:
        heard.until_more(Connected, 0)
        proxy.reset_counts()
        wait_for(lambda: len(proxy.requests) > 5, "some pings", 30)
        assert set(proxy.requests) == {"GET /_ping"}


def test_a_proxy_that_refuses_events_is_looked_at(
    things: Things, make_proxy: MakeProxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(events, "LOOK_EVERY", 0.1)
    proxy = make_proxy(things.engine)
    with closing(Engine(resolve(proxy.url))) as engine:
        engine.volumes()
        proxy.refused_methods = frozenset({"GET"})
        with listening(engine) as heard:
            heard.until_more(Changed, 2)
            first = heard.told[0]
            assert isinstance(first, Unheard)
            assert isinstance(first.error, CallRefused)
            proxy.refused_methods = frozenset()
            heard.until_more(Connected, 0)


def test_streams_that_end_at_once_are_looked_at(
    things: Things, make_proxy: MakeProxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(events, "LOOK_EVERY", 0.1)
    proxy = make_proxy(things.engine)
    with closing(Engine(resolve(proxy.url))) as engine:
        engine.volumes()
        head = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close\r\n\r\n"
        version = b'{"ApiVersion": "1.41", "Version": "20.10", "MinAPIVersion": "1.12"}\n'
        proxy.garbage = head + version
        with listening(engine) as heard:
            heard.until_more(Unheard, 0)
            heard.until_more(Changed, 0)


@pytest.mark.parametrize(
    "body",
    [b"nonsense\n", b"[1]\n", b'{"Type": 7}\n', b"{" * 2_000_000],
    ids=["no JSON", "no object", "no text", "no end"],
)
def test_events_that_make_no_sense(things: Things, make_proxy: MakeProxy, body: bytes) -> None:
    proxy = make_proxy(things.engine)
    with closing(Engine(resolve(proxy.url))) as engine:
        engine.volumes()
        proxy.garbage = b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n" + body
        with listening(engine) as heard:
            heard.until_more(Lost, 0)
            proxy.garbage = None
            connected = heard.count(Connected)
            heard.until_more(Connected, connected)


@pytest.mark.slow
def test_an_upgrade_is_negotiated_anew(tmp_path: Path) -> None:
    root = tmp_path / "engine"
    with PrivateEngine(root) as old:
        old.api.post("/volumes/create", {"Name": "data"})
        with closing(Engine(resolve(old.url))) as engine, listening(engine) as heard:
            heard.until_more(Connected, 0)
            before = engine.info()
            assert [volume.name for volume in engine.volumes()] == ["data"]
            old.stop()
            upgraded = PrivateEngine(root, programs=trixie_docker_programs())
            upgraded.start()
            heard.until_more(Connected, 1)
            after = engine.info()
            assert before.api < after.api
            assert before.version != after.version
            told_of(heard, lambda: upgraded.api.post("/volumes/create", {"Name": "more"}))
            assert [volume.name for volume in engine.volumes()] == ["data", "more"]
            upgraded.end_processes()


@pytest.mark.slow
def test_podman_is_heard_too() -> None:
    with (
        Podman(podman_programs()) as podman,
        closing(Engine(resolve(podman.url))) as engine,
        listening(engine) as heard,
    ):
        heard.until_more(Connected, 0)
        told_of(heard, lambda: podman.api.post("/volumes/create", {"Name": "data"}))
        told_of(heard, lambda: podman.api.delete("/volumes/data"))
