"""Engines that are away, hang, talk nonsense, refuse or come back."""

from __future__ import annotations

import gc
import os
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.engines.private import PrivateEngine
from tests.engines.proxy import FaultProxy
from tests.engines.waiting import wait_for
from tests.integration.conftest import Make, Things, named
from tui.engine import Engine, helpers, resolve
from tui.engine.errors import (
    CallRefused,
    EngineError,
    EngineTimeout,
    EngineUnreachable,
    HelperLost,
    ProtocolError,
)


@pytest.fixture
def proxy(things: Things) -> Iterator[FaultProxy]:
    private = things.engine
    with FaultProxy(private.socket, private.root / "proxy.sock") as running:
        yield running


@pytest.fixture
def behind(proxy: FaultProxy) -> Iterator[Engine]:
    with closing(Engine(resolve(proxy.url))) as opened:
        yield opened


@pytest.fixture
def impatient(proxy: FaultProxy) -> Iterator[Engine]:
    with closing(Engine(resolve(proxy.url), deadline=1.0)) as opened:
        yield opened


def test_a_socket_that_is_not_there_says_what_was_tried(tmp_path: Path) -> None:
    url = f"unix://{tmp_path}/none.sock"
    with pytest.raises(EngineUnreachable) as caught:
        Engine(resolve(url)).volumes()
    assert url in str(caught.value)
    assert "--host" in str(caught.value)
    assert "no such socket" in str(caught.value)
    assert caught.value.hint


def test_a_socket_nobody_listens_at(tmp_path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as left:
        left.bind(str(tmp_path / "left.sock"))
    with pytest.raises(EngineUnreachable, match="nobody listens"):
        Engine(resolve(f"unix://{tmp_path}/left.sock")).volumes()


def test_permission_denied_points_to_the_docker_group(engine: Engine, tmp_path: Path) -> None:
    engine.volumes()
    path = tmp_path / "engine.sock"
    for folder in [tmp_path, *tmp_path.parents][:3]:
        folder.chmod(0o755)
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(path))
        listening.listen()
        path.chmod(0o600)
        os.seteuid(65534)
        try:
            with pytest.raises(EngineUnreachable, match="permission denied") as caught:
                Engine(resolve(f"unix://{path}")).volumes()
        finally:
            os.seteuid(0)
    assert "docker group" in caught.value.hint


@pytest.mark.parametrize(
    "answer",
    [
        b"\x00\xff\x1b]0;pwn\x07" * 50,
        b"SSH-2.0-OpenSSH_9.2\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello",
        b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n[]",
        b'HTTP/1.1 200 OK\r\nContent-Length: 20\r\n\r\n{"ApiVersion": "x.y"}',
        b"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n{",
        b"",
    ],
)
def test_garbage_on_the_socket_is_no_engine(
    proxy: FaultProxy, behind: Engine, answer: bytes
) -> None:
    proxy.garbage = answer
    with pytest.raises((ProtocolError, EngineUnreachable)) as caught:
        behind.volumes()
    assert proxy.url in str(caught.value)
    proxy.garbage = None
    assert behind.volumes() is not None, "the next call is not harmed"


def test_a_hung_engine_is_named_after_the_deadline(proxy: FaultProxy, impatient: Engine) -> None:
    impatient.volumes()
    proxy.stalled = True
    begun = time.monotonic()
    with pytest.raises(EngineTimeout, match=r"did not answer to GET /volumes within 1 s"):
        impatient.volumes()
    assert time.monotonic() - begun < 5.0
    proxy.stalled = False
    impatient.volumes()


def test_a_proxy_that_allows_reading_only_lists_and_says_what_it_refused(
    proxy: FaultProxy, behind: Engine, things: Things
) -> None:
    proxy.refused_methods = frozenset({"POST", "DELETE"})
    volume = named(behind, things.volume())
    behind.sweep()
    with pytest.raises(CallRefused, match=r"refused POST /containers/create \(403\)"):
        list(behind.open(volume).entries("/"))
    assert behind.volumes()
    assert not things.helpers()


