"""Everything known of the volume under the cursor."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from tui.content import details
from tui.engine.model import Volume
from tui.presentation import now
from tui.widgets.pane import Pane


class DetailsBody(VerticalScroll, can_focus=True):
    """Scrolls the details."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("j", "scroll_down", "Down", id="details.down", show=False),
        Binding("k", "scroll_up", "Up", id="details.up", show=False),
        Binding("g", "scroll_home", "To the top", id="details.top", show=False),
        Binding("G", "scroll_end", "To the end", id="details.end", show=False),
    ]


class DetailsPane(Pane):
    """Name, size, path, attached containers, labels and options of one volume."""

    def __init__(self, *, id: str) -> None:  # noqa: A002
        super().__init__("Details", id=id)
        self._volume: Volume | None = None
        self._text = Static(markup=False)
        self.body = DetailsBody(self._text)

    def compose(self) -> ComposeResult:
        """Title and text."""
        yield from super().compose()
        yield self.body

    def show(self, volume: Volume | None) -> None:
        """Show another volume, or more of the same."""
        if volume is None or self._volume is None or volume.name != self._volume.name:
            self.body.scroll_home(animate=False)
        self._volume = volume
        self._write()

    def on_resize(self) -> None:
        """Wrap anew."""
        super().on_resize()
        self._write()

    def _write(self) -> None:
        width = self.body.scrollable_content_region.width
        if self._volume is None or width < 8:
            self._text.update(Content(""))
        else:
            self._text.update(details(self._volume, width, now()))
