"""How a job is, at one moment."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from tui.engine.errors import EngineError
from tui.engine.transfers.progress import Progress, Report, Stage


class JobState(StrEnum):
    """What a job does, or how it ended, as one says it."""

    QUEUED = "queued"
    RUNNING = "running"
    CANCELLING = "cancelling"
    """Until nothing half-made is left."""
    DONE = "done"
    DIFFERENT = "done with differences"
    """The source changed while it was read."""
    FAILED = "failed"
    CANCELLED = "cancelled"

    @property
    def ended(self) -> bool:
        """Whether nothing more will happen."""
        return self not in {JobState.QUEUED, JobState.RUNNING, JobState.CANCELLING}

    @property
    def active(self) -> bool:
        """Whether its thread is at work."""
        return self in {JobState.RUNNING, JobState.CANCELLING}


@dataclass(frozen=True, slots=True)
class Question:
    """What a job has to know before it goes on. All of it is safe to show."""

    title: str
    text: str
    """Whole sentences; a line break begins a new paragraph."""
    yes: str = "yes"
    """What yes means, in a word or two."""
    no: str = "no"
    """What no means; it is the default."""


@dataclass(frozen=True, slots=True)
class JobStatus:
    """A job at the moment it was asked; times are `time.monotonic()`."""

    state: JobState
    progress: Progress | None = None
    """The last one that was told."""
    rate: float | None = None
    """Bytes a second over the last seconds of this stage; None where too little is known."""
    left: float | None = None
    """Seconds until the end of this stage at this rate; None where that is not known."""
    since: float | None = None
    """When it began to work."""
    ended: float | None = None
    heard: float | None = None
    """When something was told last."""
    question: Question | None = None
    """What it waits for an answer to."""
    error: EngineError | None = None
    """Why it failed, or what a cancelled one has to say."""
    report: Report | None = None

    @property
    def stage(self) -> Stage | None:
        """What it does now, or did last; None before its first word."""
        return self.progress.stage if self.progress else None

    @property
    def fraction(self) -> float | None:
        """How much of this stage is done, 0 to 1; None where its total is not known."""
        if self.progress is None or (total := self.progress.total) is None:
            return None
        done = self.progress.sums
        if total.size:
            return min(1.0, done.size / total.size)
        return min(1.0, done.entries / total.entries) if total.entries else None

    def seconds(self, now: float) -> float | None:
        """How long it has worked, or did; None before it began."""
        if self.since is None:
            return None
        return (now if self.ended is None else self.ended) - self.since
