"""Everything known of the volume under the cursor."""

from __future__ import annotations

from functools import partial

from textual.app import ComposeResult
from textual.widget import Widget

from tui.content import details
from tui.engine.model import Volume
from tui.presentation import now
from tui.widgets.flow import Flow
from tui.widgets.pane import Pane


class DetailsPane(Pane):
    """Name, path, size, attached containers, labels and options of one volume."""

    def __init__(self) -> None:
        super().__init__("Details", "details")
        self._showing: str | None = None
        self.body = Flow()

    def compose(self) -> ComposeResult:
        """Title and text."""
        yield from super().compose()
        yield self.body

    def show(self, volume: Volume | None) -> None:
        """Show another volume, or more of the same."""
        name = volume.name if volume else None
        same, self._showing = name == self._showing, name
        text = partial(details, volume, now=now()) if volume else None
        self.body.show(text, keep_place=same)

    @property
    def front(self) -> Widget:
        """The text, to scroll it."""
        return self.body
