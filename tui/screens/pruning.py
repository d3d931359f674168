"""Prune: what nobody uses, on a screen of its own."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.screen import Screen

from tui.content.pruning import question
from tui.engine import Engine
from tui.engine.model import Volume
from tui.engine.pruning import Candidate
from tui.phrase import phrase
from tui.presentation import counted
from tui.screens.confirming import ConfirmScreen
from tui.widgets.flow import Flow, Text
from tui.widgets.key_bar import KeyBar
from tui.widgets.long_flow import LongFlow
from tui.widgets.prune_list import PruneList
from tui.widgets.volume_list import VolumeList


class PruneQuestion(ConfirmScreen):
    """Names all that goes, however much that is."""

    def __init__(self, title: str, chosen: Sequence[Candidate], wanted: str) -> None:
        self._chosen = chosen
        super().__init__(title, None, wanted, verb="remove")

    def make_body(self, _text: Text | None) -> Flow:
        """The names, by groups."""
        return LongFlow(partial(question, self._chosen))


class PruneScreen(Screen[Sequence[Volume] | None]):
    """Returns the unused volumes that the user chose and then said yes to; None for none."""

    HORIZONTAL_BREAKPOINTS = [(0, "-mini"), (60, "-narrow"), (130, "-wide")]
    VERTICAL_BREAKPOINTS = [(0, "-flat"), (9, "-low"), (20, "-tall"), (40, "-high")]

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "slash", "filter", "Filter", id="filter", key_display="/",
            tooltip="Show only names that contain what you type",
        ),
        Binding(
            "comma", "order", "Sort", id="sort", key_display=",",
            tooltip="Choose by what the list is sorted, or reverse it",
        ),
        Binding(
            "R,f5", "refresh", "Refresh", id="refresh", show=False,
            tooltip="Ask the engine again",
        ),
        Binding(
            "tab,shift+tab", "facts", "Details", id="prune.facts", show=False,
            tooltip="Go to the details of the volume to scroll them, or back to the list",
        ),
        Binding(
            "escape,q", "close", "Close", id="prune.close", key_display="Esc",
            tooltip="Go back to the volumes; nothing is removed",
        ),
    ]  # fmt: skip

    def __init__(self, engine: Engine, volumes: VolumeList) -> None:
        super().__init__()
        self._volumes = volumes
        self.list = PruneList(engine, volumes)

    def compose(self) -> ComposeResult:
        """The list over the keys."""
        width, height = self.app.size
        self.add_class(*self._get_breakpoint_classes(width, self.HORIZONTAL_BREAKPOINTS))
        self.add_class(*self._get_breakpoint_classes(height, self.VERTICAL_BREAKPOINTS))
        yield self.list
        yield KeyBar()

    def on_mount(self) -> None:
        """Let the user choose at once."""
        self.list.take_focus()

    @on(PruneList.Wanted)
    @work(exclusive=True, group="dialog")
    async def _ask(self, message: PruneList.Wanted) -> None:
        volumes = [candidate.volume for candidate in message.chosen]
        title = f"Remove {counted(len(volumes), 'volume')}?"
        asked = PruneQuestion(title, message.chosen, phrase("delete", volumes))
        if await self.app.push_screen_wait(asked):
            self.dismiss(volumes)

    async def action_filter(self) -> None:
        """Filter the list as the user types."""
        await self.list.open_filter()

    @work(exclusive=True, group="dialog")
    async def action_order(self) -> None:
        """Choose by what the list is sorted."""
        from tui.screens.ordering import choose_order

        await choose_order(self.list.table)

    def action_refresh(self) -> None:
        """Ask the engine again."""
        self._volumes.load()
        self.list.load()

    def action_facts(self) -> None:
        """Go to the details, or back."""
        inside = self.list.facts.has_focus
        self.set_focus(self.list.front if inside else self.list.facts)

    def action_close(self) -> None:
        """Go back to the volumes."""
        self.dismiss(None)
