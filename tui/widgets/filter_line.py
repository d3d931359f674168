"""The text a list is filtered by."""

from __future__ import annotations

from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.widgets import Input

from tui.widgets.table import VirtualTable


class FilterLine(Input):
    """One line of input above a table; the arrows move the list meanwhile."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "keep", "Keep the filter", id="filter.keep", key_display="↵"),
        Binding("escape", "drop", "Clear", id="filter.drop", key_display="Esc"),
        Binding("down", "list_move(1)", "Down", show=False),
        Binding("up", "list_move(-1)", "Up", show=False),
    ]

    def __init__(self, table: VirtualTable) -> None:
        super().__init__(placeholder="part of a name", compact=True, select_on_focus=False)
        self.cursor_blink = False
        self._table = table

    def action_keep(self) -> None:
        """Go back to the list; the filter stays."""
        self._table.focus()
        self.display = bool(self.value)

    def action_drop(self) -> None:
        """Show everything again."""
        self.value = ""
        self._table.focus()
        self.display = False

    def action_list_move(self, rows: int) -> None:
        """Move the list's cursor while typing."""
        self._table.cursor += rows
