"""A stream that goes into an agent in one thread, while another one listens to it."""

from __future__ import annotations

import hashlib
import threading
from contextlib import ExitStack
from types import TracebackType

from tui.engine.answers import Answers
from tui.engine.cancel import Cancel, working_for
from tui.engine.transfers.sources import Stream

_PIECE = 256 * 1024


class Feeder:
    """Feeds all of a stream to an operation, END included, in a thread of its own."""

    def __init__(self, answers: Answers, stream: Stream) -> None:
        self.error: BaseException | None = None
        """Why it stopped; the operation was cancelled then."""
        self._answers = answers
        self._stream = stream
        self._sum = hashlib.sha256()
        self._cancel = Cancel()
        self._thread = threading.Thread(target=self._run, name="voltui-feed", daemon=True)
        self._thread.start()

    @property
    def digest(self) -> str:
        """SHA-256 of all that was fed, in hex; after its end."""
        return self._sum.hexdigest()

    def stop(self) -> None:
        """Return when nothing reads the stream any more; nothing more is fed then."""
        self._cancel.cancel()
        self._thread.join()

    def _run(self) -> None:
        with ExitStack() as stack:
            stack.push(self._ended)
            stack.enter_context(working_for(self._cancel))
            while data := self._stream.read(_PIECE):
                self._sum.update(data)
                self._answers.feed(data)
            self._answers.end()

    def _ended(
        self,
        _kind: type[BaseException] | None,
        error: BaseException | None,
        _traceback: TracebackType | None,
    ) -> bool:
        """Leave an error to who listens, a bug too: in a thread it would be a silence."""
        if error is not None and not self._cancel.called:
            self.error = error
            self._answers.cancel()
        return True
