"""The jobs of one engine: which may run, which wait for what, which have ended."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from tui.jobs.job import Job
from tui.jobs.status import JobState

AT_ONCE = 2
"""Transfers that run at the same time on one engine."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """Why a job does not run yet."""

    jobs: tuple[Job, ...]
    """Those of which one has to end first."""
    volumes: tuple[str, ...]
    """What they work on too; empty: there is no room for one more job."""


class Jobs:
    """The queue and the history of the session, in the order the jobs came. Every method may be
    called from any thread; none but `wait` waits.
    """

    def __init__(self) -> None:
        self._jobs: list[Job] = []
        self._listeners: list[Callable[[Job], None]] = []
        self._changed = threading.Condition(threading.RLock())

    @property
    def all(self) -> Sequence[Job]:
        """Every job of the session that was not cleared, the oldest first."""
        with self._changed:
            return tuple(self._jobs)

    @property
    def unfinished(self) -> Sequence[Job]:
        """Those that run or wait for their turn."""
        return [job for job in self.all if not job.state.ended]

    def listen(self, listener: Callable[[Job], None]) -> None:
        """Call `listener` as `Job.listen` does, for each job, and for one that was added."""
        self._listeners.append(listener)

    def add(self, job: Job) -> None:
        """Let it work as soon as it may."""
        job.listen(self._job_changed)
        with self._changed:
            self._jobs.append(job)
            self._start()
        if job.state is JobState.QUEUED:
            self._tell(job)

    def waiting(self, job: Job) -> Waiting | None:
        """What a queued job waits for; None where it does not."""
        with self._changed:
            return self._waiting(job) if job.state is JobState.QUEUED else None

    def clear(self) -> None:
        """Forget those that have ended."""
        with self._changed:
            self._jobs = [job for job in self._jobs if not job.state.ended]

    def cancel(self) -> None:
        """Cancel all; the latest first, so that none begins in the place of another."""
        for job in reversed(self.unfinished):
            job.cancel()

    def wait(self, seconds: float | None = None) -> bool:
        """Wait until all have ended; False where that took longer than `seconds`."""
        with self._changed:
            return self._changed.wait_for(lambda: not self.unfinished, seconds)

    def _start(self) -> None:
        for job in self._jobs:
            if job.state is JobState.QUEUED and self._waiting(job) is None:
                job.start()

    def _waiting(self, job: Job) -> Waiting | None:
        """Those before it come first: or a job of two volumes might wait for ever."""
        ahead = self._jobs[: self._jobs.index(job)]
        active = [other for other in self._jobs if other.state.active]
        for other in [*active, *(other for other in ahead if other.state is JobState.QUEUED)]:
            if shared := other.volumes & job.volumes:
                return Waiting((other,), tuple(sorted(shared)))
        return Waiting(tuple(active), ()) if len(active) >= AT_ONCE else None

    def _job_changed(self, job: Job) -> None:
        if job.state.ended:
            with self._changed:
                self._start()
                self._changed.notify_all()
        self._tell(job)

    def _tell(self, job: Job) -> None:
        for listener in self._listeners:
            listener(job)
