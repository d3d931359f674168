"""A file on the whole screen: read, described, its lines counted in the background."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import aclosing
from typing import TYPE_CHECKING

from textual import on, work
from textual.app import ComposeResult
from textual.screen import Screen

from tui.calls import stream
from tui.content import notice
from tui.content.viewing import Viewed, viewer_notes
from tui.engine import EngineError
from tui.engine.lineindex import LineIndex
from tui.presentation import location, safe_text, sentence
from tui.viewing.asking import place
from tui.viewing.source import Change, FileSource
from tui.widgets.ask_line import AskLine
from tui.widgets.file_view import FileView
from tui.widgets.key_bar import KeyBar
from tui.widgets.notice import Notice
from tui.widgets.pane import TitleLine

if TYPE_CHECKING:
    from tui.engine.files import VolumeFiles

_UNITS = {"utf-16-le": "le", "utf-16-be": "be"}
"""How the agent calls encodings whose line end has two bytes."""

_CHANGES = {
    Change.REPLACED: "replaced: this is the new file",
    Change.TRUNCATED: "truncated",
}


class ShownFile(Screen[None]):
    """Reads what is on the screen, and nothing else but to count lines."""

    def __init__(self, files: VolumeFiles, path: str) -> None:
        super().__init__()
        self.volume_files = files
        self.source = FileSource(files, path)
        self.heading = TitleLine()
        self.view = FileView()
        self.notice = Notice()
        self._ask: AskLine | None = None
        self._told = ""
        self._counting: LineIndex | None = None
        """The index whose lines are being counted."""
        self._line_wanted: int | None = None
        """Line to go to once it is known where it is."""

    def compose(self) -> ComposeResult:
        """Title, then the file or a sentence in its place, then the keys."""
        yield self.heading
        yield self.notice
        yield self.view
        yield KeyBar()

    def on_mount(self) -> None:
        """Read the first part."""
        self.heading.title = location(self.volume_files.volume.name, self.source.path)
        self._say("Reading …")
        self._open()

    # What is shown

    @work(exclusive=True, group="open")
    async def _open(self) -> None:
        try:
            await self.source.open()
        except EngineError as error:
            hints = [safe_text(error.hint)] if error.hint else []
            keys = [("R", "tries again"), ("q", "goes back")]
            self._say(sentence(error), *hints, keys=keys)
            return
        self.view.index = LineIndex()
        self.view.show(self.source, as_hex=self.source.encoding is None)
        self.opened()

    def opened(self) -> None:
        """The file was read for the first time, or anew."""
        self.put()
        self.count()

    def _say(self, headline: str, *hints: str, keys: list[tuple[str, str]] | None = None) -> None:
        """Show a sentence in place of the file."""
        self.notice.say(notice(headline, *hints, keys=keys or []))
        self.notice.display, self.view.display = True, False
        if self._ask is None:
            self.set_focus(self.notice)

    def put(self) -> None:
        """Show the file, or that there is nothing in it."""
        if self.source.blocks.size == 0:
            self._say("Empty file.")
        elif not self.view.display:
            self.notice.display, self.view.display = False, True
            if self._ask is None:
                self.set_focus(self.view)
        self.describe()

    def doing(self) -> tuple[str, ...]:
        """What goes on, for the title."""
        return ()

    def describe(self, told: str | None = None) -> None:
        """Write the title anew; what is told stays until something else is."""
        if told is not None:
            self._told = told
        encoding, shown = self.source.encoding, self.view.source is not None
        viewed = Viewed(
            self.source.blocks.size,
            self.view.window.top if shown else 0,
            self.view.window.bottom if shown else 0,
            self.view.lines,
            self.view.line_count,
            encoding.name if encoding and not self.view.hex else "",
            self.source.ends,
            tuple(part for part in (*self.doing(), self._told) if part),
        )
        notes = viewer_notes(viewed)
        if notes != self.heading.notes:
            self.heading.notes = notes
            self.heading.refresh()

    @on(FileView.Moved)
    def _file_moved(self) -> None:
        if change := self.source.change:
            self.source.change = None
            self.source.recognise()
            self.changed(_CHANGES[change])
        self.describe()

    def changed(self, told: str) -> None:
        """The file is another one."""
        self.view.index = LineIndex()
        self.view.current = None
        self.describe(told)
        self.put()
        self.count()

    @on(FileView.Failed)
    def _file_failed(self, message: FileView.Failed) -> None:
        self.describe(sentence(message.error))

    @on(FileView.Waiting)
    def _file_waits(self) -> None:
        self.describe("waiting for the engine …")

    # Lines

    def count(self) -> None:
        """Count the lines that are not counted yet, if nobody does; of a former file no more."""
        index = self.view.index
        behind = not index.complete or index.done < self.source.blocks.size
        if self.source.encoding and behind and not index.full and index is not self._counting:
            self._counting = index
            self._count_lines(index)

    @work(exclusive=True, group="count")
    async def _count_lines(self, index: LineIndex) -> None:
        """Count in the background; where that fails, reading does too, and says so."""
        encoding, size = self.source.encoding, self.source.blocks.size
        unit = _UNITS.get(encoding.codec, "") if encoding else ""
        try:
            parts = stream(self.volume_files.lines, self.source.path, index.next, unit)
            async with aclosing(parts):
                async for part in parts:
                    index.add(part)
                    self.view.counted()
                    self._go_to_line()
                    self.describe()
                    if index.full:
                        break
        except EngineError as error:
            self.describe(sentence(error))
        finally:
            if self._counting is index:
                self._counting = None
        if self.source.blocks.size > size:
            self.call_later(self.count)  # What came meanwhile may not be among them.

    async def action_go_to(self) -> None:
        """Ask for a line, a percentage or an offset."""
        await self.ask_for("line, 50% or 0xoffset: ", self._go_to)

    def _go_to(self, typed: str) -> None:
        wanted = place(typed, self.source.blocks.size, lines=not self.view.hex)
        if wanted is None:
            self.describe("neither a line, a percentage nor an offset")
        elif wanted.offset is not None:
            self.view.go(wanted.offset)
        else:
            self._line_wanted = wanted.line
            self.describe("counting lines …")
            self._go_to_line()

    def _go_to_line(self) -> None:
        """Go to the line that was asked for, if it is known by now where it is."""
        line, index = self._line_wanted, self.view.index
        if line is None:
            return
        if index.complete or index.full or index.step_of(line - 1) is not None:
            self._line_wanted = None
            self.describe("")
            self.view.go_to_line(line)

    # Asking

    async def ask_for(self, question: str, answered: Callable[[str], None]) -> None:
        """Ask for a text on the last line but one; keys typed behind wait for it."""

        def answer(typed: str | None) -> None:
            self._close_ask()
            if typed is not None:
                answered(typed)

        self._close_ask()
        self._ask = AskLine(question, answer)
        await self.mount(self._ask, after=self.view)
        self._ask.take_focus()

    def _close_ask(self) -> None:
        if self._ask is not None:
            self._ask.remove()
            self._ask = None
            self.set_focus(self.view if self.view.display else self.notice)
