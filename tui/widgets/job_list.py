"""All jobs of the session, and what is known of the one under the cursor."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from time import monotonic
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.message import Message

from tui.content import notice
from tui.content.job_details import job_details
from tui.content.jobs import Told, counts
from tui.content.lines import joined, styled
from tui.jobs import Job, Jobs, JobState
from tui.messages import CopyText, ShowText, StartJob
from tui.widgets.flow import Flow
from tui.widgets.job_lines import pace
from tui.widgets.job_rows import JobRows
from tui.widgets.list_pane import ListPane
from tui.widgets.table import VirtualTable

_REASONS = {
    "cancel": "it has ended, or is being cancelled.",
    "retry": "it is not one that ended without success.",
    "command": "no docker command does the same.",
    "copy": "no docker command does the same.",
    "clear": "none has ended.",
    "answer": "it asks nothing.",
}


class JobList(ListPane, inherit_bindings=False):
    """Looks at the jobs about four times a second while one works."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "a", "answer", "Answer", id="jobs.answer",
            tooltip="Answer what the job asks",
        ),
        Binding(
            "c", "cancel", "Cancel", id="jobs.cancel",
            tooltip="Cancel the job; what is half-made goes",
        ),
        Binding(
            "r", "retry", "Retry", id="jobs.retry",
            tooltip="Do the same once more, as a new job",
        ),
        Binding(
            "s", "command", "Show command", id="jobs.command",
            tooltip="Show the docker command that does the same",
        ),
        Binding(
            "Y", "copy", "Copy command", id="copy_path", show=False,
            tooltip="Copy the docker command that does the same",
        ),
        Binding(
            "x", "clear", "Clear finished", id="jobs.clear",
            tooltip="Forget the jobs that have ended",
        ),
        Binding(
            "escape,q", "close", "Close", id="jobs.close", key_display="Esc",
            tooltip="Go back; the jobs go on",
        ),
    ]  # fmt: skip

    class Asked(Message):
        """The user wants to answer what a job asks."""

        def __init__(self, job: Job) -> None:
            super().__init__()
            self.job = job

    def __init__(self, jobs: Jobs) -> None:
        super().__init__("Jobs of this session", JobRows(()), "jobs")
        self._jobs = jobs
        self.facts = Flow()

    def compose(self) -> ComposeResult:
        """What is known of one job stands below the list."""
        yield from super().compose()
        yield self.facts

    @property
    def rows(self) -> JobRows:
        """The jobs as the table has them."""
        assert isinstance(self.table.rows, JobRows)
        return self.table.rows

    def on_mount(self) -> None:
        """Show them, the latest first."""
        super().on_mount()
        self.table.sort_rows("added", reverse=True)
        self.renew()
        self.set_interval(pace(), self._look)

    def renew(self) -> None:
        """One came, went, or is in another state."""
        jobs = self._jobs.all
        if list(jobs) != self.rows.jobs:
            rows = JobRows(jobs)
            rows.look(self._jobs)
            self.table.show_rows(rows, keep=True)
        for job in jobs:
            job.seen = job.seen or job.state.ended
        self._show_all()

    def _look(self) -> None:
        if any(job.state.active for job in self.rows.jobs):
            self._show_all()

    def _show_all(self) -> None:
        self.rows.look(self._jobs)
        self.table.refresh()
        self._show_facts()
        self.arranged()
        self.refresh_bindings()

    def arranged(self) -> None:
        """Say how many there are."""
        if self.rows.told:
            self.say(None)
            self.describe(note=counts(self.rows.told))
        else:
            self.say(
                notice(
                    "No job yet.",
                    "Clone, export and import a volume in the list of volumes: each becomes a job.",
                    keys=[("jobs.close", "goes back")],
                )
            )
            self.describe(note="")

    @property
    def told(self) -> Told | None:
        """The job under the cursor."""
        row = self.table.row
        return self.rows.told[row] if row is not None and row < len(self.rows.told) else None

    @on(VirtualTable.Moved)
    def _show_facts(self) -> None:
        told = self.told
        text = partial(job_details, told, monotonic()) if told is not None else None
        self.facts.show(text, keep_place=True)
        self.refresh_bindings()

    # Keys

    def action_answer(self) -> None:
        """Answer what the job asks."""
        if self.told is not None:
            self.post_message(self.Asked(self.told.job))

    def action_cancel(self) -> None:
        """Cancel the job."""
        if self.told is not None:
            self.told.job.cancel()

    def action_retry(self) -> None:
        """Do the same once more."""
        if self.told is not None:
            self.app.post_message(StartJob(self.told.job.retry()))

    def action_command(self) -> None:
        """Show the docker command."""
        if self.told is not None:
            self.post_message(ShowText("The same with docker", _text(self.told.job.command)))

    def action_copy(self) -> None:
        """Copy the docker command."""
        if self.told is not None:
            self.post_message(CopyText(self.told.job.command))

    def action_clear(self) -> None:
        """Forget those that have ended."""
        self._jobs.clear()
        self.renew()

    def action_close(self) -> None:
        """Go back."""
        self.screen.dismiss(None)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Grey what makes no sense for the job under the cursor; hide an answer to nothing."""
        status = self.told.status if self.told is not None else None
        state = status.state if status is not None else None
        can = {
            "cancel": state in {JobState.QUEUED, JobState.RUNNING},
            "retry": state in {JobState.FAILED, JobState.CANCELLED, JobState.DIFFERENT},
            "command": self.told is not None and bool(self.told.job.command),
            "copy": self.told is not None and bool(self.told.job.command),
            "clear": any(job.state.ended for job in self.rows.jobs),
        }
        if action == "answer":
            return status is not None and status.question is not None
        if action in can:
            return True if can[action] else None
        return super().check_action(action, parameters)

    def reason(self, action: str) -> str:
        """Why a greyed action cannot be done."""
        return _REASONS.get(action, super().reason(action))


def _text(command: str) -> Callable[[int], Content]:
    return lambda width: joined(styled(command, width, ""))
