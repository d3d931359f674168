"""The few messages that the whole app understands; all others are nested in their widget."""

from __future__ import annotations

from collections.abc import Callable

from textual.content import Content
from textual.message import Message

from tui.engine import EngineError


class ErrorRaised(Message):
    """An action failed and the widget has no place to say so."""

    def __init__(self, error: EngineError, title: str) -> None:
        super().__init__()
        self.error = error
        self.title = title
        """What was tried, safe to show."""


class ShowText(Message):
    """Show a text over everything else until the user has read them."""

    def __init__(self, title: str, text: Callable[[int], Content]) -> None:
        super().__init__()
        self.title = title
        self.text = text
        """Makes the text for a number of cells; both are safe to show."""


class CopyText(Message):
    """Copy something to the terminal's clipboard; as it is, not as it is shown."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.text = text
