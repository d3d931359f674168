"""Text over everything else, until it is read."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen

from tui.widgets.key_bar import KeyBar
from tui.widgets.lines import LineView


class TextScreen(ModalScreen[None]):
    """Shows lines that are safe to show, wrapped and never cut."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "escape,q,h,left,enter,backspace", "dismiss", "Close", id="dialog.close",
            key_display="Esc", tooltip="Go back to where you were",
        ),
    ]  # fmt: skip

    def __init__(self, title: str, lines: list[str]) -> None:
        super().__init__()
        self._title = title
        self._lines = lines
        self.view = LineView(wrap=True)

    def compose(self) -> ComposeResult:
        """A box as tall as its text."""
        with Vertical(classes="dialog") as box:
            box.border_title = Content(self._title)
            yield self.view
            yield KeyBar()

    def on_mount(self) -> None:
        """Show the text."""
        self.view.show_lines(self._lines)
        self.view.styles.height = min(len(self._lines), 200)
        self.view.focus()
