"""AgentConnection: many threads, deadlines, lost streams, and answers that make no sense."""

from __future__ import annotations

import asyncio
import errno
import gc
import socket
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest

from tests.agent.conftest import Start
from tests.agent.process import AgentProcess
from tui import __version__
from tui.calls import call
from tui.engine.agent import AgentConnection
from tui.engine.errors import (
    Cancelled,
    EngineError,
    EngineTimeout,
    FileFailed,
    HelperFailed,
    HelperLost,
    ProtocolError,
)
from tui.engine.protocol import FrameType, encode_frame


def test_hello_tells_the_agent(start: Start, volume: Path) -> None:
    info = AgentConnection(start(volume)).hello()
    assert info.protocol == 1
    assert info.version == __version__
    assert info.architecture in {"amd64", "arm64"}


def test_many_threads_get_their_own_answers(start: Start, volume: Path) -> None:
    for number in range(20):
        folder = volume / str(number)
        folder.mkdir()
        for entry in range(number * 30):
            (folder / f"{number}-{entry}").touch()
        (volume / f"file-{number}").write_bytes(b"%d" % number * 100_000)
    agent = start(volume).connect()

    def work(number: int) -> None:
        for _ in range(10):
            names = {name for batch in agent.entries(f"/{number}") for name in batch.names}
            assert names == {f"{number}-{entry}" for entry in range(number * 30)}
            data = agent.read(f"/file-{number}", 0, 10**6).data
            assert data == b"%d" % number * 100_000
            with pytest.raises(FileFailed, match=f"/none-{number} does not exist"):
                agent.stat(f"/none-{number}")

    with ThreadPoolExecutor(20) as pool:
        list(pool.map(work, range(20)))


def test_more_requests_than_the_agent_takes_wait_for_their_turn(start: Start, volume: Path) -> None:
    for number in range(2_000):
        (volume / str(number)).touch()
    agent = start(volume).connect()

    def count(_: int) -> int:
        return sum(len(batch) for batch in agent.entries("/"))

    with ThreadPoolExecutor(100) as pool:
        assert list(pool.map(count, range(200))) == [2_000] * 200


