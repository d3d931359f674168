"""Frames and records of the wire between client and agent; nothing here reads or writes a stream.

Source: ARCHITECTURE.md, "The wire between client and agent". What does not follow it raises
`ProtocolError`.
"""

from __future__ import annotations

import base64
import binascii
import json
import struct
import sys
from array import array
from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum
from typing import Any, NamedTuple

from tui.engine.errors import ProtocolError
from tui.engine.model import DiskUsage, Entry, EntryBatch, FileStat, FileVersion

PROTOCOL = 1
MAX_PAYLOAD = 1024 * 1024
_HEADER = struct.Struct("<IIB")
_COUNT = struct.Struct("<I")
_COLUMNS = [(code, array(code).itemsize) for code in "IIIIIIqqQQ"]
_SECOND = 1_000_000_000
_NAMES = ("utf-8", "surrogateescape")
"""Codec of names, whatever the locale says."""

Json = int | str | bool | None
"""What a request may carry beside bytes."""


class FrameType(IntEnum):
    """What a frame says."""

    REQUEST = 1
    CANCEL = 2
    HEARTBEAT = 3
    MORE = 4
    FEED = 5
    END = 6
    ENTRIES = 129
    DATA = 130
    PROGRESS = 131
    DONE = 132
    ERROR = 133


_FROM_AGENT = {kind.value: kind for kind in FrameType if kind >= FrameType.ENTRIES}


class Frame(NamedTuple):
    """One frame of the agent."""

    request: int
    type: FrameType
    payload: bytes


@dataclass(frozen=True, slots=True)
class AgentInfo:
    """The agent's answer to the handshake."""

    protocol: int
    version: str
    architecture: str
    """Go's word: `amd64`, `arm64`."""


@dataclass(frozen=True, slots=True)
class AgentError:
    """The payload of an ERROR frame."""

    code: str
    """Name of the errno, such as `ENOENT`."""
    errno: int
    """The number Linux gives it."""
    message: str


class FrameReader:
    """Cuts the bytes of the agent into frames, however they arrive: each byte is copied once."""

    def __init__(self) -> None:
        self._head = b""
        """The begin of a header that is not complete."""
        self._frame: tuple[int, FrameType] | None = None
        """Request and type of the frame whose payload is being gathered."""
        self._parts: list[memoryview] = []
        self._missing = 0

    def feed(self, data: bytes | memoryview) -> Iterator[Frame]:
        """Yield every frame that `data` completes."""
        view = memoryview(data)
        while True:
            if self._frame is None:
                if len(self._head) + len(view) < _HEADER.size:
                    self._head += view
                    return
                wanted = _HEADER.size - len(self._head)
                self._frame = self._begin(self._head + view[:wanted])
                view = view[wanted:]
            part = view[: self._missing]
            view = view[len(part) :]
            self._parts.append(part)
            self._missing -= len(part)
            if self._missing:
                return
            request, kind = self._frame
            payload = b"".join(self._parts)
            self._frame, self._parts = None, []
            yield Frame(request, kind, payload)

    def _begin(self, head: bytes) -> tuple[int, FrameType]:
        """Take the header of the next frame."""
        size, request, number = _HEADER.unpack(head)
        kind = _FROM_AGENT.get(number)
        if size > MAX_PAYLOAD or kind is None:
            raise ProtocolError(
                f"The helper sent a frame of type {number} with {size} bytes.",
                hint="Something else than voltui's agent answers.",
            )
        self._head, self._missing = b"", size
        return request, kind


def encode_frame(request: int, kind: FrameType, payload: bytes = b"") -> bytes:
    """One frame as bytes."""
    return encode_header(request, kind, len(payload)) + payload


def encode_header(request: int, kind: FrameType, size: int) -> bytes:
    """What stands before a payload of `size` bytes."""
    return _HEADER.pack(size, request, kind)


def encode_request(request: int, op: str, path: str | None = None, **fields: Json | bytes) -> bytes:
    """A REQUEST frame; `path` is absolute inside the volume, bytes travel as base64."""
    call: dict[str, object] = {"op": op}
    if path is not None:
        fields["path"] = encode_name(path)
    for field, value in fields.items():
        call[field] = base64.b64encode(value).decode() if isinstance(value, bytes) else value
    return encode_frame(request, FrameType.REQUEST, json.dumps(call).encode("ascii"))


def encode_name(name: str) -> bytes:
    """A name, path or pattern as the agent wants it: the bytes it stands for."""
    return name.encode(*_NAMES)


def parse_hello(payload: bytes) -> AgentInfo:
    """The DONE of `hello`."""
    answer = answer_object(payload)
    return AgentInfo(
        integer(answer, "protocol"), text(answer, "agent"), text(answer, "architecture")
    )


def parse_error(payload: bytes) -> AgentError:
    """An ERROR."""
    answer = answer_object(payload)
    return AgentError(text(answer, "code"), integer(answer, "errno"), text(answer, "message"))


def parse_target(payload: bytes) -> str:
    """The DONE of `readlink`."""
    return name(answer_object(payload), "target")


def parse_usage(payload: bytes) -> DiskUsage:
    """A PROGRESS or the DONE of `usage`."""
    return usage_of(answer_object(payload))


def usage_of(answer: dict[str, Any]) -> DiskUsage:
    """The sums in an answer."""
    fields = ("apparent", "disk", "files", "directories", "errors")
    return DiskUsage(*(integer(answer, field) for field in fields))


