"""What was copied, to be selected where the terminal has no clipboard for programs."""

from __future__ import annotations

from functools import partial

from textual import work

from tui.clipboard import give_to_tmux, inside_tmux
from tui.content import copied
from tui.screens.text import TextScreen


class CopiedScreen(TextScreen):
    """Shows the text whole, from the first cell of the terminal on, so that nothing else is
    selected with it; gives it to tmux too.
    """

    def __init__(self, text: str) -> None:
        super().__init__("Copied", partial(copied, text, ""))
        self._text = text

    @work(exclusive=True, group="tmux")
    async def on_mount(self) -> None:
        """Tmux takes nothing that programs send to the terminal's clipboard."""
        if inside_tmux():
            took = await give_to_tmux(self._text)
            words = "tmux has it too: prefix ] pastes it." if took else "tmux did not take it."
            self.show(partial(copied, self._text, words))
