"""LineView: lines of text to scroll through."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import ClassVar

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual.actions import SkipAction
from textual.binding import Binding, BindingType
from textual.geometry import Size
from textual.scroll_view import ScrollView
from textual.strip import Strip

from tui.documents.document import Span, Spans

SIDEWAYS = 8
"""Cells that the text moves at once to the left or the right."""


class LineView(ScrollView, can_focus=True, inherit_bindings=False):
    """Shows lines that are safe to show; what is too long for the screen is cut."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "lines--number",
        "lines--comment",
        "lines--key",
        "lines--keyword",
        "lines--string",
        "lines--constant",
    }

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
            "right", "sideways(1)", "To the right", id="lines.right", show=False,
            tooltip="Show what long lines have on the right",
        ),
        Binding(
            "left", "sideways(-1)", "To the left", id="lines.left", show=False,
            tooltip="Show what long lines have on the left",
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
        self.lines: Sequence[str] = ()
        self._spans: Spans = ()
        self.column = 0
        """Cells of each line that are hidden on the left."""

    def show_lines(
        self,
        lines: Sequence[str],
        *,
        numbered: bool = False,
        spans: Spans = (),
        keep: bool = False,
    ) -> None:
        """Show other lines, from the first unless `keep`; `spans` are their colours."""
        if (lines, numbered, spans) == (self.lines, self._numbered, self._spans) and keep:
            return
        self.lines, self._numbered, self._spans = lines, numbered, spans
        if not keep:
            self.column = 0
            self.scroll_to(0, 0, animate=False)
        self.virtual_size = Size(self.size.width, len(lines))
        self.refresh()

    def render_line(self, y: int) -> Strip:
        """One line of the screen."""
        number = self.scroll_offset.y + y
        base = self.rich_style
        if number >= len(self.lines):
            return Strip.blank(self.size.width, base)
        room = self.scrollable_content_region.width
        before = []
        if digits := self._digits:
            style = base + self.get_component_rich_style("lines--number", partial=True)
            before.append(Segment(f"{number + 1:>{digits}} ", style))
            room -= digits + 1
        spans = self._spans[number] if number < len(self._spans) else ()
        text = Strip(self._coloured(self.lines[number], spans, base))
        if room > 0:
            too_long = text.cell_length - self.column > room
            text = text.crop(self.column, self.column + room - too_long)
            before += [*text, *([Segment("…", base)] if too_long else [])]
        return Strip(before).adjust_cell_length(self.size.width, base)

    def _coloured(self, text: str, spans: Sequence[Span], base: Style) -> Iterator[Segment]:
        at = 0
        for begin, end, kind in spans:
            yield Segment(text[at:begin], base)
            style = base + self.get_component_rich_style(f"lines--{kind}", partial=True)
            yield Segment(text[begin:end], style)
            at = end
        yield Segment(text[at:], base)

    @property
    def _digits(self) -> int:
        """Cells of the line numbers; 0 where there are none."""
        return max(4, len(str(len(self.lines)))) if self._numbered else 0

    def action_move(self, lines: int) -> None:
        """Scroll by lines."""
        self.scroll_to(y=self.scroll_offset.y + lines, animate=False)

    def action_sideways(self, steps: int) -> None:
        """Scroll by columns, as far as a line on the screen is longer; at the first one the key
        is somebody else's.
        """
        if steps < 0 and not self.column:
            raise SkipAction
        first = self.scroll_offset.y
        seen = self.lines[first : first + self.size.height]
        room = self.scrollable_content_region.width - (self._digits + 1 if self._digits else 0)
        longest = max((cell_len(line) for line in seen), default=0)
        furthest = max(self.column, longest - room) if steps > 0 else self.column
        self.column = max(0, min(self.column + steps * SIDEWAYS, furthest))
        self.refresh()

    def action_page(self, pages: float) -> None:
        """Scroll by pages."""
        self.scroll_to(y=self.scroll_offset.y + int((self.size.height - 1) * pages), animate=False)

    def action_top(self) -> None:
        """Scroll to the first line."""
        self.scroll_to(y=0, animate=False)

    def action_bottom(self) -> None:
        """Scroll to the last line."""
        self.scroll_to(y=self.max_scroll_y, animate=False)
