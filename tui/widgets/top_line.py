"""The first line of the screen: which engine, and the sums over its volumes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from textual.content import Content
from textual.widget import Widget

from tui.content import Overview, top_line
from tui.engine import Endpoint
from tui.engine.model import EngineInfo, Volume


class TopLine(Widget):
    """Shows an `Overview`, as much of it as fits."""

    def __init__(self, endpoint: Endpoint, *, read_only: bool) -> None:
        super().__init__()
        self._overview = Overview(endpoint, read_only)

    def tell(self, info: EngineInfo | None, volumes: Sequence[Volume] | None) -> None:
        """Show what is known of the engine now."""
        self._overview = replace(self._overview, info=info, volumes=volumes)
        self.refresh()

    def render(self) -> Content:
        """The line, as wide as the screen."""
        return top_line(self._overview, self.content_size.width)
