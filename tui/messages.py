"""The few messages that the whole app understands; all others are nested in their widget."""

from __future__ import annotations

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
    """Show lines over everything else until the user has read them."""

    def __init__(self, title: str, lines: list[str]) -> None:
        super().__init__()
        self.title = title
        self.lines = lines
        """Safe to show."""


class CopyText(Message):
    """Copy something to the terminal's clipboard; as it is, not as it is shown."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.text = text
