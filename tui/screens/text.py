"""Text over everything else, until it is read."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen

from tui.widgets.flow import Flow, Text
from tui.widgets.key_bar import KeyBar


class TextScreen(ModalScreen[None]):
    """Shows a text that is safe to show, wrapped and never cut."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "escape,q,h,left,enter,backspace", "dismiss", "Close", id="dialog.close",
            key_display="Esc", tooltip="Go back to where you were",
        ),
    ]  # fmt: skip

    def __init__(self, title: str, text: Text) -> None:
        super().__init__()
        self._heading = title
        self._flow = Flow(text)

    def show(self, text: Text) -> None:
        """Show another text."""
        self._flow.show(text, keep_place=True)

    def compose(self) -> ComposeResult:
        """A box as tall as its text."""
        with Vertical(classes="dialog") as box:
            box.border_title = Content(self._heading)
            yield self._flow
            yield KeyBar()
