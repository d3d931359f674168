"""VolumeApp: the terminal, the theme, errors, and a clean end."""

from __future__ import annotations

import gc
import sys
from collections.abc import Iterable, Sequence
from contextlib import suppress
from functools import cached_property, partial
from typing import TYPE_CHECKING, ClassVar

from rich.console import Console, RenderableType
from textual import events, on
from textual._compositor import ChopsUpdate, LayoutUpdate
from textual.app import App, SystemCommand
from textual.binding import Binding, BindingType
from textual.driver import Driver
from textual.drivers.linux_driver import LinuxDriver
from textual.filter import LineFilter
from textual.screen import Screen
from textual.theme import Theme

from tui import keymap, presentation, terminal, title
from tui.attention import Attention
from tui.commands import BindingCommands
from tui.config import Config, remember_theme, remembered_theme
from tui.driver import NoticingDriver
from tui.engine import Engine
from tui.keymap import key_words
from tui.leaving import LeavingApp
from tui.messages import CopyText, ErrorRaised, JobChanged, ShowText, StartJob
from tui.presentation import copyable, safe_text, sentence
from tui.repaint import Changes, ShownCells
from tui.screens.main import MainScreen
from tui.screens.panes import PanesScreen
from tui.theme import NIGHT
from tui.typeahead import TypeAhead, Typed
from tui.widgets.list_pane import ListPane

if TYPE_CHECKING:
    from tui.jobs import Jobs
    from tui.screens.telling import JobTeller


