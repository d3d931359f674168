"""Answers: what the agent says to one request."""

from __future__ import annotations

import queue
from collections.abc import Callable, Iterator

from tui.engine.cancel import refuse_cancelled
from tui.engine.errors import EngineTimeout, ProtocolError
from tui.engine.failures import file_failed
from tui.engine.protocol import Frame, FrameType, parse_error

Inbox = queue.SimpleQueue[Frame | None]
"""Frames of one request; None wakes who waits: the stream ended, or the work was cancelled."""


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
    ) -> None:
        self._inbox = inbox
        self._op = op
        self._path = path
        self._deadline = deadline
        self._refuse_lost = refuse_lost
        self._ask_more = ask_more
        self._ended = False

    def __next__(self) -> Frame:
        if self._ended:
            raise StopIteration
        frame = self._take()
        while frame is None:
            refuse_cancelled()
            self._refuse_lost()
            frame = self._take()
        if frame.type is FrameType.ERROR:
            raise file_failed(self._op, self._path, parse_error(frame.payload))
        self._ended = frame.type is FrameType.DONE
        return frame

    def _take(self) -> Frame | None:
        try:
            return self._inbox.get(timeout=self._deadline)
        except queue.Empty:
            raise EngineTimeout(
                f"The helper said nothing about {self._path} for {self._deadline:g} seconds.",
                hint="The storage of the volume may be slow or away.",
            ) from None

    def more(self) -> None:
        """Ask a waiting operation for what it gathers next."""
        self._ask_more()

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
