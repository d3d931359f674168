"""What is shown while the helpers are being closed."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.screen import ModalScreen
from textual.widgets import Static


class ClosingScreen(ModalScreen[None]):
    """One sentence; takes no key."""

    def compose(self) -> ComposeResult:
        """The sentence."""
        yield Static("Closing: the helper containers end …", id="closing", markup=False)
