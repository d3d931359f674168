"""Finding entries by their names, and lines by what they hold, below a folder."""

from __future__ import annotations

import struct
from collections.abc import Generator
from dataclasses import dataclass
from typing import NamedTuple

from tui.engine.agent import AgentConnection
from tui.engine.answers import done
from tui.engine.errors import ProtocolError
from tui.engine.model import Entry
from tui.engine.protocol import (
    FrameType,
    answer_object,
    encode_name,
    flag,
    integer,
    parse_entries,
)

_RECORD = struct.Struct("<QQIIII")


class Found(NamedTuple):
    """An entry whose name fits."""

    path: str
    """Absolute in the volume."""
    entry: Entry


class Matched(NamedTuple):
    """A line that matches; a line counts once, with its first match."""

    path: str
    """Of the file, absolute in the volume."""
    line: int
    """From 1 on."""
    offset: int
    """Of the line's first byte in the file."""
    text: str
    """The line, or about 400 bytes of it around the match."""
    begin: int
    """First character of the match in `text`."""
    end: int
    """Character behind the match in `text`."""


@dataclass(frozen=True, slots=True)
class SearchSum:
    """What a search has looked at so far."""

    entries: int
    files: int
    """Regular files whose contents were looked at, binary ones included."""
    bytes: int
    binary: int
    """Of the files, those left out as binary: a NUL in their first 32 KiB."""
    errors: int
    """Folders and files that could not be read: what is in them is not known."""
    found: int
    complete: bool
    """Nothing follows."""
    cut: bool
    """The search ended early: there are more results than one search gives."""


def find(
    agent: AgentConnection, path: str, pattern: str, *, glob: bool = False, limit: int = 0
) -> Generator[list[Found] | SearchSum, None, None]:
    """Entries below a folder, in the order they are met, and a sum several times a second.

    Without `glob` the characters of the pattern have to stand in the name in this order; case
    counts if one of them is upper-case. With it, `*`, `?` and `[a-z]` stay inside one name and
    `**` goes over folders. A pattern with a slash is about the path below the folder, another one
    about the name alone. `limit`: results at most, 0 for as many as one search gives (100,000).
    """
    with agent.request(
        "find", path, pattern=encode_name(pattern), glob=glob, limit=limit
    ) as answers:
        for frame in answers:
            if frame.type is FrameType.ENTRIES:
                yield [_found(path, entry) for entry in parse_entries(frame.payload)]
            else:
                final = frame.type is not FrameType.PROGRESS and done(frame)
                yield _sum(frame.payload, final)


def grep(
    agent: AgentConnection,
    path: str,
    pattern: str,
    *,
    fixed: bool = False,
    ignore_case: bool = False,
    glob: str = "",
    limit: int = 0,
) -> Generator[list[Matched] | SearchSum, None, None]:
    """Matching lines of the files below a folder, or of one file, as they are found.

    The pattern is RE2's, or with `fixed` a text; `glob` says which files, as in `find`. Raises
    `FileFailed` with EINVAL and RE2's words for a pattern that is none.
    """
    with agent.request(
        "grep",
        path,
        pattern=encode_name(pattern),
        fixed=fixed,
        ignore_case=ignore_case,
        glob=encode_name(glob),
        limit=limit,
    ) as answers:
        for frame in answers:
            if frame.type is FrameType.DATA:
                yield _matches(path, frame.payload)
            else:
                final = frame.type is not FrameType.PROGRESS and done(frame)
                yield _sum(frame.payload, final)


def _found(folder: str, entry: Entry) -> Found:
    below = entry.name
    return Found(_below(folder, below), entry._replace(name=below.rpartition("/")[2]))


def _below(folder: str, path: str) -> str:
    return f"{folder.rstrip('/')}/{path}" if path else folder


def _sum(payload: bytes, final: bool) -> SearchSum:
    answer = answer_object(payload)
    return SearchSum(
        integer(answer, "entries"),
        integer(answer, "files"),
        integer(answer, "bytes"),
        integer(answer, "binary"),
        integer(answer, "errors"),
        integer(answer, "found"),
        complete=final,
        cut=flag(answer, "cut"),
    )


def _matches(folder: str, payload: bytes) -> list[Matched]:
    """The records of a DATA; one without a path is about the same file as the one before."""
    found = []
    at, path = 0, folder
    try:
        while at < len(payload):
            line, offset, begin, end, path_size, size = _RECORD.unpack_from(payload, at)
            at += _RECORD.size + path_size
            if path_size:
                path = _below(folder, _decode(payload[at - path_size : at]))
            text = payload[at : at + size]
            at += size
            if not begin <= end <= len(text) == size:
                raise ProtocolError("The helper sent matches that are cut off.")
            found.append(_matched(path, line, offset, text, begin, end))
    except struct.error as error:
        raise ProtocolError("The helper sent matches that are cut off.") from error
    return found


def _matched(path: str, line: int, offset: int, text: bytes, begin: int, end: int) -> Matched:
    """Decoded part by part, so that begin and end are right whatever the bytes are."""
    if text.isascii():
        return Matched(path, line, offset, text.decode("ascii"), begin, end)
    before, match, after = map(_decode, (text[:begin], text[begin:end], text[end:]))
    start = len(before)
    return Matched(path, line, offset, before + match + after, start, start + len(match))


def _decode(name: bytes) -> str:
    return name.decode("utf-8", "surrogateescape")
