"""A text with things to choose in it, one box each."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.geometry import Region
from textual.message import Message

from tui.content.lines import Line, indented, joined
from tui.widgets.flow import Flow, Text

_MARKS = {True: "[x] ", False: "[ ] ", None: "[-] "}


@dataclass(frozen=True, slots=True)
class Box:
    """One thing that may be chosen."""

    key: str
    lines: Callable[[int], list[Line]]
    """Makes its text for a number of cells, safe to show; at least one line."""
    refused: bool = False
    """It cannot be chosen; its text says why."""


class BoxFlow(Flow):
    """A text, boxes with a cursor, and a text below them; all of it scrolls together."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "space", "choose", "Choose", id="boxes.choose",
            tooltip="Choose what the cursor stands on, or take that back",
        ),
    ]  # fmt: skip

    class Chosen(Message):
        """Something was chosen, or not any more."""

    def __init__(self, text: Text | None = None) -> None:
        super().__init__(text)
        self.chosen: set[str] = set()
        """Keys of the boxes that are chosen."""
        self._boxes: Sequence[Box] = ()
        self._tail: Text | None = None
        self._cursor = ""
        self._blocks: list[tuple[str, int, int]] = []
        """Key, first line and number of lines of each box as it is shown."""

    def show_boxes(self, head: Text, boxes: Sequence[Box], tail: Text | None = None) -> None:
        """Show other texts and boxes; what was chosen stays chosen while it is there."""
        self._boxes, self._tail = boxes, tail
        possible = {box.key for box in boxes if not box.refused}
        self.chosen &= possible
        if self._cursor not in {box.key for box in boxes}:
            self._cursor = boxes[0].key if boxes else ""
        self.show(head, keep_place=True)
        self.refresh_bindings()

    def made(self, width: int) -> Content:
        """The text, the boxes and the text below as one content."""
        head = self._text(width) if self._text else Content("")
        if not self._boxes:
            return head
        parts, line = [head], head.plain.count("\n") + 1
        self._blocks = []
        for box in self._boxes:
            lines = self._box(box, width)
            self._blocks.append((box.key, line, len(lines)))
            parts.append(joined(lines))
            line += len(lines)
        return Content("\n").join([*parts, self._tail(width)] if self._tail else parts)

    def _box(self, box: Box, width: int) -> list[Line]:
        here = box.key == self._cursor and self.has_focus
        mark = _MARKS[None if box.refused else box.key in self.chosen]
        style = "bold $footer-key-foreground" if here else ""
        if box.key in self.chosen:
            style = "bold $error"
        lines = indented(box.lines(max(4, width - 6)), (mark, style))
        bar = ("▌ ", "$primary") if here else ("  ", "")
        return [[bar, *line] for line in lines]

    def on_focus(self) -> None:
        """Show the cursor."""
        self.rewrite()

    def on_blur(self) -> None:
        """Show none."""
        self.rewrite()

    # Keys

    def _place(self) -> int:
        return next((n for n, box in enumerate(self._boxes) if box.key == self._cursor), 0)

    def _move(self, step: int) -> bool:
        """Put the cursor on the next box or the one before; whether there is one."""
        place = self._place() + step
        if not 0 <= place < len(self._boxes):
            return False
        self._cursor = self._boxes[place].key
        self.rewrite()
        self._shown()
        return True

    def _shown(self) -> bool:
        """Scroll until the box under the cursor is on the screen; whether its beginning was."""
        line, height = next((at[1:] for at in self._blocks if at[0] == self._cursor), (0, 1))
        top, room = self.scroll_offset.y, max(1, self.size.height)
        self.scroll_to_region(Region(0, line, 1, min(height, room)), animate=False, force=True)
        return top <= line < top + room

    def action_scroll_down(self) -> None:
        """Go to the next box, behind the last one scroll."""
        if not self._boxes or (self._shown() and not self._move(1)):
            super().action_scroll_down()

    def action_scroll_up(self) -> None:
        """Go to the box before, above the first one scroll."""
        if not self._boxes or (self._shown() and not self._move(-1)):
            super().action_scroll_up()

    def action_choose(self) -> None:
        """Choose what the cursor stands on or take that back, and go to the next; what was not on
        the screen is only shown.
        """
        box = self._boxes[self._place()]
        if self._shown() and not box.refused:
            self.chosen ^= {box.key}
            self._move(1)
        self.rewrite()
        self.post_message(self.Chosen())

    def on_click(self, event: events.Click) -> None:
        """Choose what was clicked, or take that back."""
        at = event.y + self.scroll_offset.y
        for key, line, height in self._blocks if self._boxes else ():
            if line <= at < line + height:
                self._cursor = key
                self.action_choose()
                return

    def check_action(self, action: str, _parameters: tuple[object, ...]) -> bool | None:
        """Offer a choice where there is one."""
        return bool(self._boxes) if action == "choose" else True
