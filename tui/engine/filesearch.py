"""Looking for text in one file of any size; patterns are RE2's, whose time is linear."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass
from typing import Any

from tui.engine.agent import AgentConnection
from tui.engine.answers import done
from tui.engine.errors import ProtocolError
from tui.engine.protocol import FrameType, answer_object, integer

Hit = tuple[int, int]
"""Where a match begins and ends, in bytes of the file."""


@dataclass(frozen=True, slots=True)
class Needle:
    """What to look for."""

    pattern: bytes
    """UTF-8 of an RE2 expression, or any bytes where it is `fixed`."""
    fixed: bool = False
    ignore_case: bool = False


@dataclass(frozen=True, slots=True)
class Searched:
    """How far a search is, and what it found since the part before."""

    at: int
    """Offset in bytes up to which, backwards down to which, everything was looked at."""
    hits: tuple[Hit, ...]
    complete: bool


def search_file(
    agent: AgentConnection,
    path: str,
    needle: Needle,
    offset: int,
    *,
    backwards: bool = False,
    until: int | None = None,
    limit: int = 1,
) -> Generator[Searched, None, None]:
    """Find what begins at `offset` or behind it, backwards what begins before, nearest first.

    `until` bounds where a match begins, `limit` (at most 10,000) how many are told. A match lies
    within one line and is at most 64 KiB long. A bad pattern is `FileFailed` EINVAL.
    """
    with agent.request(
        "search",
        path,
        pattern=needle.pattern,
        fixed=needle.fixed,
        ignore_case=needle.ignore_case,
        offset=offset,
        backwards=backwards,
        until=until,
        limit=limit,
    ) as answers:
        for frame in answers:
            if frame.type is FrameType.PROGRESS or done(frame):
                answer = answer_object(frame.payload)
                complete = frame.type is FrameType.DONE
                yield Searched(integer(answer, "at"), _hits(answer), complete)


def _hits(answer: dict[str, Any]) -> tuple[Hit, ...]:
    pairs = answer.get("hits")
    if not isinstance(pairs, list) or not all(map(_is_hit, pairs)):
        raise ProtocolError("The helper sent hits that make no sense.")
    return tuple((begin, end) for begin, end in pairs)


def _is_hit(pair: object) -> bool:
    return (
        isinstance(pair, list)
        and len(pair) == 2
        and all(type(place) is int for place in pair)
        and 0 <= pair[0] <= pair[1]
    )
