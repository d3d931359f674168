"""Whether to quit while jobs are under way."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.content import Content

from tui.content.lines import Line, indented, joined, styled
from tui.jobs import Job, JobState
from tui.presentation import counted
from tui.screens.confirming import ConfirmScreen

_LOST = (
    "What they have made so far is removed again: it would not be whole. What they read from stays "
    "as it is, and so does what earlier jobs have made."
)


class QuitScreen(ConfirmScreen):
    """Says what is lost; the answer is no unless yes is said."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("y", "agree", "Quit", id="quit.yes", tooltip="Cancel the jobs and quit"),
        Binding(
            "escape,q,n,enter", "refuse", "Stay", id="quit.no", key_display="Esc",
            tooltip="Go back, the jobs go on",
        ),
    ]  # fmt: skip

    def __init__(self, jobs: Sequence[Job]) -> None:
        verb = "is" if len(jobs) == 1 else "are"
        title = f"Quit while {counted(len(jobs), 'job')} {verb} under way?"
        super().__init__(title, self._text, verb="quit")
        self._jobs = jobs

    def _text(self, width: int) -> Content:
        lines: list[Line] = []
        for job in self._jobs:
            queued = job.state is JobState.QUEUED
            words = f"{job.title}: has not begun" if queued else job.title
            lines += indented(styled(words, width - 2, "bold"), ("▌ ", "$warning"))
        return joined([*lines, [], *styled(_LOST, width, "")])
