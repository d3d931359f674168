"""One line that asks for a text and gives it to whoever asked."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.content import Content
from textual.widgets import Input, Static


class AskInput(Input):
    """The text itself; its keys stand in the key bar."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "enter", "take", "Go", id="ask.take", key_display="↵",
            tooltip="Take what was typed",
        ),
        Binding(
            "escape", "give_up", "Cancel", id="ask.cancel", key_display="Esc",
            tooltip="Go back without it",
        ),
    ]  # fmt: skip

    def __init__(self, answer: Callable[[str | None], None], text: str) -> None:
        super().__init__(text, compact=True, select_on_focus=True)
        self.cursor_blink = False
        self._answer = answer

    def action_take(self) -> None:
        """Give the text, at once: what is typed behind it is meant for something else."""
        self._answer(self.value)

    def action_give_up(self) -> None:
        """Give nothing."""
        self._answer(None)


class AskLine(Horizontal):
    """Calls `answer` with the text, or with None where the user gave up."""

    def __init__(self, question: str, answer: Callable[[str | None], None], text: str = "") -> None:
        super().__init__()
        self._question = question
        self._input = AskInput(answer, text)

    def compose(self) -> ComposeResult:
        """What is asked, and the text."""
        yield Static(Content(self._question), markup=False)
        yield self._input

    def take_focus(self) -> None:
        """Let the user type."""
        self.screen.set_focus(self._input)