def test_a_refused_attach_leaves_no_helper(
    proxy: FaultProxy, behind: Engine, things: Things, monkeypatch: pytest.MonkeyPatch
) -> None:
    volume = named(behind, things.volume())
    attach = "tui.engine.helper.attach"

    def refuse(*arguments: object) -> None:
        proxy.refused_methods = frozenset({"POST"})
        from tui.engine.attach import attach as real

        real(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(attach, refuse)
    with pytest.raises(CallRefused, match=r"refused POST /containers/[\w-]+/attach \(403\)"):
        list(behind.open(volume).entries("/"))
    assert not things.helpers()


def test_a_cut_in_the_middle_of_a_listing_is_told(
    proxy: FaultProxy, behind: Engine, things: Things
) -> None:
    volume = things.volume()
    folder = things.folder(volume)
    for number in range(20_000):
        (folder / f"{number:05}").touch()
    files = behind.open(named(behind, volume))
    files.stat("/")
    batches = files.entries("/")
    seen = len(next(batches))
    proxy.cut()
    with pytest.raises(HelperLost):
        seen += sum(len(batch) for batch in batches) + 20_000
    assert 0 < seen < 20_000
    assert sum(len(batch) for batch in files.entries("/")) == 20_000, "opened again"


def test_an_engine_that_is_killed_and_comes_back(fresh_engine: Make) -> None:
    private = fresh_engine()
    private.api.post("/volumes/create", {"Name": "data"})
    with closing(Engine(resolve(private.url))) as engine:
        files = engine.open(named(engine, "data"))
        files.stat("/")
        private.kill()
        with pytest.raises(EngineUnreachable):
            engine.volumes()
        with pytest.raises(EngineError):
            files.stat("/")
        private.start()
        assert [volume.name for volume in engine.volumes()] == ["data"]
        assert files.stat("/").entry.mode
    wait_for(lambda: not _helpers(private), "the end of all helpers")


def test_a_frozen_engine_times_out_and_goes_on(fresh_engine: Make) -> None:
    private = fresh_engine()
    with closing(Engine(resolve(private.url), deadline=1.0)) as engine:
        engine.volumes()
        private.freeze()
        with pytest.raises(EngineTimeout):
            engine.volumes()
        private.thaw()
        assert engine.volumes() == []


def test_closing_takes_at_most_three_seconds_with_a_hung_engine(
    proxy: FaultProxy, behind: Engine, things: Things
) -> None:
    list(behind.open(named(behind, things.volume())).entries("/"))
    proxy.stalled = True
    begun = time.monotonic()
    behind.close()
    assert time.monotonic() - begun < 4.0
    proxy.stalled = False
    proxy.cut()
    wait_for(lambda: not things.helpers(), "the end of the helper")


def test_the_version_is_asked_for_again_when_the_engine_was_replaced(
    behind: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    behind.volumes()
    behind.connection._version = {"ApiVersion": "1.48"}
    assert behind.volumes() is not None
    assert behind.connection.api_version() == "1.41"


def test_many_threads_share_an_engine(engine: Engine, things: Things) -> None:
    volume = things.volume()
    (things.folder(volume) / "file").write_bytes(b"x" * 100_000)
    files = engine.open(named(engine, volume))
    failed: list[EngineError] = []

    def work(function: Callable[[], object]) -> None:
        try:
            for _ in range(20):
                function()
        except EngineError as error:
            failed.append(error)

    jobs: list[Callable[[], object]] = [
        engine.volumes,
        lambda: list(files.entries("/")),
        lambda: files.read("/file", 0, 100_000),
        engine.helpers,
    ]
    threads = [threading.Thread(target=work, args=(job,)) for job in jobs * 3]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failed
    assert len(things.helpers()) == 1


def _helpers(private: PrivateEngine) -> list[object]:
    filters = '{"label":["voltui.helper"]}'
    return list(private.api.get("/containers/json", all=1, filters=filters))


def test_nothing_piles_up_in_the_client(
    engine: Engine, things: Things, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Descriptors and threads are the same after many openings and losses."""
    monkeypatch.setattr(helpers, "LEFT_LIMIT", 0.0)
    volume = things.volume()

    def use() -> None:
        files = engine.open(named(engine, volume))
        list(files.entries("/"))
        (lost,) = things.helpers()
        things.engine.api.delete(f"/containers/{lost}", force=1)
        files.stat("/")
        files.leave()
        wait_for(lambda: not things.helpers(), "the end of the helper")

    def held() -> tuple[int, int]:
        gc.collect()
        threads = [each for each in threading.enumerate() if each.name.startswith("voltui")]
        return len(os.listdir("/proc/self/fd")), len(threads)

    use()
    before = held()
    for _ in range(10):
        use()
    wait_for(lambda: held()[0] <= before[0] + 4, "descriptors to be closed")
    wait_for(lambda: held()[1] <= before[1] + 2, "threads to end")
