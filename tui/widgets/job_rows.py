"""Jobs as rows of a table."""

from __future__ import annotations

from collections.abc import Sequence

from tui.content.jobs import Told, brief, ended_words, percent, waits
from tui.jobs import Job, Jobs, JobState
from tui.presentation import duration, rate_words, size
from tui.widgets.table import Column, Order, Rows, Spans

_STYLES = {
    JobState.QUEUED: "dim",
    JobState.RUNNING: "running",
    JobState.CANCELLING: "warning",
    JobState.DONE: "",
    JobState.DIFFERENT: "warning",
    JobState.FAILED: "warning",
    JobState.CANCELLED: "dim",
}


class JobRows(Rows):
    """What a job does or how it ended, its title, how far and how fast it is, when it came."""

    def __init__(self, jobs: Sequence[Job]) -> None:
        super().__init__()
        self.jobs = list(jobs)
        self.told: list[Told] = []
        self.add_names(str(id(job)) for job in jobs)

    def look(self, jobs: Jobs) -> None:
        """See how they are now."""
        self.told = [Told(job, job.status, jobs.waiting(job)) for job in self.jobs]

    @property
    def columns(self) -> tuple[Column, ...]:
        """How a row is shown."""
        return (
            Column("state", "State", self._state, 12),
            Column("title", "Job", self._title),
            Column("done", "Done", self._done, 5, right=True),
            Column("size", "Size", self._size, 6, right=True, at=60),
            Column("rate", "Rate", self._rate, 7, right=True, at=76),
            Column("left", "Left", self._left, 7, right=True, at=68),
            Column("added", "Added", self._added, 8, at=100),
            Column("remark", "", self._remark, at=140),
        )

    @property
    def orders(self) -> tuple[Order, ...]:
        """The ways to sort."""
        return (
            Order("added", "t", "time", self._turn, down=True),
            Order("state", "o", "state", self._state_key),
            Order("title", "n", "name", self._title_key),
        )

    def _turn(self, row: int) -> int:
        return row

    def _state_key(self, row: int) -> tuple[int, int]:
        return list(JobState).index(self.told[row].status.state), row

    def _title_key(self, row: int) -> str:
        return self.jobs[row].title.casefold()

    def _state(self, row: int) -> Spans:
        status = self.told[row].status
        style = "warning" if status.question is not None else _STYLES[status.state]
        return [(brief(status), style)]

    def _title(self, row: int) -> Spans:
        return [(self.jobs[row].title, "dim" if self.told[row].status.state.ended else "")]

    def _done(self, row: int) -> Spans:
        return [(percent(self.told[row].status), "")]

    def _size(self, row: int) -> Spans:
        status = self.told[row].status
        if status.state.ended:
            sums = status.report.sums if status.report else None
        else:
            sums = status.progress.sums if status.progress else None
        return [(size(sums.size) if sums else "", "dim")]

    def _rate(self, row: int) -> Spans:
        rate = self.told[row].status.rate
        return [("" if rate is None else rate_words(rate), "dim")]

    def _left(self, row: int) -> Spans:
        left = self.told[row].status.left
        return [("" if left is None else duration(left), "dim")]

    def _added(self, row: int) -> Spans:
        return [(self.jobs[row].added.astimezone().strftime("%H:%M:%S"), "dim")]

    def _remark(self, row: int) -> Spans:
        told = self.told[row]
        words = waits(told.waiting) if told.waiting is not None else ended_words(told.status)
        return [(words, "dim")]