def test_an_open_connection_keeps_its_agent_alive(
    start: Start, volume: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(AgentConnection, "HEARTBEAT", 0.2)
    process = start(volume, "--timeout", "1")
    agent = process.connect()
    silent = threading.Event()
    assert not silent.wait(2.5), "longer than the agent waits for a frame"
    assert agent.stat("/").entry.mode
    agent.close()
    assert process.wait() == 0


class Gate:
    """A stream that lets nothing of the agent through while it is shut."""

    def __init__(self, process: AgentProcess) -> None:
        self._process = process
        self.open = threading.Event()
        self.open.set()
        self.received = 0

    def recv(self, size: int, /) -> bytes:
        data = self._process.recv(size)
        self.open.wait(10)
        self.received += len(data)
        return data

    def sendall(self, data: bytes | memoryview, /) -> None:
        self._process.sendall(data)

    def close(self) -> None:
        self._process.close()


def test_closing_a_listing_ends_its_reading(start: Start, crowd: Path) -> None:
    whole = Gate(start(crowd))
    agent = AgentConnection(whole)
    agent.hello()
    assert sum(map(len, agent.entries("/"))) == 20_000

    gate = Gate(start(crowd))
    agent = AgentConnection(gate)
    agent.hello()
    entries = agent.entries("/")
    assert 0 < len(next(entries)) < 20_000
    gate.open.clear()
    entries.close()
    gate.open.set()
    assert agent.stat("/").entry.inode == crowd.stat().st_ino
    assert gate.received < whole.received
    assert sum(map(len, agent.entries("/"))) == 20_000


def test_a_listing_that_is_forgotten_half_read(start: Start, crowd: Path) -> None:
    agent = start(crowd).connect()
    for _ in range(100):
        entries = agent.entries("/")
        next(entries)
        cycle: list[object] = [entries]
        cycle.append(cycle)
        del entries, cycle
    gc.collect()
    assert sum(map(len, agent.entries("/"))) == 20_000


def test_each_error_is_a_sentence(start: Start, volume: Path) -> None:
    (volume / "file").touch()
    (volume / "link").symlink_to("/")
    agent = start(volume).connect()
    for ask, sentence, number in (
        (lambda: agent.stat("/none"), "/none does not exist.", errno.ENOENT),
        (lambda: agent.read("/", 0, 1), "/ is a folder.", errno.EISDIR),
        (lambda: list(agent.entries("/file")), "/file is not a folder.", errno.ENOTDIR),
        (lambda: agent.readlink("/file"), "/file is not a symbolic link.", errno.EINVAL),
        (
            lambda: agent.stat("/link/etc"),
            "/link/etc is reached through a symbolic link, which voltui does not follow.",
            errno.ELOOP,
        ),
    ):
        with pytest.raises(FileFailed) as failure:
            ask()
        assert (str(failure.value), failure.value.errno) == (sentence, number)


def test_a_killed_agent_is_told_to_everybody(start: Start, volume: Path) -> None:
    process = start(volume)
    agent = process.connect()
    waiting = threading.Barrier(4)

    def wait() -> None:
        waiting.wait()
        while True:
            list(agent.usage("/"))

    with ThreadPoolExecutor(3) as pool:
        futures = [pool.submit(wait) for _ in range(3)]
        waiting.wait()
        process.popen.kill()
        for future in futures:
            assert isinstance(future.exception(10), HelperLost)
    assert agent.closed
    for ask in (lambda: agent.stat("/"), agent.heartbeat, lambda: list(agent.entries("/"))):
        with pytest.raises(HelperFailed, match=r"The helper ended|broke"):
            ask()


def test_closing_twice(start: Start, volume: Path) -> None:
    process = start(volume)
    agent = process.connect()
    agent.close()
    agent.close()
    assert agent.closed
    assert process.wait() == 0
    with pytest.raises(HelperLost, match="closed"):
        agent.stat("/")


class Socket:
    """One end of a pair of sockets as a stream."""

    def __init__(self, end: socket.socket) -> None:
        self.recv = end.recv
        self.sendall = end.sendall
        self._end = end

    def close(self) -> None:
        try:
            self._end.shutdown(socket.SHUT_RDWR)
        finally:
            self._end.close()


@pytest.fixture
def pair() -> Iterator[tuple[AgentConnection, socket.socket]]:
    """A connection and the far end of its stream."""
    near, far = socket.socketpair()
    agent = AgentConnection(Socket(near), deadline=0.2)
    with closing(far):
        yield agent, far
        if not agent.closed:
            agent.close()


Pair = tuple[AgentConnection, socket.socket]


def test_silence_is_a_timeout_of_that_request_only(pair: Pair) -> None:
    agent, far = pair
    with pytest.raises(EngineTimeout, match=r"nothing about /slow for 0.2 seconds"):
        agent.stat("/slow")
    assert not agent.closed
    sent = far.recv(1000)
    assert sent.endswith(encode_frame(1, FrameType.CANCEL))


def answer_next(far: socket.socket, answer: bytes) -> None:
    """Send this once something was asked."""

    def work() -> None:
        far.recv(1000)
        far.sendall(answer)

    threading.Thread(target=work).start()


async def test_going_away_wakes_the_thread_that_waits_for_the_agent(pair: Pair) -> None:
    agent, far = pair
    ended: asyncio.Future[type[BaseException]] = asyncio.get_running_loop().create_future()
    loop = asyncio.get_running_loop()

    def wait_for_ever() -> None:
        try:
            with agent.request("watch", "/", endless=True) as answers:
                next(answers)
        except Cancelled as error:
            loop.call_soon_threadsafe(ended.set_result, type(error))

    waiting = asyncio.create_task(call(wait_for_ever))
    assert b"watch" in await call(far.recv, 1000)
    waiting.cancel()
    assert await asyncio.wait_for(ended, 30) is Cancelled
    assert await call(far.recv, 1000) == encode_frame(1, FrameType.CANCEL)
    assert not agent.closed


def test_late_answers_to_a_request_given_up_are_dropped(pair: Pair) -> None:
    agent, far = pair
    with pytest.raises(EngineTimeout):
        agent.stat("/slow")
    far.recv(1000)
    late = encode_frame(1, FrameType.DATA, b"x") + encode_frame(1, FrameType.DONE, b"{}")
    answer_next(far, late + encode_frame(2, FrameType.DONE, b'{"target":"YQ=="}'))
    assert agent.readlink("/link") == "a"


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (b"HTTP/1.1 400 Bad Request\r\n\r\n", ProtocolError),
        (encode_frame(1, FrameType.REQUEST, b"{}"), ProtocolError),
        (encode_frame(7, FrameType.DONE, b"{}"), ProtocolError),
        (
            encode_frame(0, FrameType.ERROR, b'{"code":"EPROTO","errno":71,"message":"no"}'),
            ProtocolError,
        ),
        (encode_frame(1, FrameType.DONE, b"{}"), ProtocolError),
        (encode_frame(1, FrameType.DONE, b"[]"), ProtocolError),
        (encode_frame(1, FrameType.DONE, b"\xff"), ProtocolError),
        (encode_frame(1, FrameType.DONE, b'{"target":7}'), ProtocolError),
        (encode_frame(1, FrameType.DONE, b'{"target":"!"}'), ProtocolError),
        (encode_frame(1, FrameType.ERROR, b"{}"), ProtocolError),
        (encode_frame(1, FrameType.DATA, b"x"), ProtocolError),
    ],
)
def test_answers_that_make_no_sense(pair: Pair, answer: bytes, error: type[EngineError]) -> None:
    agent, far = pair
    answer_next(far, answer)
    with pytest.raises(error):
        agent.readlink("/link")


@pytest.mark.parametrize("cut", [b"", encode_frame(1, FrameType.DONE, b"{}")[:5]])
def test_a_stream_that_ends(pair: Pair, cut: bytes) -> None:
    agent, far = pair

    def answer() -> None:
        far.recv(1000)
        far.sendall(cut)
        far.shutdown(socket.SHUT_RDWR)

    threading.Thread(target=answer).start()
    with pytest.raises(HelperLost):
        agent.readlink("/link")
