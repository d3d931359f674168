"""AgentConnection: the client's end of the wire, over any stream of bytes."""

from __future__ import annotations

import contextlib
import threading
from collections import deque
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from typing import Protocol

from tui.engine.answers import FINAL, Answers, BulkInbox, Inbox, done, together
from tui.engine.cancel import refuse_cancelled, waking
from tui.engine.errors import EngineError, EngineTimeout, HelperLost, ProtocolError
from tui.engine.model import DiskUsage, EntryBatch, FileRange, FileStat
from tui.engine.protocol import (
    PROTOCOL,
    AgentInfo,
    Frame,
    FrameReader,
    FrameType,
    Json,
    encode_frame,
    encode_header,
    encode_request,
    parse_count,
    parse_entries,
    parse_error,
    parse_hello,
    parse_stat,
    parse_target,
    parse_usage,
)

_CHUNK = 256 * 1024
_LAST_NUMBER = 0xFFFF_FFFF
AT_ONCE = 48
"""Requests under way; the agent refuses a 65th, and counts cancelled ones until they have ended."""


class ByteStream(Protocol):
    """A stream in both directions: the attached helper, or the pipes of a subprocess."""

    def recv(self, size: int, /) -> bytes | memoryview:
        """At most `size` bytes, empty at the end; raises `OSError`."""

    def sendall(self, data: bytes | memoryview, /) -> None:
        """Write everything; raises `OSError`."""

    def close(self) -> None:
        """End both directions; whoever is in `recv` gets its end, in `sendall` an `OSError`."""


