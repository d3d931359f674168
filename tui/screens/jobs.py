"""The jobs of the session, on a screen of their own."""

from __future__ import annotations

from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.screen import Screen

from tui.jobs import Jobs
from tui.widgets.job_list import JobList
from tui.widgets.key_bar import KeyBar


class JobsScreen(Screen[None]):
    """The list over the keys; the jobs go on whether it is open or not."""

    HORIZONTAL_BREAKPOINTS = [(0, "-mini"), (60, "-narrow"), (130, "-wide")]
    VERTICAL_BREAKPOINTS = [(0, "-flat"), (9, "-low"), (20, "-tall"), (40, "-high")]

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "comma", "order", "Sort", id="sort", key_display=",", show=False,
            tooltip="Choose by what the list is sorted, or reverse it",
        ),
    ]  # fmt: skip

    def __init__(self, jobs: Jobs) -> None:
        super().__init__()
        self.list = JobList(jobs)

    def compose(self) -> ComposeResult:
        """The list over the keys."""
        width, height = self.app.size
        self.add_class(*self._get_breakpoint_classes(width, self.HORIZONTAL_BREAKPOINTS))
        self.add_class(*self._get_breakpoint_classes(height, self.VERTICAL_BREAKPOINTS))
        yield self.list
        yield KeyBar()

    def on_mount(self) -> None:
        """Let the user move at once."""
        self.list.take_focus()

    @on(JobList.Asked)
    def _asked(self, message: JobList.Asked) -> None:
        from tui.screens.asking import ask

        ask(self.app, message.job)

    @work(exclusive=True, group="dialog")
    async def action_order(self) -> None:
        """Choose by what the list is sorted."""
        from tui.screens.ordering import choose_order

        await choose_order(self.list.table)
