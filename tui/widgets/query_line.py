"""A line to type what is looked for, above the list of what was found."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.content import Content
from textual.message import Message
from textual.widgets import Input, Static

from tui.widgets.table import VirtualTable


class QueryInput(Input):
    """The text itself. Subclasses say in a binding of `accept` what Enter does."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "enter",
            "accept",
            "Go",
            id="query.accept",
            key_display="↵",
            tooltip="Go on with what was typed",
        ),
    ]

    class Accepted(Message):
        """Enter was pressed in the line."""

    def __init__(self, placeholder: str) -> None:
        super().__init__(placeholder=placeholder, compact=True, select_on_focus=False)
        self.cursor_blink = False

    def action_accept(self) -> None:
        """Say so at once: Textual's own submit is told late."""
        self.post_message(self.Accepted())


class QueryLine(Horizontal):
    """Sign, text and a note; the arrows move the list below meanwhile."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down", "list_move(1)", "Down", show=False),
        Binding("up", "list_move(-1)", "Up", show=False),
        Binding("pagedown", "list_page(1)", "A page down", show=False),
        Binding("pageup", "list_page(-1)", "A page up", show=False),
    ]

    def __init__(self, sign: str, line: QueryInput, table: VirtualTable) -> None:
        super().__init__()
        self._sign = sign
        self._table = table
        self.input = line
        self._note = Static("", classes="query--note", markup=False)

    def compose(self) -> ComposeResult:
        """The key that opened it, the text, the note."""
        yield Static(self._sign, classes="query--sign", markup=False)
        yield self.input
        yield self._note

    @property
    def text(self) -> str:
        """What was typed."""
        return self.input.value

    def tell(self, note: Content) -> None:
        """Show another note on the right."""
        self._note.update(note)

    def take_focus(self) -> None:
        """Let the user type."""
        self.screen.set_focus(self.input)

    def action_list_move(self, rows: int) -> None:
        """Move the list's cursor while typing."""
        self._table.action_move(rows)

    def action_list_page(self, pages: int) -> None:
        """Move it by pages."""
        self._table.action_page(pages)
