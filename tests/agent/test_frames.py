"""Whatever comes on stdin ends in an answer or in the exit status that was promised."""

from __future__ import annotations

import os
import signal
import struct
import subprocess
from pathlib import Path

import pytest

from tests.agent.conftest import Start
from tui.engine.protocol import (
    Frame,
    FrameType,
    encode_frame,
    encode_request,
    parse_entries,
    parse_error,
)

HELLO = encode_request(1, "hello", protocol=1)


def frame(size: int, request: int, kind: int, payload: bytes = b"") -> bytes:
    return struct.pack("<IIB", size, request, kind) + payload


MALFORMED = {
    "oversized": frame(1024 * 1024 + 1, 2, 1),
    "largest length": frame(2**32 - 1, 2, 1),
    "type 0": frame(0, 2, 0),
    "unknown type": frame(0, 2, 77),
    "type of the agent": frame(0, 2, 132),
    "request 0": frame(2, 0, 1, b"{}"),
    "cancel of request 0": frame(0, 0, 2),
    "heartbeat with a number": frame(0, 2, 3),
    "cancel with a payload": frame(1, 2, 2, b"x"),
    "more of request 0": frame(0, 0, 4),
    "more with a payload": frame(1, 2, 4, b"x"),
    "a web browser": b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n",
    "zeros": bytes(100),
}


@pytest.mark.parametrize("greeted", [False, True])
@pytest.mark.parametrize("data", MALFORMED.values(), ids=MALFORMED)
def test_malformed_frames(start: Start, volume: Path, data: bytes, greeted: bool) -> None:
    process = start(volume)
    if greeted:
        process.greet()
    process.sendall(data)
    assert process.error(0).code == "EPROTO"
    assert process.wait() == 2


@pytest.mark.parametrize("size", range(1, len(HELLO)))
def test_a_stream_that_ends_inside_a_frame(start: Start, volume: Path, size: int) -> None:
    process = start(volume)
    process.sendall(HELLO[:size])
    process.close()
    assert process.error(0).code == "EPROTO"
    assert process.wait() == 2


def test_a_stream_that_ends_between_frames(start: Start, volume: Path) -> None:
    for data in (b"", HELLO, HELLO + encode_frame(0, FrameType.HEARTBEAT)):
        process = start(volume)
        process.sendall(data)
        process.close()
        assert process.wait() == 0


@pytest.mark.parametrize(
    "first",
    [
        encode_request(1, "hello", protocol=2),
        encode_request(1, "hello"),
        encode_request(1, "stat", "/"),
        encode_frame(1, FrameType.REQUEST, b"\xff"),
        encode_frame(1, FrameType.CANCEL),
        encode_frame(0, FrameType.HEARTBEAT),
    ],
)
def test_the_first_frame_must_be_hello(start: Start, volume: Path, first: bytes) -> None:
    process = start(volume)
    process.sendall(first)
    assert process.error(0).code == "EPROTO"
    assert process.wait() == 2


@pytest.mark.parametrize(
    "payload",
    [
        *(b"", b"{", b"null", b"[]", b'"list"', b"{}", b"[" * 100_000, b"\xff", b" " * 1024 * 1024),
        *(b'{"op":"rm","path":"Lw=="}', b'{"op":"list"}', b'{"op":"list","path":"Li4="}'),
        *(b'{"op":"list","path":"%"}', b'{"op":"list","path":7}', b'{"op":"read","path":"Lw=="}'),
    ],
    ids=lambda payload: repr(payload[:30]),
)
def test_requests_that_make_no_sense(start: Start, volume: Path, payload: bytes) -> None:
    process = start(volume)
    process.greet()
    process.sendall(encode_frame(7, FrameType.REQUEST, payload))
    assert process.error(7).code == "EINVAL"
    process.ask(7, "stat", "/")
    assert process.final(7)[1].type is FrameType.DONE


def test_a_number_in_use(start: Start, crowd: Path) -> None:
    process = start(crowd)
    process.greet()
    process.ask(2, "list", "/")
    process.ask(2, "list", "/")
    assert process.error(0).code == "EPROTO"
    assert process.wait() == 2


def test_one_request_too_many(start: Start, crowd: Path) -> None:
    process = start(crowd)
    process.greet()
    for number in range(2, 67):
        process.ask(number, "list", "/")
    finals: dict[int, Frame] = {}
    while len(finals) < 65:
        answer = process.next()
        if answer.type is not FrameType.ENTRIES:
            finals[answer.request] = answer
    refused = [answer for answer in finals.values() if answer.type is FrameType.ERROR]
    assert [answer.request for answer in refused] == [66]
    assert parse_error(refused[0].payload).code == "EAGAIN"
    process.ask(66, "stat", "/")
    assert process.final(66)[1].type is FrameType.DONE


def test_cancel_in_the_middle_of_a_listing(start: Start, crowd: Path) -> None:
    process = start(crowd)
    process.greet()
    process.ask(2, "list", "/")
    seen = len(parse_entries(process.next().payload))
    process.cancel(2)
    process.cancel(2)
    process.cancel(99)
    before, final = process.final(2)
    assert final.type is FrameType.ERROR
    assert parse_error(final.payload).code == "ECANCELED"
    seen += sum(len(parse_entries(answer.payload)) for answer in before)
    assert 0 < seen < 20_000


def test_the_reader_goes_away(start: Start, crowd: Path) -> None:
    process = start(crowd)
    process.greet()
    process.stdout.close()
    process.ask(2, "list", "/")
    assert process.wait() == 1


def test_stdin_ends_while_nobody_reads(start: Start, crowd: Path) -> None:
    process = start(crowd)
    process.greet()
    for number in range(2, 66):
        process.ask(number, "list", "/")
    process.close()
    assert process.wait() == 0


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_signals(start: Start, crowd: Path, number: signal.Signals) -> None:
    process = start(crowd)
    process.greet()
    process.ask(2, "list", "/")
    process.next()
    process.popen.send_signal(number)
    assert process.wait() == 128 + number


def test_it_is_no_end_that_the_terminal_goes(start: Start, volume: Path) -> None:
    process = start(volume)
    process.greet()
    process.popen.send_signal(signal.SIGHUP)
    process.ask(2, "stat", "/")
    assert process.final(2)[1].type is FrameType.DONE


def test_silence_ends_the_agent(start: Start, volume: Path) -> None:
    process = start(volume, "--timeout", "1")
    process.greet()
    assert process.wait() == 3


def test_heartbeats_keep_it_alive(start: Start, volume: Path) -> None:
    process = start(volume, "--timeout", "1")
    process.greet()
    for _ in range(6):
        process.sendall(encode_frame(0, FrameType.HEARTBEAT))
        with pytest.raises(subprocess.TimeoutExpired):
            process.popen.wait(0.3)
    process.ask(2, "stat", "/")
    assert process.final(2)[1].type is FrameType.DONE


def test_a_root_that_is_no_folder(start: Start, volume: Path) -> None:
    (volume / "file").touch()
    for root in (volume / "file", volume / "none"):
        process = start(root)
        assert process.wait() == 1
        assert os.fsencode(root) in process.stderr.read()
