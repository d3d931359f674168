"""A line that takes one more key, for prefixes such as the one of sorting."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from textual import events
from textual.app import ComposeResult
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static


class Choice(NamedTuple):
    """One letter and what it does."""

    letter: str
    words: str
    current: bool = False


class Chooser(ModalScreen[str | None]):
    """Returns the letter that was pressed, None for any other key."""

    def __init__(self, question: str, choices: Sequence[Choice]) -> None:
        super().__init__()
        self._question = question
        self._choices = choices

    def compose(self) -> ComposeResult:
        """The one line, at the bottom."""
        parts: list[tuple[str, str] | str] = [(self._question, "bold $primary"), "  "]
        for choice in self._choices:
            parts.append((choice.letter, "bold $footer-key-foreground"))
            parts.append(" ")
            parts.append((choice.words, "bold underline" if choice.current else ""))
            parts.append("  ")
        yield Static(Content.assemble(*parts), id="choices")

    def on_key(self, event: events.Key) -> None:
        """Any key ends it."""
        event.stop()
        event.prevent_default()
        letters = {choice.letter for choice in self._choices}
        self.dismiss(event.character if event.character in letters else None)

    def on_click(self) -> None:
        """So does the mouse."""
        self.dismiss(None)
