"""Text of any number of lines that scrolls: the cost is that of the lines that are seen."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from textual.app import ComposeResult
from textual.content import Content
from textual.geometry import Size
from textual.strip import Strip
from textual.visual import Visual
from textual.widget import Widget

from tui.widgets.flow import Flow

Lines = Callable[[int], Sequence[Content]]
"""Makes the lines for a number of cells; none is wider."""


class SeenLines(Widget):
    """Paints lines as they are asked for."""

    def __init__(self) -> None:
        super().__init__()
        self._lines: Sequence[Content] = ()

    def show(self, lines: Sequence[Content]) -> None:
        """Show other lines."""
        self._lines = lines
        self.refresh(layout=True)

    def get_content_height(self, _container: Size, _viewport: Size, _width: int) -> int:
        """As many as there are lines."""
        return len(self._lines)

    def render_line(self, y: int) -> Strip:
        """One line, of those the screen has room for."""
        width = self.size.width
        if y >= len(self._lines):
            return Strip.blank(width, self.rich_style)
        return Visual.to_strips(self, self._lines[y], width, 1, self.visual_style)[0]


class LongFlow(Flow):
    """Shows one text, made anew for each width."""

    def __init__(self, lines: Lines) -> None:
        super().__init__()
        self._made = lines
        self._seen = SeenLines()

    def compose(self) -> ComposeResult:
        """The lines."""
        yield self._seen

    def rewrite(self) -> None:
        """Make the lines again."""
        width = self.scrollable_content_region.width
        self._seen.show(self._made(width) if width > 4 else ())
