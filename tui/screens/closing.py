"""What is shown while jobs and helpers are being ended."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.screen import ModalScreen
from textual.widgets import Static

from tui.presentation import counted


class ClosingScreen(ModalScreen[None]):
    """One sentence; takes no key."""

    def __init__(self, jobs: int) -> None:
        super().__init__()
        self._cancelled = jobs

    def compose(self) -> ComposeResult:
        """The sentence."""
        words = "the helper containers end"
        if self._cancelled:
            words = f"{counted(self._cancelled, 'job')} cancelled, what is half-made goes"
        yield Static(f"Closing: {words} …", id="closing", markup=False)
