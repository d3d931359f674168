"""Exporting into a pipe: what is behind it cannot be read again."""

from __future__ import annotations

import hashlib
import os
import queue
import threading
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from tui.engine.cancel import refuse_cancelled, waking
from tui.engine.errors import ArchiveBroken, FileFailed, UsageError
from tui.engine.model import DiskUsage
from tui.engine.transfers.compression import ArchiveFormat, compressor
from tui.engine.transfers.destinations import Made, Packed
from tui.engine.transfers.progress import Progress, Stage

_WAITING = 16
"""Pieces that wait for a slow reader."""
_UNVERIFIED = (
    "What the helper sent was written whole. Whether the reader of the pipe kept it is not known."
)


@dataclass(frozen=True, slots=True)
class Pipe:
    """A descriptor that is written to and never closed; a terminal is refused."""

    fd: int
    kind: ArchiveFormat = ArchiveFormat.TAR
    prefix: str = ""
    image: bool = False

    def refuse(self) -> None:
        """Raise `UsageError` for a terminal."""
        if os.isatty(self.fd):
            raise UsageError(
                "An archive is not written to a terminal.",
                hint="Send it through a pipe or into a file, or name a file in place of -.",
            )

    def refuse_no_room(self, usage: DiskUsage) -> None:
        """Nobody knows what is behind the pipe."""

    @contextmanager
    def receiving(self) -> Iterator[_Sending]:
        """Inside the block it is written, by a thread: a reader may stop reading for ever."""
        sending = _Sending(self)
        try:
            yield sending
        finally:
            sending.end()


class _Sending:
    """The stream on its way."""

    def __init__(self, pipe: Pipe) -> None:
        self._fd = pipe.fd
        self._compressor = compressor(pipe.kind)
        self._received = hashlib.sha256()
        self._sent = hashlib.sha256()
        self._pieces: queue.SimpleQueue[bytes | None] = queue.SimpleQueue()
        self._room = threading.Semaphore(_WAITING)
        self._failed: OSError | None = None
        self._ended = threading.Event()
        self._given_up = False
        self.written = 0
        threading.Thread(target=self._write, name="voltui-pipe", daemon=True).start()

    def write(self, data: bytes) -> None:
        """Compress and hand on; waits where the reader is slow."""
        self._received.update(data)
        self._hand(self._compressor.compress(data))

    def finish(self, packed: Packed) -> Generator[Progress, None, Made]:
        """Wait until all is written; what came has to be what the helper sent."""
        if self._received.hexdigest() != packed.digest:
            raise ArchiveBroken(
                "What arrived is not what the helper sent: the archive is broken.",
                hint="The connection to the engine may be at fault.",
            )
        self._hand(self._compressor.flush())
        self._pieces.put(None)
        yield Progress(Stage.FINISHING, packed.sums, packed.sums, self.written)
        with waking(self._ended.set):
            self._ended.wait()
        refuse_cancelled()
        self._refuse_failed()
        return Made(self.written, self._sent.hexdigest(), notes=(_UNVERIFIED,))

    def end(self) -> None:
        """Write no more; a thread that waits for the reader is left to it."""
        self._given_up = True
        self._pieces.put(None)

    def _hand(self, data: bytes) -> None:
        if data:
            with waking(self._room.release):
                self._room.acquire()
            refuse_cancelled()
            self._refuse_failed()
            self._sent.update(data)
            self._pieces.put(data)

    def _refuse_failed(self) -> None:
        if self._failed is not None:
            number = self._failed.errno or 0
            raise FileFailed(
                f"The output cannot be written: {self._failed.strerror}.", path="-", errno=number
            ) from self._failed

    def _write(self) -> None:
        try:
            while (data := self._pieces.get()) is not None and not self._given_up:
                view = memoryview(data)
                while view:
                    view = view[os.write(self._fd, view) :]
                self.written += len(data)
                self._room.release()
        except OSError as error:
            self._failed = error
            self._room.release()
        finally:
            self._ended.set()
