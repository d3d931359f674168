"""Answers: what the agent says to one request."""

from __future__ import annotations

import queue
from collections import deque
from collections.abc import Callable, Iterable, Iterator

from tui.engine.cancel import refuse_cancelled
from tui.engine.errors import EngineTimeout, ProtocolError
from tui.engine.failures import file_failed
from tui.engine.protocol import Frame, FrameType, parse_error

FINAL = frozenset({FrameType.DONE, FrameType.ERROR})

Inbox = queue.SimpleQueue[list[Frame] | None]
"""Frames of one request, those that came together in one list: each put wakes who waits. None wakes
too: the stream ended, or the work was cancelled."""


def together(frames: Iterable[Frame]) -> Iterator[list[Frame]]:
    """Frames that follow one another and belong to one request, none behind its final one."""
    run: list[Frame] = []
    for frame in frames:
        if run and (frame.request != run[0].request or run[-1].type in FINAL):
            yield run
            run = []
        run.append(frame)
    if run:
        yield run


class Answers(Iterator[Frame]):
    """The frames up to DONE; an ERROR raises `FileFailed`."""

    def __init__(
        self,
        inbox: Inbox,
        op: str,
        path: str,
        deadline: float | None,
        *,
        refuse_lost: Callable[[], None],
        ask_more: Callable[[], None],
        cancel: Callable[[], None],
    ) -> None:
        self._inbox = inbox
        self._op = op
        self._path = path
        self._deadline = deadline
        self._refuse_lost = refuse_lost
        self._ask_more = ask_more
        self._cancel = cancel
        self._frames: deque[Frame] = deque()
        self._ended = False

    def __next__(self) -> Frame:
        if self._ended:
            raise StopIteration
        while not self._frames:
            self._take()
        frame = self._frames.popleft()
        if frame.type is FrameType.ERROR:
            raise file_failed(self._op, self._path, parse_error(frame.payload))
        self._ended = frame.type is FrameType.DONE
        return frame

    def _take(self) -> None:
        try:
            frames = self._inbox.get(timeout=self._deadline)
        except queue.Empty:
            raise EngineTimeout(
                f"The helper said nothing about {self._path} for {self._deadline:g} seconds.",
                hint="The storage of the volume may be slow or away.",
            ) from None
        if frames is None:
            refuse_cancelled()
            self._refuse_lost()
        else:
            self._frames.extend(frames)

    def more(self) -> None:
        """Ask a waiting operation for what it gathers next."""
        self._ask_more()

    def cancel(self) -> None:
        """Ask the operation to end; what it says before its ERROR still comes."""
        self._cancel()

    def only(self) -> bytes:
        """The payload of the DONE of a request that is answered by nothing else."""
        frame = next(self)
        done(frame)
        return frame.payload


def done(frame: Frame) -> bool:
    """Whether this is the DONE; a frame of another type has no place here."""
    if frame.type is not FrameType.DONE:
        raise misplaced(frame)
    return True


def misplaced(frame: Frame) -> ProtocolError:
    """The error of a frame that makes no sense where it came."""
    return ProtocolError(f"The helper answered with {frame.type.name} where it makes no sense.")
