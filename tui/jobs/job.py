"""One transfer in a thread of its own."""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection, Iterable
from contextlib import ExitStack, closing
from contextvars import ContextVar
from dataclasses import replace
from time import monotonic
from types import TracebackType
from typing import Any

from tui.engine.cancel import Cancel, refuse_cancelled, working_for
from tui.engine.errors import Cancelled, EngineError
from tui.engine.transfers.progress import Operation, Progress, Report, Stage
from tui.jobs.rate import Rate
from tui.jobs.status import JobState, JobStatus, Question
from tui.presentation import now

Factory = Callable[[], Operation]
"""Makes the transfer, in the job's thread; a retry calls it again."""


class Job:
    """Drives one operation. Every method may be called from any thread; none but `run` waits."""

    def __init__(
        self,
        title: str,
        volumes: Iterable[str],
        operation: Factory,
        command: str = "",
        kind: str = "",
    ) -> None:
        """`title` is safe to show, such as `Clone pgdata to pgdata-copy`."""
        self.title = title
        self.volumes = frozenset(volumes)
        """Names of the volumes it works on: no other job works on them meanwhile."""
        self.command = command
        """Equivalent docker command line, safe to show; empty where there is none."""
        self.kind = kind
        """`clone`, `export`, `import`."""
        self.added = now()
        self.seen = False
        """Whether the user has looked at how it ended."""
        self.bug: BaseException | None = None
        """What ended it and is no `EngineError`."""
        self._operation = operation
        self._cancel = Cancel()
        self._lock = threading.Lock()
        self._status = JobStatus(JobState.QUEUED)
        self._rate = Rate()
        self._answer: bool | None = None
        self._answered = threading.Event()
        self._listeners: list[Callable[[Job], None]] = []

    def __repr__(self) -> str:
        return f"<Job {self.title!r} {self._status.state}>"

    @property
    def status(self) -> JobStatus:
        """How it is now."""
        with self._lock:
            status = self._status
            if not status.state.active:
                return status
            moment = monotonic()
            rate, left = self._rate.size(moment), self._rate.left(moment)
            return replace(status, rate=rate, left=left)

    @property
    def state(self) -> JobState:
        """What it does, or how it ended."""
        return self._status.state

    def listen(self, listener: Callable[[Job], None]) -> None:
        """Call `listener` in whatever thread when the state changes, and when a question comes or
        goes; not for progress: that is to be looked at as often as it is shown.
        """
        self._listeners.append(listener)

    def retry(self) -> Job:
        """A new job that does the same."""
        return Job(self.title, self.volumes, self._operation, self.command, self.kind)

    # Its thread

    def start(self) -> None:
        """Begin to work in a thread of its own, unless it was cancelled."""
        if self._change(JobState.RUNNING, of=(JobState.QUEUED,), since=monotonic()):
            threading.Thread(target=self.run, daemon=True, name=f"job {self.title}").start()

    def run(self) -> None:
        """Work to the end. What is no `EngineError` is kept as `bug` for who listens, or raised."""
        with ExitStack() as stack:
            stack.push(self._failed)
            stack.enter_context(working_for(self._cancel))
            token = _CURRENT.set(self)
            stack.callback(_CURRENT.reset, token)
            report = self._drive(stack.enter_context(closing(self._operation())))
            state = JobState.DIFFERENT if report.changed else JobState.DONE
            self._end(state, report=report)

    def _drive(self, operation: Operation) -> Report:
        """The report that the operation ends with."""
        report: Report | None = None
        refused = False
        told = next(operation, None)
        while told is not None:
            self._hear(told)
            report = told.report
            ending = report is not None or told.stage is Stage.CLEANING
            if self._cancel.called and not refused and not ending:
                # Thrown in instead of closed: so it may tell that it cleans up.
                refused = True
                told = _throw(operation)
            else:
                told = next(operation, None)
        if report is None:
            refuse_cancelled()
            raise RuntimeError(f"{self.title} ended without a report.")
        return report

    def _hear(self, progress: Progress) -> None:
        with self._lock:
            heard = monotonic()
            self._rate.take(progress, heard)
            self._status = replace(self._status, progress=progress, heard=heard)

    def _failed(
        self,
        _kind: type[BaseException] | None,
        error: BaseException | None,
        _traceback: TracebackType | None,
    ) -> bool:
        """Leave the block with what raised in it."""
        if error is None:
            return False
        if isinstance(error, EngineError):
            self._end(
                JobState.CANCELLED if isinstance(error, Cancelled) else JobState.FAILED,
                error=error,
            )
            return True
        self.bug = error
        self._end(JobState.FAILED)
        return bool(self._listeners)

    def _end(
        self, state: JobState, report: Report | None = None, error: EngineError | None = None
    ) -> None:
        self._change(state, ended=monotonic(), report=report, error=error, question=None)

    # What others want of it

    def cancel(self) -> None:
        """End it as soon as nothing half-made is left; at once where it waits in the queue."""
        if self._change(JobState.CANCELLED, of=(JobState.QUEUED,), ended=monotonic()):
            return
        if self._change(JobState.CANCELLING, of=(JobState.RUNNING,)):
            self._cancel.cancel()

    def ask(self, question: Question) -> bool:
        """In its own thread: wait for the user's answer. Raises `Cancelled`."""
        self._answer = None
        self._answered.clear()
        with self._cancel.waking(self._answered.set):
            self._change(question=question)
            self._answered.wait()
        self._change(question=None)
        refuse_cancelled()
        return bool(self._answer)

    def answer(self, question: Question, yes: bool) -> None:
        """Answer a question, if it is still asked."""
        with self._lock:
            if self._status.question is not question:
                return
        self._answer = yes
        self._answered.set()

    def _change(
        self,
        state: JobState | None = None,
        *,
        of: Collection[JobState] = (JobState.RUNNING, JobState.CANCELLING),
        **fields: Any,
    ) -> bool:
        """Change what is told, and the state if one is given, while that is one of `of`."""
        with self._lock:
            before = self._status
            if before.state not in of:
                return False
            self._status = replace(before, state=state or before.state, **fields)
        for listener in self._listeners:
            listener(self)
        return True


def _throw(operation: Operation) -> Progress | None:
    try:
        return operation.throw(Cancelled("The job was cancelled."))
    except StopIteration:
        return None


_CURRENT: ContextVar[Job | None] = ContextVar("voltui_job", default=None)


def ask(question: Question) -> bool:
    """Ask the user through the job whose thread this is, so that a retry asks anew. Raises
    `Cancelled`.
    """
    job = _CURRENT.get()
    assert job is not None, "only a job can ask"
    return job.ask(question)