def parse_count(payload: bytes) -> int:
    """The DONE of `list`: how many entries were sent."""
    return integer(answer_object(payload), "entries")


def parse_stat(payload: bytes, path: str) -> FileStat:
    """The DONE of `stat` for `path`, or that of `read`."""
    answer = answer_object(payload)

    def time_ns(which: str) -> int:
        return integer(answer, which) * _SECOND + integer(answer, f"{which}_nsec")

    entry = Entry(
        name=path.rpartition("/")[2],
        mode=integer(answer, "mode"),
        uid=integer(answer, "uid"),
        gid=integer(answer, "gid"),
        size=integer(answer, "size"),
        mtime=integer(answer, "mtime"),
        mtime_nsec=integer(answer, "mtime_nsec"),
        nlink=integer(answer, "nlink"),
        inode=integer(answer, "inode"),
        rdev=integer(answer, "rdev_major") << 32 | integer(answer, "rdev_minor"),
        target=name(answer, "target"),
        errno=0,
    )
    return FileStat(
        entry=entry,
        version=FileVersion(entry.inode, entry.size, entry.mtime_ns, time_ns("ctime")),
        atime_ns=time_ns("atime"),
        btime_ns=None if answer.get("btime") is None else time_ns("btime"),
        blocks=integer(answer, "blocks"),
    )


def parse_entries(payload: bytes) -> EntryBatch:
    """An ENTRIES."""
    view = memoryview(payload)
    try:
        (count,) = _COUNT.unpack_from(view)
        at = _COUNT.size
        columns = []
        for code, size in _COLUMNS:
            end = at + count * size
            if end > len(payload):
                raise ProtocolError("The helper sent a listing that is cut off.")
            column = array(code, payload[at:end])
            if sys.byteorder == "big":
                column.byteswap()
            columns.append(column)
            at = end
        names, at = _texts(view, at, count)
        targets, at = _texts(view, at, count)
    except (struct.error, ValueError) as error:
        raise ProtocolError("The helper sent a listing that is cut off.") from error
    if at != len(payload):
        raise ProtocolError("The helper sent a listing with bytes behind its end.")
    modes, uids, gids, nlinks, errnos, mtime_nsecs, sizes, mtimes, inodes, rdevs = columns
    return EntryBatch(
        names=names,
        modes=modes,
        uids=uids,
        gids=gids,
        sizes=sizes,
        mtimes=mtimes,
        mtime_nsecs=mtime_nsecs,
        nlinks=nlinks,
        inodes=inodes,
        rdevs=rdevs,
        targets=targets,
        errnos=errnos,
    )


def _texts(view: memoryview, at: int, count: int) -> tuple[list[str], int]:
    """`count` texts joined by NUL behind their length, and where they end."""
    (size,) = _COUNT.unpack_from(view, at)
    begin = at + _COUNT.size
    end = begin + size
    if end > len(view):
        raise ProtocolError("The helper sent a listing that is cut off.")
    if count == 0:
        return [], end
    # NUL never is part of a longer character, so decoding before splitting is the same.
    texts = str(view[begin:end], *_NAMES).split("\0")
    if len(texts) != count:
        raise ProtocolError(f"The helper sent {len(texts)} names for {count} entries.")
    return texts, end


def answer_object(payload: bytes) -> dict[str, Any]:
    """The JSON object of a PROGRESS, DONE or ERROR."""
    try:
        value = json.loads(payload.decode())
    except (ValueError, RecursionError) as error:
        raise ProtocolError("The helper sent an answer that is no JSON.") from error
    if not isinstance(value, dict):
        raise ProtocolError("The helper sent an answer that is no JSON object.")
    return value


def integer(answer: dict[str, Any], field: str) -> int:
    """A number of an answer."""
    value = answer.get(field)
    if type(value) is not int:
        raise ProtocolError(f"The helper sent an answer without a number for {field}.")
    return value


def flag(answer: dict[str, Any], field: str) -> bool:
    """True or false of an answer."""
    value = answer.get(field)
    if not isinstance(value, bool):
        raise ProtocolError(f"The helper sent an answer without true or false for {field}.")
    return value


def text(answer: dict[str, Any], field: str) -> str:
    """A text of an answer."""
    value = answer.get(field)
    if not isinstance(value, str):
        raise ProtocolError(f"The helper sent an answer without a text for {field}.")
    return value


def objects(answer: dict[str, Any], field: str) -> list[dict[str, Any]]:
    """The objects of a list; none where the field is missing."""
    value = answer.get(field, [])
    if not isinstance(value, list) or not all(isinstance(child, dict) for child in value):
        raise ProtocolError(f"The helper sent an answer without objects for {field}.")
    return value


def name(answer: dict[str, Any], field: str) -> str:
    """A name or path of an answer: base64 of any bytes."""
    try:
        return base64.b64decode(text(answer, field), validate=True).decode(*_NAMES)
    except binascii.Error as error:
        raise ProtocolError(f"The helper sent an answer without bytes for {field}.") from error


def names(answer: dict[str, Any], field: str) -> list[str]:
    """The names or paths of a list; none where the field is missing."""
    value = answer.get(field, [])
    if not isinstance(value, list):
        raise ProtocolError(f"The helper sent an answer without names for {field}.")
    return [name({field: each}, field) for each in value]
