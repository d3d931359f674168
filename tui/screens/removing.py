"""Removing volumes, on a screen of its own."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.screen import Screen

from tui.engine import Engine
from tui.engine.model import Volume
from tui.widgets.key_bar import KeyBar
from tui.widgets.removal_list import RemovalList


class RemovalScreen(Screen[None]):
    """Removes volumes the user has seen named; the result stays until it is closed."""

    HORIZONTAL_BREAKPOINTS = [(0, "-mini"), (60, "-narrow"), (130, "-wide")]
    VERTICAL_BREAKPOINTS = [(0, "-flat"), (9, "-low"), (20, "-tall"), (40, "-high")]

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "comma", "order", "Sort", id="sort", key_display=",",
            tooltip="Choose by what the list is sorted, or reverse it",
        ),
    ]  # fmt: skip

    def __init__(self, engine: Engine, volumes: Sequence[Volume]) -> None:
        super().__init__()
        self.list = RemovalList(engine, volumes)

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

    async def stop_work(self) -> None:
        """Before the program ends: leave no volume half removed."""
        await self.list.stop_work()

    @work(exclusive=True, group="dialog")
    async def action_order(self) -> None:
        """Choose by what the list is sorted."""
        from tui.screens.ordering import choose_order

        await choose_order(self.list.table)
