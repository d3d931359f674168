"""The first line of the screen: which engine, and the sums over its volumes."""

from __future__ import annotations

from collections.abc import Sequence

from textual.content import Content
from textual.reactive import reactive
from textual.widget import Widget

from tui.content import Overview, top_line
from tui.engine import Endpoint
from tui.engine.model import EngineInfo, Volume


class TopLine(Widget):
    """Shows an `Overview`, as much of it as fits."""

    overview: reactive[Overview | None] = reactive(None)

    def __init__(self, endpoint: Endpoint, *, read_only: bool) -> None:
        super().__init__()
        self.set_reactive(TopLine.overview, Overview(endpoint, read_only))

    def tell(self, info: EngineInfo | None, volumes: Sequence[Volume] | None) -> None:
        """Show what is known of the engine now."""
        assert self.overview is not None
        self.overview = Overview(self.overview.endpoint, self.overview.read_only, info, volumes)

    def render(self) -> Content:
        """The line, as wide as the screen."""
        assert self.overview is not None
        return top_line(self.overview, self.content_size.width)
