"""Frames and records, without a stream."""

from __future__ import annotations

import json
import random
import struct
import sys

import pytest

from tui.engine.errors import ProtocolError
from tui.engine.protocol import (
    Frame,
    FrameReader,
    FrameType,
    encode_frame,
    encode_request,
    parse_entries,
    parse_stat,
)

COLUMNS = "IIIIIIqqQQ"
ROWS = [
    ("a", "", (0o100644, 1, 2, 3, 0, 999_999_999, 5, -7, 2**64 - 1, 1 << 32 | 3)),
    ("\udcff\n", "\udcfe", (0o120777, 4294967294, 0, 1, 13, 0, 2**63 - 1, -(2**63), 1, 0)),
    ("é", "", (0, 0, 0, 0, 0, 0, 0, 0, 0, 0)),
]


def entries(order: str = "<") -> bytes:
    payload = struct.pack("<I", len(ROWS))
    for index, code in enumerate(COLUMNS):
        payload += struct.pack(f"{order}{len(ROWS)}{code}", *(row[2][index] for row in ROWS))
    for texts in ([row[0] for row in ROWS], [row[1] for row in ROWS]):
        joined = "\0".join(texts).encode("utf-8", "surrogateescape")
        payload += struct.pack("<I", len(joined)) + joined
    return payload


def test_entries() -> None:
    batch = parse_entries(entries())
    assert len(batch) == len(ROWS)
    for entry, (name, target, numbers) in zip(batch, ROWS, strict=True):
        mode, uid, gid, nlink, errno, mtime_nsec, size, mtime, inode, rdev = numbers
        assert entry == (
            name, mode, uid, gid, size, mtime, mtime_nsec, nlink, inode, rdev, target, errno
        )  # fmt: skip


def test_entries_on_a_big_endian_client(monkeypatch: pytest.MonkeyPatch) -> None:
    other = {"little": ("big", ">"), "big": ("little", "<")}[sys.byteorder]
    monkeypatch.setattr(sys, "byteorder", other[0])
    assert parse_entries(entries(other[1])).modes[0] == ROWS[0][2][0]


def test_no_entries() -> None:
    assert list(parse_entries(struct.pack("<III", 0, 0, 0))) == []


def test_entries_cut_anywhere() -> None:
    whole = entries()
    for size in range(len(whole)):
        with pytest.raises(ProtocolError):
            parse_entries(whole[:size])
    with pytest.raises(ProtocolError):
        parse_entries(whole + b"x")


def test_entries_changed_anywhere_never_crash() -> None:
    whole = bytearray(entries())
    chance = random.Random(7)
    for _ in range(3000):
        changed = bytearray(whole)
        changed[chance.randrange(len(changed))] = chance.randrange(256)
        try:
            batch = parse_entries(bytes(changed))
        except ProtocolError:
            continue
        assert len(list(batch)) == len(batch)


def test_frames_arrive_in_any_pieces() -> None:
    frames = [(number, FrameType.DATA, bytes(number * 7)) for number in range(1, 200)]
    stream = b"".join(encode_frame(*frame) for frame in frames)
    chance = random.Random(7)
    reader = FrameReader()
    seen: list[Frame] = []
    at = 0
    while at < len(stream):
        size = chance.choice([1, 2, 9, 100, 5000])
        seen += reader.feed(stream[at : at + size])
        at += size
    assert seen == frames


@pytest.mark.parametrize(
    "header", [struct.pack("<IIB", 1024 * 1024 + 1, 1, 130), struct.pack("<IIB", 0, 1, 1)]
)
def test_frames_that_no_agent_sends(header: bytes) -> None:
    with pytest.raises(ProtocolError):
        list(FrameReader().feed(header))


def test_a_request_carries_any_path() -> None:
    frame = encode_request(3, "read", "/\udcff/é\n", offset=1, length=2)
    payload = json.loads(frame[9:])
    assert payload == {"op": "read", "path": "L/8vw6kK", "offset": 1, "length": 2}


def test_a_birth_time_that_nobody_knows() -> None:
    fields = (
        "mode uid gid size mtime mtime_nsec ctime ctime_nsec atime atime_nsec nlink inode "
        "rdev_major rdev_minor blocks"
    )
    answer: dict[str, object] = dict.fromkeys(fields.split(), 0)
    answer |= {"btime": None, "btime_nsec": None, "target": ""}
    assert parse_stat(json.dumps(answer).encode(), "/a/b").btime_ns is None
    answer |= {"btime": -1, "btime_nsec": 5}
    found = parse_stat(json.dumps(answer).encode(), "/a/b")
    assert found.btime_ns == -1_000_000_000 + 5
    assert found.entry.name == "b"
    for field in fields.split():
        with pytest.raises(ProtocolError):
            parse_stat(json.dumps(answer | {field: "x"}).encode(), "/a")
