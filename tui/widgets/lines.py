"""LineView: lines of text to scroll through."""

from __future__ import annotations

from typing import ClassVar

from rich.cells import cell_len, chop_cells
from rich.segment import Segment
from textual.binding import Binding, BindingType
from textual.geometry import Size
from textual.scroll_view import ScrollView
from textual.strip import Strip


class LineView(ScrollView, can_focus=True, inherit_bindings=False):
    """Shows lines that are safe to show; what is too long for the screen is cut."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"lines--number"}

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "down,j", "move(1)", "Down", id="lines.down", show=False,
            tooltip="Scroll down by a line",
        ),
        Binding(
            "up,k", "move(-1)", "Up", id="lines.up", show=False,
            tooltip="Scroll up by a line",
        ),
        Binding(
            "pagedown", "page(1)", "A page down", id="lines.page_down", show=False,
            tooltip="Scroll down by a page",
        ),
        Binding(
            "pageup", "page(-1)", "A page up", id="lines.page_up", show=False,
            tooltip="Scroll up by a page",
        ),
        Binding(
            "ctrl+d", "page(0.5)", "Half a page down", id="lines.half_down", show=False,
            tooltip="Scroll down by half a page",
        ),
        Binding(
            "ctrl+u", "page(-0.5)", "Half a page up", id="lines.half_up", show=False,
            tooltip="Scroll up by half a page",
        ),
        Binding(
            "home,g", "top", "To the top", id="lines.top", show=False,
            tooltip="Scroll to the first line",
        ),
        Binding(
            "end,G", "bottom", "To the end", id="lines.end", show=False,
            tooltip="Scroll to the last line",
        ),
    ]  # fmt: skip

    def __init__(self) -> None:
        super().__init__()
        self._numbered = False
        self.lines: list[str] = []

    def show_lines(self, lines: list[str], *, numbered: bool = False) -> None:
        """Show other lines, from the first."""
        self.lines, self._numbered = lines, numbered
        self.scroll_to(0, 0, animate=False)
        self.virtual_size = Size(self.size.width, len(lines))
        self.refresh()

    def render_line(self, y: int) -> Strip:
        """One line of the screen."""
        number = self.scroll_offset.y + y
        width = self.scrollable_content_region.width
        base = self.rich_style
        if number >= len(self.lines):
            return Strip.blank(self.size.width, base)
        segments = []
        text = self.lines[number]
        room = width
        if self._numbered:
            digits = max(4, len(str(len(self.lines))))
            style = base + self.get_component_rich_style("lines--number", partial=True)
            segments.append(Segment(f"{number + 1:>{digits}} ", style))
            room -= digits + 1
        if cell_len(text) > room:
            text = chop_cells(text[: room + 1], max(1, room - 1))[0] + "…" if room > 1 else ""
        segments.append(Segment(text, base))
        return Strip(segments).adjust_cell_length(self.size.width, base)

    def action_move(self, lines: int) -> None:
        """Scroll by lines."""
        self.scroll_to(y=self.scroll_offset.y + lines, animate=False)

    def action_page(self, pages: float) -> None:
        """Scroll by pages."""
        self.scroll_to(y=self.scroll_offset.y + int((self.size.height - 1) * pages), animate=False)

    def action_top(self) -> None:
        """Scroll to the first line."""
        self.scroll_to(y=0, animate=False)

    def action_bottom(self) -> None:
        """Scroll to the last line."""
        self.scroll_to(y=self.max_scroll_y, animate=False)
