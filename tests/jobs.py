"""Transfers that stand still where a test wants them, as plain generators."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable

from tui.engine.cancel import refuse_cancelled, waking, working_for
from tui.engine.errors import EngineError
from tui.engine.transfers.progress import Operation, Progress, Report, Stage, Sums
from tui.jobs import Job, Jobs

WAIT = 60.0
"""Seconds that anything may take."""

TOTAL = Sums(entries=2000, files=1800, directories=200, size=1 << 30)
HALF = Sums(entries=1000, files=900, directories=100, size=1 << 29)


class Steps:
    """One transfer: it stands still at half of it until told to go on, or cancelled."""

    def __init__(
        self,
        *,
        fails: EngineError | None = None,
        ends: Report | None = None,
        tidies: bool = False,
        commits: bool = False,
        before: Callable[[], object] | None = None,
    ) -> None:
        self.fails = fails
        """Raised after half of it."""
        self.ends = ends or report()
        self.tidies = tidies
        """What is half-made goes as soon as `tidy` is set, not at once."""
        self.tidy = threading.Event()
        self.commits = commits
        """Where it stands still it cannot be cancelled any more."""
        self.before = before
        """Called in its thread at first, such as to ask."""
        self.thread: threading.Thread | None = None
        self.cleaned = threading.Event()
        self._half = threading.Event()
        self._cleaning = threading.Event()
        self._told: queue.SimpleQueue[Progress | None] = queue.SimpleQueue()

    def operation(self) -> Operation:
        self.thread = threading.current_thread()
        try:
            yield Progress(Stage.PREPARING)
            if self.before is not None:
                self.before()
            yield Progress(Stage.COPYING, HALF, TOTAL)
            self._half.set()
            while (told := self._next()) is not None:
                yield told
            if self.fails is not None:
                raise self.fails
            yield Progress(Stage.DONE, TOTAL, TOTAL, report=self.ends)
        finally:
            with working_for(None):
                if self.tidies:
                    yield Progress(Stage.CLEANING)
                    self._cleaning.set()
                    assert self.tidy.wait(WAIT)
                self.cleaned.set()

    def _next(self) -> Progress | None:
        if self.commits:
            return self._told.get(timeout=WAIT)
        with waking(self.go):
            told = self._told.get(timeout=WAIT)
        refuse_cancelled()
        return told

    def half(self) -> None:
        """Wait until it stands still."""
        assert self._half.wait(WAIT)

    def stands(self) -> bool:
        """Whether it stands still."""
        return self._half.is_set()

    def cleaning(self) -> None:
        """Wait until it cleans up."""
        assert self._cleaning.wait(WAIT)

    def tell(self, progress: Progress) -> None:
        """Let it tell something, and stand still again."""
        self._told.put(progress)

    def go(self) -> None:
        """Let it go on to its end."""
        self._told.put(None)


def report(changed: int = 0) -> Report:
    return Report(TOTAL, changed=changed)


def finished(ends: Report) -> Job:
    """A job that has ended with this report."""
    steps, jobs = Steps(ends=ends), Jobs()
    steps.go()
    jobs.add(job := Job("Clone pgdata", ["pgdata"], steps.operation, kind="clone"))
    assert jobs.wait(WAIT)
    return job
