"""Choose one of a few things."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from tui.widgets.key_bar import KeyBar
from tui.widgets.pick_rows import PickRows
from tui.widgets.table import VirtualTable


class Picker(ModalScreen[int | None]):
    """Returns the row that was chosen, None for none."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "enter,l,right", "choose", "Open", id="open", key_display="↵",
            tooltip="Open what the cursor stands on",
        ),
        Binding(
            "escape,q,h,left,backspace", "cancel", "Close", id="picker.close", key_display="Esc",
            tooltip="Go back to where you were",
        ),
    ]  # fmt: skip

    def __init__(
        self,
        title: str,
        rows: PickRows,
        words: str = "",
        *,
        refusal: Callable[[int], str] = lambda _row: "",
    ) -> None:
        """Title and words below the list are safe to show; `refusal` says why not to open a row."""
        super().__init__()
        self._heading = title
        self._refusal = refusal
        self.table = VirtualTable(rows, "picks")
        self._words = Static(words, classes="picker--words", markup=False)

    def compose(self) -> ComposeResult:
        """A box as tall as its list."""
        with Vertical(classes="dialog") as box:
            box.border_title = Content(self._heading)
            yield self.table
            yield self._words
            yield KeyBar()

    def on_mount(self) -> None:
        """As many lines as there are rows, below their titles."""
        self.table.styles.height = len(self.table.rows) + 1
        self.table.display = bool(len(self.table.rows))
        self.table.sort_rows()
        self.set_focus(self.table)

    @on(VirtualTable.Opened)
    def action_choose(self) -> None:
        """Return the row under the cursor, or say why it cannot be opened."""
        row = self.table.row
        if row is None:
            return
        if refusal := self._refusal(row):
            self._words.update(Content(refusal))
        else:
            self.dismiss(row)

    def action_cancel(self) -> None:
        """Return nothing."""
        self.dismiss(None)
