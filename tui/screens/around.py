"""What the screens that look around a volume share: one pane, and the keys below it."""

from __future__ import annotations

from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.screen import Screen

from tui.messages import Look
from tui.widgets.key_bar import KeyBar
from tui.widgets.results import ResultsPane


class AroundScreen(Screen[str | None]):
    """Returns the path of an entry to show in the list of files, or None."""

    HORIZONTAL_BREAKPOINTS = [(0, "-mini"), (60, "-narrow"), (130, "-wide")]
    VERTICAL_BREAKPOINTS = [(0, "-flat"), (9, "-low"), (20, "-tall"), (40, "-high")]

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "comma", "order", "Sort", id="sort", key_display=",",
            tooltip="Choose by what the list is sorted, or reverse it",
        ),
    ]  # fmt: skip

    def __init__(self, pane: ResultsPane) -> None:
        super().__init__()
        self.pane = pane

    def compose(self) -> ComposeResult:
        """The pane over the keys."""
        width, height = self.app.size
        self.add_class(*self._get_breakpoint_classes(width, self.HORIZONTAL_BREAKPOINTS))
        self.add_class(*self._get_breakpoint_classes(height, self.VERTICAL_BREAKPOINTS))
        yield self.pane
        yield KeyBar()

    def on_mount(self) -> None:
        """Let the user type."""
        self.pane.take_focus()

    @on(Look)
    def _look(self, message: Look) -> None:
        from tui.screens.looking import LOOKING

        message.stop()
        if message.kind in LOOKING:
            LOOKING[message.kind](self, self.pane.files, message)
        else:
            self.dismiss(message.path)

    @work(exclusive=True, group="dialog")
    async def action_order(self) -> None:
        """Choose by what the list is sorted."""
        from tui.screens.ordering import choose_order

        await choose_order(self.pane.table)
