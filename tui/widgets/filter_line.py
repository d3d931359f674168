"""The text a list is filtered by."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.widgets import Input, Static

from tui.widgets.table import VirtualTable


class FilterInput(Input):
    """The text itself; what a list needs of keys goes to the line around it."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "enter", "submit", "Keep the filter", id="filter.keep", key_display="↵",
            tooltip="Keep the filter and go back to the list",
        ),
    ]  # fmt: skip


class FilterLine(Horizontal):
    """One line of input above a table; the arrows move the list meanwhile."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down", "list_move(1)", "Down", show=False),
        Binding("up", "list_move(-1)", "Up", show=False),
    ]

    def __init__(self, table: VirtualTable) -> None:
        super().__init__()
        self._table = table
        self._input = FilterInput(placeholder="part of a name", compact=True, select_on_focus=False)
        self._input.cursor_blink = False

    def compose(self) -> ComposeResult:
        """The key that opened it, and the text."""
        yield Static("/")
        yield self._input

    @property
    def text(self) -> str:
        """What was typed."""
        return self._input.value

    def take_focus(self) -> None:
        """Let the user type."""
        self.screen.set_focus(self._input)

    def action_list_move(self, rows: int) -> None:
        """Move the list's cursor while typing."""
        self._table.cursor += rows
