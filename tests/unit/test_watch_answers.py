"""Answers of an agent that lies about a watched folder: each is an error of the protocol."""

from __future__ import annotations

import json
import socket
import time
from collections.abc import Iterator
from contextlib import closing

import pytest

from tests.unit.test_search_answers import Far
from tui.engine.agent import AgentConnection
from tui.engine.errors import ProtocolError
from tui.engine.protocol import FrameType, encode_frame
from tui.engine.watching import FolderChanged, Watching, watch

BEGIN = (FrameType.PROGRESS, b'{"polled": false}')
CHANGE = {"gone": ["eA=="], "overflow": False, "polled": False}
NONE = (FrameType.ENTRIES, bytes(12))


class Script(Far):
    """Answers the first request with several frames."""

    def __init__(self, *frames: tuple[FrameType, bytes]) -> None:
        self._frames = b"".join(encode_frame(1, kind, payload) for kind, payload in frames)
        super().__init__(FrameType.DONE, b"")

    def _answer(self, far: socket.socket, _kind: FrameType, _payload: bytes) -> None:
        with closing(far):
            far.recv(65536)
            far.sendall(self._frames)
            while far.recv(65536):
                continue


def told(*frames: tuple[FrameType, bytes]) -> Iterator[Watching | FolderChanged]:
    with closing(AgentConnection(Script(*frames))) as agent:
        yield from watch(agent, "/", time.monotonic())


def change(**fields: object) -> tuple[FrameType, bytes]:
    return FrameType.PROGRESS, json.dumps({**CHANGE, **fields}).encode()


def test_what_is_understood() -> None:
    parts = told(BEGIN, NONE, NONE, change())
    assert next(parts) == Watching(polled=False)
    part = next(parts)
    assert isinstance(part, FolderChanged)
    assert (list(part.entries), part.gone, part.overflow) == ([], ("x",), False)


@pytest.mark.parametrize(
    "frames",
    [
        (NONE,),
        ((FrameType.DONE, b"{}"),),
        ((FrameType.DATA, b"x"),),
        ((FrameType.PROGRESS, b"nonsense"),),
        ((FrameType.PROGRESS, b"{}"),),
        ((FrameType.PROGRESS, b'{"polled": 1}'),),
        (BEGIN, (FrameType.DONE, b"{}")),
        (BEGIN, (FrameType.DATA, b"x")),
        (BEGIN, (FrameType.ENTRIES, b"cut")),
        (BEGIN, change(gone=None)),
        (BEGIN, change(gone=[1])),
        (BEGIN, change(gone=["no base64"])),
        (BEGIN, change(overflow="yes")),
    ],
)
def test_what_makes_no_sense(frames: tuple[tuple[FrameType, bytes], ...]) -> None:
    with pytest.raises(ProtocolError):
        list(told(*frames))
