"""The text a list is filtered by."""

from __future__ import annotations

from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.widgets import Input, Static

from tui.widgets.table import VirtualTable


class FilterInput(Input):
    """The text itself; what a list needs of keys goes to the line around it."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "submit", "Keep the filter", id="filter.keep", key_display="↵"),
    ]


class FilterLine(Horizontal):
    """One line of input above a table; the arrows move the list meanwhile."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "drop", "Clear it", id="filter.drop", key_display="Esc"),
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

    def open(self) -> None:
        """Let the user type."""
        self.display = True
        self.screen.set_focus(self._input)

    def close(self) -> None:
        """Filter by nothing, and take no place."""
        self._input.value = ""
        self.display = False

    @on(Input.Submitted)
    def _keep(self) -> None:
        """Go back to the list; the filter stays."""
        self.screen.set_focus(self._table)
        self.display = bool(self.text)

    def action_drop(self) -> None:
        """Show everything again."""
        self.screen.set_focus(self._table)
        self.close()

    def action_list_move(self, rows: int) -> None:
        """Move the list's cursor while typing."""
        self._table.cursor += rows