class VolumeApp(LeavingApp):
    """Browses the volumes of one engine."""

    TITLE = "voltui"
    CSS_PATH = "app.tcss"
    COMMANDS = App.COMMANDS | {BindingCommands}
    ENABLE_COMMAND_PALETTE = True
    VERTICAL_BREAKPOINTS = [(0, "-flat"), (9, "-low")]

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "ctrl+c", "interrupt", "Quit", id="interrupt", show=False, system=True,
            tooltip="Quit, when pressed twice",
        ),
        Binding(
            "ctrl+z", "suspend_process", "Suspend", id="suspend", show=False,
            tooltip="Stop voltui and go back to the shell; fg continues it",
        ),
        Binding(
            "J", "jobs", "Jobs", id="jobs", show=False,
            tooltip="Show how far clones, exports and imports are; cancel, retry",
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
        config: Config | None = None,
    ) -> None:
        """Open `start`, a volume and a path in it, as soon as the volumes are known.

        Keys and theme of the config exist.
        """
        gc.disable()  # Until the first frame, which it would delay by a tenth.
        terminal.tolerate_broken_input()
        terminal.follow_window_size()
        own_palette = terminal.needs_palette_of_terminal()
        super().__init__(engine, ansi_color=True if own_palette else None)
        errors = terminal.SafeErrors(ascii_only=ascii)
        self.error_console = Console(
            file=errors, markup=False, highlight=False, color_system=None, safe_box=False
        )
        self._start = start
        self.attention = Attention()
        self._ahead = TypeAhead(self, self._holds)
        self._shown = ShownCells()
        self._safety: list[LineFilter] = [terminal.SafeFilter()]
        self._config = config or Config()
        presentation.show_only_ascii(ascii)
        if ascii:
            self._safety.append(terminal.AsciiFilter())
        keymap.change(self._config.keys)
        self.set_keymap({name: ",".join(keys) for name, keys in self._config.keys.items()})
        self.register_theme(NIGHT)
        self.theme = self._known_theme = self._first_theme(own_palette)
        self._has_title = title.has_title()
        if terminal.is_remote():
            self.animation_level = "none"

    def browse(self) -> None:
        """Run until the user quits, and give the terminal its title back."""
        try:
            self.run(mouse=self._config.mouse)
        finally:
            if self._has_title and sys.__stderr__:
                with suppress(OSError):
                    sys.__stderr__.write(title.RESTORE)
                    sys.__stderr__.flush()

    @property
    def keys_under_way(self) -> bool:
        """Whether a key was typed that is not done yet: work in the background lets it pass."""
        driver = self._driver
        return self._ahead.under_way or (isinstance(driver, NoticingDriver) and driver.has_input)

    def get_driver_class(self) -> type[Driver]:
        """Textual's choice, but the one that notices input where that is the usual one."""
        chosen = super().get_driver_class()
        return NoticingDriver if chosen is LinuxDriver else chosen

    async def on_event(self, event: events.Event) -> None:
        """Serve keys one by one, each aimed at what has the focus in its turn.

        Textual drops a key if the focus moved while it was on its way.
        """
        if isinstance(event, events.Resize):
            self._shown.forget()
        if isinstance(event, events.Key | events.MouseEvent | events.Paste):
            self.attention.noticed()
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
        terminal.on_termination(self.leave, self.close_engine)
        self.app_suspend_signal.subscribe(self, self._leave_terminal, immediate=True)
        self.app_resume_signal.subscribe(self, self._come_back)
        self.theme_changed_signal.subscribe(self, self._remember_theme)
        self._write_title(title.KEEP + title.title(""))
        self.call_after_refresh(self._mind_memory)

    def _first_theme(self, own_palette: bool) -> str:
        """The theme chosen last, where the terminal has the colours for it."""
        wanted = remembered_theme(self._config)
        if own_palette:
            return wanted if wanted and wanted.startswith("ansi-") else "ansi-dark"
        return wanted if wanted in self.available_themes else NIGHT.name

    def refresh_css(self, animate: bool = True) -> None:
        """Style everything anew; before the first screen there is nothing to parse twice."""
        if self.screen_stack:
            super().refresh_css(animate)
        else:
            self.stylesheet.set_variables(self.get_css_variables())

    def _remember_theme(self, theme: Theme) -> None:
        if theme.name != self._known_theme:
            self._known_theme = theme.name
            remember_theme(theme.name, self._config)

    def _leave_terminal(self, _app: App[object]) -> None:
        """Give the title back before Ctrl+z or another program has the terminal."""
        self._write_title(title.RESTORE)

    def _come_back(self, _app: App[object]) -> None:
        """Paint everything again: after Ctrl+z the terminal has forgotten it."""
        self._write_title(title.KEEP + title.title(self.sub_title))
        self._shown.forget()
        self.screen.refresh(layout=True)

    def watch_sub_title(self, place: str) -> None:
        """Show the place in the terminal's title."""
        self._write_title(title.title(place))

    def _write_title(self, sequence: str) -> None:
        if self._has_title and self._driver is not None and self.is_running:
            self._driver.write(sequence)

    def _mind_memory(self) -> None:
        from tui import memory

        memory.collect_rarely()
        memory.grow_in_place()
        self.set_interval(1, partial(memory.collect_at_rest, self.attention.quiet_for))

    def _display(self, screen: Screen[object], renderable: RenderableType | None) -> None:
        """Send only what differs from what the terminal shows."""
        driver = self._driver
        paints = self._running and not self.is_headless and not self._batch_count
        if paints and driver is not None and not driver.is_inline:
            renderable = self._changes(screen, renderable)
            self._ahead.painted()
        super()._display(screen, renderable)

    def _changes(
        self, screen: Screen[object], renderable: RenderableType | None
    ) -> RenderableType | None:
        if not isinstance(renderable, LayoutUpdate | ChopsUpdate):
            if renderable is not None:
                self._shown.forget()
            return renderable
        text = self._shown.changes(renderable, (self.size.width, self.size.height), self.console)
        cursor = screen.outer_size.clamp_offset(self.cursor_position)
        return Changes(text) if text or cursor != self._previous_cursor_position else None

    def get_line_filters(self) -> Sequence[LineFilter]:
        """Textual's own, then ours: nothing unprintable passes."""
        return [*super().get_line_filters(), *self._safety]

    def get_key_display(self, binding: Binding) -> str:
        """Write keys as the help does."""
        return binding.key_display or key_words(binding.key)

    def action_command_palette(self) -> None:
        """Find any action by its name; nothing blinks meanwhile."""
        super().action_command_palette()
        self.screen.call_after_refresh(self._keep_still, self.screen)

    def _keep_still(self, screen: Screen[object]) -> None:
        from textual.widgets import Input

        for line in screen.query(Input):
            line.cursor_blink = False

    def get_system_commands(self, _screen: Screen[object]) -> Iterable[SystemCommand]:
        """Only what has no key of its own."""
        yield SystemCommand("Theme", "Choose the colours", self.action_change_theme)

    # Jobs

    @property
    def jobs(self) -> Jobs:
        """Transfers that work while the user goes on."""
        return self._teller.jobs

    @cached_property
    def _teller(self) -> JobTeller:
        from tui.screens.telling import JobTeller

        return JobTeller(self)

    @on(StartJob)
    def _start_job(self, message: StartJob) -> None:
        self.jobs.add(message.job)

    @on(JobChanged)
    def _job_changed(self, message: JobChanged) -> None:
        from tui.screens.jobs import JobsScreen

        self._teller.changed(message.job)
        if isinstance(self.screen, JobsScreen):
            self.screen.list.renew()
        self._show_jobs()
        if message.job.state.ended:  # No event tells that a volume is whole.
            self._main.volumes.renew()

    def _show_jobs(self, _closed: None = None) -> None:
        """On the main screen; those that were looked at meanwhile are no news any more."""
        self._main.jobs.follow(self.jobs)

    @property
    def _main(self) -> MainScreen:
        main = self.screen_stack[0]
        assert isinstance(main, MainScreen)
        return main

    def action_jobs(self) -> None:
        """Show every job of the session, or go back from there."""
        from tui.screens.jobs import JobsScreen

        if isinstance(self.screen, JobsScreen):
            self.screen.dismiss(None)
        else:
            self.push_screen(JobsScreen(self.jobs), self._show_jobs)

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
        from tui.screens.copied import CopiedScreen

        text = "\n".join(map(copyable, message.lines))
        self.copy_to_clipboard(text)
        self.push_screen(CopiedScreen(text))

    def action_help(self) -> None:
        """Show every key."""
        from tui.screens.help import HelpScreen

        everywhere = [*PanesScreen.BINDINGS, *MainScreen.BINDINGS, *VolumeApp.BINDINGS]
        self.push_screen(HelpScreen(everywhere))
