"""Answers of an agent that lies to find, grep, du and hash: each is an error of the protocol."""

from __future__ import annotations

import json
import socket
import struct
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing

import pytest

from tui.engine.agent import AgentConnection
from tui.engine.diskusage import folder_usage
from tui.engine.errors import ProtocolError
from tui.engine.hashing import hash_file
from tui.engine.protocol import FrameType, encode_frame
from tui.engine.search import Matched, find, grep

SUM = {"entries": 1, "files": 1, "bytes": 1, "binary": 0, "errors": 0, "found": 1, "cut": False}
SIZES = {"apparent": 1, "disk": 1, "files": 1, "directories": 0, "errors": 0}
CHILD = {"name": "eA==", "mode": 0o40000, "complete": True, **SIZES}
USAGE = {"children": [CHILD], "total": SIZES, "unsure": 0}
MATCH = struct.pack("<QQIIII", 1, 0, 0, 1, 1, 3) + b"f" + b"xyz"

Ask = Callable[[AgentConnection], Iterable[object]]


class Far:
    """The agent's end of a stream: it answers the first request with one frame."""

    def __init__(self, kind: FrameType, payload: bytes) -> None:
        self._near, far = socket.socketpair()
        self.recv, self.sendall = self._near.recv, self._near.sendall
        self._thread = threading.Thread(target=self._answer, args=(far, kind, payload))
        self._thread.start()

    def _answer(self, far: socket.socket, kind: FrameType, payload: bytes) -> None:
        with closing(far):
            far.recv(65536)
            far.sendall(encode_frame(1, kind, payload))
            while far.recv(65536):
                continue

    def close(self) -> None:
        """End both ends."""
        self._near.shutdown(socket.SHUT_RDWR)
        self._thread.join(10)
        self._near.close()


@pytest.fixture
def answered() -> Iterator[Callable[[Ask, FrameType, bytes], object]]:
    """Ask an agent that answers with one frame: `answered(ask, type, payload)`, the first part."""
    agents: list[AgentConnection] = []

    def first(ask: Ask, kind: FrameType, payload: bytes) -> object:
        agents.append(AgentConnection(Far(kind, payload)))
        return next(iter(ask(agents[-1])))

    yield first
    for agent in agents:
        agent.close()


Answered = Callable[[Ask, FrameType, bytes], object]


def test_what_is_understood(answered: Answered) -> None:
    done = FrameType.DONE
    assert answered(lambda agent: find(agent, "/", "x"), done, json.dumps(SUM).encode())
    assert answered(lambda agent: folder_usage(agent, "/"), done, json.dumps(USAGE).encode())
    matches = answered(lambda agent: grep(agent, "/d", "x"), FrameType.DATA, MATCH)
    assert matches == [Matched("/d/f", 1, 0, "xyz", 0, 1)]


@pytest.mark.parametrize("ask", [find, grep])
@pytest.mark.parametrize("field", SUM)
def test_sums(answered: Answered, ask: Callable[..., Iterable[object]], field: str) -> None:
    lies: tuple[object, ...] = (None, "1", [], 1.5)
    for lie in lies:
        payload = json.dumps(SUM | {field: lie}).encode()
        with pytest.raises(ProtocolError):
            answered(lambda agent: ask(agent, "/", "x"), FrameType.PROGRESS, payload)


@pytest.mark.parametrize(
    "payload",
    [
        MATCH[:-1],
        MATCH[:20],
        MATCH + b"x",
        struct.pack("<QQIIII", 1, 0, 2, 1, 1, 3) + b"fxyz",
        struct.pack("<QQIIII", 1, 0, 0, 4, 1, 3) + b"fxyz",
        struct.pack("<QQIIII", 1, 0, 0, 1, 2**32 - 1, 3) + b"fxyz",
        struct.pack("<QQIIII", 1, 0, 0, 1, 1, 2**32 - 1) + b"fxyz",
    ],
)
def test_matches(answered: Answered, payload: bytes) -> None:
    with pytest.raises(ProtocolError, match="cut off"):
        answered(lambda agent: grep(agent, "/", "x"), FrameType.DATA, payload)


@pytest.mark.parametrize(
    "change",
    [
        {"children": {}},
        {"children": [1]},
        {"children": [CHILD | {"name": "%"}]},
        {"children": [CHILD | {"complete": 1}]},
        {"children": [CHILD | {"disk": "1"}]},
        {"total": None},
        {"total": {}},
        {"unsure": None},
    ],
)
def test_folder_sums(answered: Answered, change: dict[str, object]) -> None:
    payload = json.dumps(USAGE | change).encode()
    with pytest.raises(ProtocolError):
        answered(lambda agent: folder_usage(agent, "/"), FrameType.PROGRESS, payload)


def test_digests(answered: Answered) -> None:
    for payload in (b"[]", b'{"done":1,"size":1,"digest":1,"changed":false}', b'{"done":1}'):
        with pytest.raises(ProtocolError):
            answered(lambda agent: hash_file(agent, "/x"), FrameType.DONE, payload)
    with pytest.raises(ProtocolError, match="makes no sense"):
        answered(lambda agent: hash_file(agent, "/x"), FrameType.ENTRIES, b"")