class AgentConnection:
    """Asks one agent; any number of threads may do so at the same time.

    Every method raises `FileFailed` for what is wrong with its path, `EngineTimeout` when the
    agent sends nothing about the request for `deadline` seconds, `HelperLost` once the stream has
    ended and `ProtocolError` for answers that make no sense.
    """

    HEARTBEAT = 20.0
    """Seconds between two signs of life; the agent waits 90 s for one."""

    CHOKED = 2.0
    """Seconds after which a cancel ends the stream, where the agent takes no more bytes."""

    def __init__(self, stream: ByteStream, *, deadline: float = 30.0) -> None:
        self._stream = stream
        self._deadline = deadline
        # A listing that is forgotten half-read may be collected, and so cancelled, inside any
        # call of ours: neither lock may wait for its own thread.
        self._lock = threading.RLock()
        self._sending = threading.Lock()
        self._outgoing: deque[bytes] = deque()
        self._number = 0
        # None: its caller went away, its final frame is still to come.
        self._inboxes: dict[int, Inbox | None] = {}
        self._lost: EngineError | None = None
        self._ended = threading.Event()
        self._room = threading.Semaphore(AT_ONCE)
        self._reader = threading.Thread(target=self._read, name="voltui-agent", daemon=True)
        self._reader.start()

    @property
    def closed(self) -> bool:
        """Whether no request can be answered any more."""
        return self._lost is not None

    def hello(self) -> AgentInfo:
        """The handshake, which comes before everything else; from then on heartbeats go out."""
        with self.request("hello", protocol=PROTOCOL) as answers:
            info = parse_hello(answers.only())
        if info.protocol != PROTOCOL:
            raise ProtocolError(f"The helper speaks protocol {info.protocol}, not {PROTOCOL}.")
        threading.Thread(target=self._keep_alive, name="voltui-heartbeat", daemon=True).start()
        return info

    def entries(self, path: str) -> Generator[EntryBatch, None, None]:
        """List a folder in batches as they are read; closing the generator ends the reading."""
        listed = 0
        with self.request("list", path) as answers:
            for frame in answers:
                if frame.type is FrameType.ENTRIES:
                    batch = parse_entries(frame.payload)
                    listed += len(batch)
                    yield batch
                elif done(frame) and parse_count(frame.payload) != listed:
                    raise ProtocolError(f"The helper lost entries of {path}.")

    def stat(self, path: str) -> FileStat:
        """What `statx` tells of one entry, a link itself included."""
        with self.request("stat", path) as answers:
            return parse_stat(answers.only(), path)

    def read(self, path: str, offset: int, length: int) -> FileRange:
        """At most `length` bytes of a regular file as it is now; short only at its end."""
        data = []
        with self.request("read", path, offset=offset, length=length) as answers:
            for frame in answers:
                if frame.type is FrameType.DATA:
                    data.append(frame.payload)
                elif done(frame):
                    version = parse_stat(frame.payload, path).version
        return FileRange(b"".join(data), offset, version)

    def readlink(self, path: str) -> str:
        """Where a symbolic link points."""
        with self.request("readlink", path) as answers:
            return parse_target(answers.only())

    def usage(self, path: str) -> Generator[DiskUsage, None, None]:
        """Count what a folder holds: partial sums several times a second, the last is complete."""
        with self.request("usage", path) as answers:
            for frame in answers:
                if frame.type is FrameType.PROGRESS or done(frame):
                    yield parse_usage(frame.payload)

    def heartbeat(self) -> None:
        """Tell the agent that we are there; it ends after 90 s without any frame."""
        self._send(encode_frame(0, FrameType.HEARTBEAT))

    def close(self) -> None:
        """End the stream, which ends the agent; whoever waits gets `HelperLost`."""
        self._lose(HelperLost("The helper was closed."))
        if threading.current_thread() is not self._reader:
            self._reader.join(1.0)

    def _keep_alive(self) -> None:
        while not self._ended.wait(self.HEARTBEAT):
            with contextlib.suppress(EngineError):
                self.heartbeat()

    @contextmanager
    def request(
        self,
        op: str,
        path: str | None = None,
        *,
        endless: bool = False,
        bulk: bool = False,
        **fields: Json | bytes,
    ) -> Iterator[Answers]:
        """Ask, and give the answers; leaving before DONE cancels.

        An `endless` request may be silent for as long as it likes. A `bulk` one holds up all
        others while what it answers is not taken: it wants a connection of its own.
        """
        if not self._room.acquire(timeout=self._deadline):
            raise EngineTimeout("The helper is busy with other requests.")
        try:
            number, inbox = self._register(BulkInbox() if bulk else Inbox())
            answers = Answers(
                inbox,
                op,
                path or "/",
                None if endless else self._deadline,
                refuse_lost=self._refuse_lost,
                ask_more=lambda: self._send(encode_frame(number, FrameType.MORE)),
                cancel=lambda: self._cancel(number),
                feed=lambda data: self._feed(number, data),
            )
            try:
                with waking(lambda: inbox.put(None)):
                    self._send(encode_request(number, op, path, **fields))
                    yield answers
            finally:
                inbox.close()
                self._release(number)
        finally:
            self._room.release()

    def _register(self, inbox: Inbox) -> tuple[int, Inbox]:
        with self._lock:
            self._refuse_lost()
            self._number = self._number % _LAST_NUMBER + 1
            while self._number in self._inboxes:
                self._number = self._number % _LAST_NUMBER + 1
            self._inboxes[self._number] = inbox
            return self._number, inbox

    def _release(self, number: int) -> None:
        with self._lock:
            unfinished = number in self._inboxes
            if unfinished:
                self._inboxes[number] = None
        if unfinished:
            self._cancel(number)

    def _cancel(self, number: int) -> None:
        with contextlib.suppress(EngineError):
            self._send(encode_frame(number, FrameType.CANCEL))

    def _send(self, data: bytes) -> None:
        """Write a frame, or leave it to the thread that is writing."""
        self._refuse_lost()
        self._outgoing.append(data)
        while self._outgoing and self._sending.acquire(blocking=False):
            try:
                while self._outgoing:
                    self._stream.sendall(self._outgoing.popleft())
            except OSError as error:
                self._lose(_broken(error))
            finally:
                self._sending.release()
            self._refuse_lost()

    def _feed(self, number: int, data: bytes | memoryview | None) -> None:
        """Write bytes for an operation that eats, or its END, behind all that goes out already."""
        if data is None:
            self._send(encode_frame(number, FrameType.END))
            return
        refuse_cancelled()
        with waking(self._end_if_choked), self._sending:
            self._refuse_lost()
            try:
                while self._outgoing:
                    self._stream.sendall(self._outgoing.popleft())
                self._stream.sendall(encode_header(number, FrameType.FEED, len(data)))
                self._stream.sendall(data)
            except OSError as error:
                self._lose(_broken(error))
        if self._outgoing:  # Left to us meanwhile.
            self._send(b"")
        self._refuse_lost()

    def _end_if_choked(self) -> None:
        """After a cancel in the middle of a frame: nothing can be said behind it but the end."""

        def end() -> None:
            if self._sending.acquire(blocking=False):
                self._sending.release()
            else:
                self._lose(HelperLost("The helper took no more bytes."))

        timer = threading.Timer(self.CHOKED, end)
        timer.daemon = True
        timer.start()

    def _read(self) -> None:
        """Hand the frames to the threads that wait for them, until the stream ends."""
        reader = FrameReader()
        try:
            while data := self._stream.recv(_CHUNK):
                for frames in together(reader.feed(data)):
                    self._deliver(frames)
        except OSError as error:
            self._lose(_broken(error))
        except ProtocolError as error:
            self._lose(error)
        else:
            self._lose(HelperLost("The helper ended.", hint="Open the volume again."))

    def _deliver(self, frames: list[Frame]) -> None:
        """Deliver frames of one request."""
        last = frames[-1]
        with self._lock:
            if last.request not in self._inboxes:
                raise _unasked(last)
            inbox = self._inboxes[last.request]
            if last.type in FINAL:
                del self._inboxes[last.request]
        if inbox is not None:
            inbox.put(frames)

    def _lose(self, error: EngineError) -> None:
        """Keep the first reason, end the stream and wake everybody who waits."""
        with self._lock:
            if self._lost is not None:
                return
            self._lost = error
            self._ended.set()
            inboxes, self._inboxes = self._inboxes, {}
        self._stream.close()
        for inbox in inboxes.values():
            if inbox is not None:
                inbox.put(None)

    def _refuse_lost(self) -> None:
        if self._lost is not None:
            raise type(self._lost)(str(self._lost), hint=self._lost.hint) from self._lost


def _unasked(frame: Frame) -> ProtocolError:
    if frame.request == 0 and frame.type is FrameType.ERROR:
        return ProtocolError(f"The helper gave up: {parse_error(frame.payload).message}.")
    return ProtocolError("The helper answered a request that nobody made.")


def _broken(error: OSError) -> HelperLost:
    if isinstance(error, BlockingIOError):
        return HelperLost("The helper took no more bytes for minutes.", hint="Its engine may hang.")
    return HelperLost(f"The connection to the helper broke: {error.strerror or error}.")
