"""VolumeApp: the terminal, the theme, errors, and a clean end."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import Iterable, Sequence
from contextlib import suppress
from functools import partial
from typing import ClassVar

from textual import events, on, work
from textual.app import App, SystemCommand
from textual.binding import Binding, BindingType
from textual.filter import LineFilter
from textual.screen import Screen

from tui import presentation, terminal
from tui.calls import call
from tui.commands import BindingCommands, key_words
from tui.content import copied
from tui.engine import Engine
from tui.messages import CopyText, ErrorRaised, ShowText
from tui.presentation import copyable, safe_text, sentence
from tui.screens.main import MainScreen
from tui.theme import NIGHT
from tui.typeahead import TypeAhead, Typed
from tui.widgets.list_pane import ListPane

CLOSE_WITHIN = 3.0
"""Seconds the engine has to close its helpers when the app ends."""

AGAIN_WITHIN = 2.0
"""Seconds in which a second Ctrl+c quits."""


class VolumeApp(App[None]):
    """Browses the volumes of one engine."""

    TITLE = "voltui"
    CSS_PATH = "app.tcss"
    COMMANDS = App.COMMANDS | {BindingCommands}
    ENABLE_COMMAND_PALETTE = True

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+c", "interrupt", "Quit", id="interrupt", show=False, system=True),
        Binding(
            "ctrl+z", "suspend_process", "Suspend", id="suspend", show=False,
            tooltip="Stop voltui and go back to the shell; fg continues it",
        ),
        Binding("q,ctrl+q", "quit", "Quit", id="quit", key_display="q", tooltip="End voltui"),
        Binding(
            "colon,ctrl+p", "command_palette", "Commands", id="palette", key_display=":",
            tooltip="Find any action by its name; choose a theme",
        ),
        Binding(
            "question_mark,f1", "help", "Help", id="help", key_display="?",
            tooltip="Show every key",
        ),
    ]  # fmt: skip

    def __init__(
        self,
        engine: Engine,
        start: tuple[str, str] | None = None,
        *,
        ascii: bool = False,  # noqa: A002
    ) -> None:
        """Open `start`, a volume and a path in it, as soon as the volumes are known."""
        gc.disable()  # Until the first frame, which it would delay by a tenth.
        terminal.tolerate_broken_input()
        own_palette = terminal.needs_palette_of_terminal()
        super().__init__(ansi_color=True if own_palette else None)
        self._engine = engine
        self._start = start
        self._interrupted = 0.0
        self._ahead = TypeAhead(self, self._holds)
        self._safety: list[LineFilter] = [terminal.SafeFilter()]
        presentation.show_only_ascii(ascii)
        if ascii:
            self._safety.append(terminal.AsciiFilter())
        self.register_theme(NIGHT)
        self.theme = "ansi-dark" if own_palette else NIGHT.name
        if terminal.is_remote():
            self.animation_level = "none"

    @property
    def keys_under_way(self) -> bool:
        """Whether a key was typed that is not done yet: work in the background lets it pass."""
        return self._ahead.under_way

    async def on_event(self, event: events.Event) -> None:
        """Serve keys one by one, each aimed at what has the focus in its turn.

        Textual drops a key if the focus moved while it was on its way.
        """
        if isinstance(event, Typed):
            if event.is_forwarded:
                event = self._ahead.aimed(event, self.focused)
            elif self._ahead.keeps(event):
                return
            else:
                self._ahead.aim(event, self.focused)
            with self._ahead.serving():
                await super().on_event(event)
        else:
            await super().on_event(event)

    def _holds(self, typed: Typed) -> bool:
        """Whether a key is meant for rows that are about to be listed."""
        focused = self.focused
        panes = focused.ancestors_with_self if focused else ()
        return any(isinstance(pane, ListPane) and pane.holds(typed) for pane in panes)

    def get_default_screen(self) -> Screen[None]:
        """The main screen."""
        return MainScreen(self._engine, self._start)

    def on_mount(self) -> None:
        """Restore the terminal and close the helpers on signals too."""
        terminal.on_termination(self.leave, self._engine.close)
        self.app_resume_signal.subscribe(self, self._repaint)
        self.call_after_refresh(self._collect_garbage_again)

    def _repaint(self, _app: App[object]) -> None:
        """Paint everything again: after Ctrl+z the terminal has forgotten it."""
        self.screen.refresh(layout=True)

    def _collect_garbage_again(self) -> None:
        gc.freeze()
        gc.enable()

    def get_line_filters(self) -> Sequence[LineFilter]:
        """Textual's own, then ours: nothing unprintable passes."""
        return [*super().get_line_filters(), *self._safety]

    def get_key_display(self, binding: Binding) -> str:
        """Write keys as the help does."""
        return binding.key_display or key_words(binding.key)

    def get_system_commands(self, _screen: Screen[object]) -> Iterable[SystemCommand]:
        """Only what has no key of its own."""
        yield SystemCommand("Theme", "Choose the colours", self.action_change_theme)

    # What any part may ask for

    @on(ErrorRaised)
    def _error_raised(self, message: ErrorRaised) -> None:
        words = sentence(message.error)
        if message.error.hint:
            words += "\n" + safe_text(message.error.hint)
        self.notify(words, title=message.title, severity="error", markup=False, timeout=8)

    @on(ShowText)
    def _show_text(self, message: ShowText) -> None:
        from tui.screens.text import TextScreen

        self.push_screen(TextScreen(message.title, message.text))

    @on(CopyText)
    def _copy_text(self, message: CopyText) -> None:
        from tui.screens.text import TextScreen

        text = copyable(message.text)
        self.copy_to_clipboard(text)
        self.push_screen(TextScreen("Copied", partial(copied, text)))

    def action_help(self) -> None:
        """Show every key."""
        from tui.screens.help import HelpScreen

        self.push_screen(HelpScreen([*MainScreen.BINDINGS, *VolumeApp.BINDINGS]))

    # The end

    def action_interrupt(self) -> None:
        """Quit at the second Ctrl+c; the first may have been meant for a selection."""
        now = asyncio.get_running_loop().time()
        if now - self._interrupted < AGAIN_WITHIN:
            self.leave()
            return
        self._interrupted = now
        self.notify("Press Ctrl+c again to quit.", markup=False, timeout=AGAIN_WITHIN)

    async def action_quit(self) -> None:
        """Quit; nothing runs that would have to be asked about."""
        self.leave()

    @work(exclusive=True, group="quit")
    async def leave(self, status: int = 0) -> None:
        """Say so, close the engine, leave with an exit status."""
        from tui.screens.closing import ClosingScreen

        self.push_screen(ClosingScreen())
        with suppress(TimeoutError):
            await asyncio.wait_for(call(self._engine.close), CLOSE_WITHIN)
        self.exit(return_code=status)
