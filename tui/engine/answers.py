"""Answers: what the agent says to one request."""

from __future__ import annotations

import queue
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator

from tui.engine.cancel import refuse_cancelled
from tui.engine.errors import EngineTimeout, ProtocolError
from tui.engine.failures import file_failed
from tui.engine.protocol import Frame, FrameType, parse_error

FINAL = frozenset({FrameType.DONE, FrameType.ERROR})

_MOST_KEPT = 8 * 1024 * 1024
"""Bytes that wait in the inbox of a bulk request; what comes after them waits in the stream."""


class Inbox:
    """Frames of one request, those that came together in one list: each put wakes who waits. None
    wakes too: the stream ended, or the work was cancelled.
    """

    def __init__(self) -> None:
        self._queue: queue.SimpleQueue[list[Frame] | None] = queue.SimpleQueue()

    def put(self, frames: list[Frame] | None) -> None:
        """Add frames, or wake who waits."""
        self._queue.put(frames)

    def get(self, timeout: float | None) -> list[Frame] | None:
        """Wait for the next ones; raises `queue.Empty`."""
        return self._queue.get(timeout=timeout)

    def close(self) -> None:
        """Nobody takes anything out of it any more."""


class BulkInbox(Inbox):
    """One that holds up the whole stream while nobody takes out what is in it: more than 8 MiB
    never wait.
    """

    def __init__(self) -> None:
        super().__init__()
        self._kept = 0
        self._closed = False
        self._room = threading.Condition()

    def put(self, frames: list[Frame] | None) -> None:
        """Add frames as soon as there is room for them."""
        if frames is not None:
            with self._room:
                self._room.wait_for(lambda: self._kept < _MOST_KEPT or self._closed)
                if self._closed:
                    return
                self._kept += _size(frames)
        super().put(frames)

    def get(self, timeout: float | None) -> list[Frame] | None:
        """Take out the next ones, which makes room; raises `queue.Empty`."""
        frames = super().get(timeout)
        if frames is not None:
            with self._room:
                self._kept -= _size(frames)
                self._room.notify()
        return frames

    def close(self) -> None:
        """Let the stream go on; what comes is dropped."""
        with self._room:
            self._closed = True
            self._room.notify()


def _size(frames: list[Frame]) -> int:
    return sum(len(frame.payload) for frame in frames)


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
        feed: Callable[[bytes | memoryview | None], None],
    ) -> None:
        self._inbox = inbox
        self._op = op
        self._path = path
        self._deadline = deadline
        self._refuse_lost = refuse_lost
        self._ask_more = ask_more
        self._cancel = cancel
        self._feed = feed
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

    def feed(self, data: bytes | memoryview) -> None:
        """Give an operation that eats at most 1 MiB of bytes; waits where it is slow.

        Raises `HelperLost`, and `Cancelled` where nobody waits for the outcome any more.
        """
        self._feed(data)

    def end(self) -> None:
        """Tell an operation that eats that it has all."""
        self._feed(None)

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
