"""Text that flows into the width there is, and scrolls."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

Text = Callable[[int], Content]
"""Makes the text for a number of cells."""


class Flow(VerticalScroll, can_focus=True, inherit_bindings=False):
    """Shows one text, made anew for each width."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "down,j", "scroll_down", "Down", id="flow.down", show=False,
            tooltip="Scroll down by a line",
        ),
        Binding(
            "up,k", "scroll_up", "Up", id="flow.up", show=False,
            tooltip="Scroll up by a line",
        ),
        Binding(
            "pagedown,ctrl+d", "page_down", "A page down", id="flow.page_down", show=False,
            tooltip="Scroll down by a page",
        ),
        Binding(
            "pageup,ctrl+u", "page_up", "A page up", id="flow.page_up", show=False,
            tooltip="Scroll up by a page",
        ),
        Binding(
            "home,g", "scroll_home", "To the top", id="flow.top", show=False,
            tooltip="Scroll to the first line",
        ),
        Binding(
            "end,G", "scroll_end", "To the end", id="flow.end", show=False,
            tooltip="Scroll to the last line",
        ),
    ]  # fmt: skip

    def __init__(self, text: Text | None = None) -> None:
        self._static = Static(markup=False)
        super().__init__(self._static)
        self._text = text

    def show(self, text: Text | None, *, keep_place: bool = False) -> None:
        """Show another text, from its beginning."""
        if not keep_place:
            self.scroll_home(animate=False)
        self._text = text
        self.rewrite()

    def on_resize(self) -> None:
        """Make the text for the new width."""
        self.rewrite()

    def rewrite(self) -> None:
        """Make the text again."""
        width = self.scrollable_content_region.width
        self._static.update(self.made(width) if width > 4 else Content(""))

    def made(self, width: int) -> Content:
        """The text for a number of cells."""
        return self._text(width) if self._text else Content("")
