"""One of a few words, chosen with the arrows or the mouse."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import ClassVar

from rich.cells import cell_len, set_cell_size
from textual import events
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.message import Message
from textual.widget import Widget

from tui.content import MUTED
from tui.presentation import safe

GAP = 2
"""Cells between two choices."""


class ChoiceLine(Widget, can_focus=True):
    """Shows all choices, or where there is no room the chosen one among how many."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "left,h", "turn(-1)", "Choose", id="choice.previous", key_display="← →",
            tooltip="Choose the one before",
        ),
        Binding(
            "right,l,space", "turn(1)", "Next", id="choice.next", show=False,
            tooltip="Choose the next one",
        ),
    ]  # fmt: skip

    class Chosen(Message):
        """Another one was chosen."""

        def __init__(self, line: ChoiceLine) -> None:
            super().__init__()
            self.line = line

    def __init__(self, choices: Sequence[str]) -> None:
        """At least one; the first is chosen."""
        super().__init__()
        self._choices = tuple(choices)
        self._at = 0

    @property
    def choice(self) -> str:
        """What is chosen."""
        return self._choices[self._at]

    def offer(self, choices: Sequence[str]) -> None:
        """Offer other choices; the chosen one stays, where it is among them."""
        chosen = self.choice
        self._choices = tuple(choices)
        self._at = self._choices.index(chosen) if chosen in self._choices else 0
        self.refresh()
        if self.choice != chosen:
            self.post_message(self.Chosen(self))

    def choose(self, index: int) -> None:
        """Choose by number."""
        if index != self._at:
            self._at = index
            self.refresh()
            self.post_message(self.Chosen(self))

    def action_turn(self, step: int) -> None:
        """Choose the next one, or the one before; behind the last comes the first."""
        self.choose((self._at + step) % len(self._choices))

    def on_click(self, event: events.Click) -> None:
        """Choose what was clicked; where only one is shown, the next one."""
        if not self._has_room:
            self.action_turn(1)
            return
        x = event.x - self.gutter.left
        for number, begin, end in self._places():
            if begin <= x < end:
                self.choose(number)

    def _places(self) -> Iterator[tuple[int, int, int]]:
        """Number of each choice, with the cells it takes."""
        at = 0
        for number, words in enumerate(self._words()):
            yield number, at, at + cell_len(words)
            at += cell_len(words) + GAP

    def _words(self) -> list[str]:
        return [
            f"{'●' if number == self._at else '○'} {safe(choice)}"
            for number, choice in enumerate(self._choices)
        ]

    @property
    def _has_room(self) -> bool:
        return max(end for _, _, end in self._places()) <= self.content_size.width

    def render(self) -> Content:
        """One line."""
        on = "reverse bold" if self.has_focus else "bold"
        if not self._has_room:
            count = f"  {self._at + 1} of {len(self._choices)}"
            room = max(1, self.content_size.width - cell_len(count))
            shown = self._words()[self._at]
            if cell_len(shown) > room:
                shown = set_cell_size(shown, room - 1) + "…"
            return Content.assemble((shown, on), (count, MUTED))
        parts: list[tuple[str, str] | str] = []
        for number, words in enumerate(self._words()):
            parts += [(words, on if number == self._at else MUTED), " " * GAP]
        return Content.assemble(*parts[:-1])
