"""LineIndex: where the lines of a file are, known by how many line ends each step of it has.

Eight bytes for a step of 64 KiB, however many lines there are and however long they are.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Generator
from dataclasses import dataclass
from typing import Any

from tui.engine.agent import AgentConnection
from tui.engine.answers import done
from tui.engine.errors import ProtocolError
from tui.engine.protocol import FrameType, answer_object, integer

STEP = 65_536
"""Bytes of a step."""

MOST_STEPS = 1 << 20
"""Steps that are counted: beyond 64 GiB lines have no numbers."""


@dataclass(frozen=True, slots=True)
class LineCounts:
    """Line ends of steps that follow one another."""

    offset: int
    """Where the first of them begins, in bytes."""
    counts: tuple[int, ...]
    done: int
    """Where the last of them ends: no multiple of a step at the end of the file."""
    complete: bool
    ended: bool
    """Whether the bytes before `done` are a line end."""


class LineIndex:
    """Line ends up to each step of one file, as far as they were counted."""

    def __init__(self) -> None:
        self._before = array("Q", [0])
        self.done = 0
        """Bytes that were counted."""
        self.complete = False
        """Whether all that was in the file when it was asked is counted."""
        self._ended = True

    def __len__(self) -> int:
        """Lines that were counted, one without an end at the end of what was counted too."""
        return self._before[-1] + (0 if self._ended or not self.done else 1)

    @property
    def full(self) -> bool:
        """Whether no more steps are counted."""
        return len(self._before) > MOST_STEPS

    def add(self, part: LineCounts) -> None:
        """Take over counts that follow what is known, or replace the end of it."""
        steps = part.offset // STEP
        if steps >= len(self._before):
            raise ValueError("Steps before these are not counted yet.")
        del self._before[steps + 1 :]
        total = self._before[-1]
        for count in part.counts:
            total += count
            self._before.append(total)
        self.done = part.done
        self.complete = part.complete
        self._ended = part.ended

    @property
    def next(self) -> int:
        """Where counting goes on: the step in which the known end is."""
        return self.done // STEP * STEP

    def before(self, offset: int) -> int | None:
        """Line ends before the step of an offset; None where that is not known yet."""
        step = offset // STEP
        return self._before[step] if step < len(self._before) else None

    def step_of(self, line: int) -> int | None:
        """Where the step begins in which the line with that number (from 0) begins.

        None where that is not known yet, or where there are not so many.
        """
        if line > self._before[-1]:
            return None
        return max(0, bisect_left(self._before, line) - 1) * STEP


def lines(
    agent: AgentConnection, path: str, offset: int = 0, unit: str = ""
) -> Generator[LineCounts, None, None]:
    """Count line ends from a step's begin on, part by part; the last part is complete.

    `unit` is `le` or `be` for UTF-16, whose line end has two bytes.
    """
    at = offset
    with agent.request("lines", path, offset=offset, step=STEP, unit=unit) as answers:
        for frame in answers:
            if frame.type is FrameType.PROGRESS or done(frame):
                answer = answer_object(frame.payload)
                part = _part(answer, at, complete=frame.type is FrameType.DONE)
                yield part
                at += len(part.counts) * STEP


def _part(answer: dict[str, Any], offset: int, *, complete: bool) -> LineCounts:
    counts = answer.get("counts")
    if not isinstance(counts, list) or not all(type(n) is int and 0 <= n <= STEP for n in counts):
        raise ProtocolError("The helper sent line counts that make no sense.")
    end = integer(answer, "done")
    if not max(0, len(counts) - 1) * STEP <= end - offset <= len(counts) * STEP:
        raise ProtocolError("The helper sent line counts that do not fit together.")
    return LineCounts(offset, tuple(counts), end, complete, answer.get("ended") is True)
