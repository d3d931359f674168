"""A sentence in the place of something that cannot be shown."""

from __future__ import annotations

from textual.content import Content
from textual.widgets import Static


class Notice(Static, can_focus=True):
    """Takes the focus, so that the keys of its pane go on working."""

    def __init__(self) -> None:
        super().__init__(markup=False)

    def say(self, sentence: Content | str) -> None:
        """Show another sentence, safe to show."""
        self.update(Content(sentence) if isinstance(sentence, str) else sentence)
