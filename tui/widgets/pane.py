"""A part of the screen with a title: a line of its own when narrow, in the border when wide."""

from __future__ import annotations

from rich.cells import cell_len
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.widget import Widget

from tui.presentation import tail


class TitleLine(Widget):
    """Title on the left, note on the right, on one line."""

    title = ""
    notes: tuple[str, ...] = ()

    def render(self) -> Content:
        """Fit both; the title keeps its end, where a path says most."""
        width = self.content_size.width
        note = self.note(width - 8)
        title = tail(self.title, width - cell_len(note) - (1 if note else 0))
        space = " " * (width - cell_len(title) - cell_len(note))
        return Content.assemble((title, "bold"), space, (note, "$text-muted"))

    def note(self, room: int) -> str:
        """As many notes as fit into `room` cells, the first ones first."""
        for count in range(len(self.notes), 0, -1):
            note = " · ".join(self.notes[:count])
            if cell_len(note) <= room:
                return note
        return ""


class Pane(Vertical):
    """A titled part of the screen."""

    def __init__(self, title: str, name: str) -> None:
        super().__init__(id=name)
        self.heading = TitleLine()
        self.heading.title = title

    def compose(self) -> ComposeResult:
        """The title; subclasses add what stands below it."""
        yield self.heading

    def describe(self, title: str | None = None, note: str | tuple[str, ...] | None = None) -> None:
        """Set title and note, which are safe to show; of several notes as many as fit are shown."""
        before = (self.heading.title, self.heading.notes)
        self.heading.title = self.heading.title if title is None else title
        if note is not None:
            self.heading.notes = (note,) if isinstance(note, str) else note
        if before != (self.heading.title, self.heading.notes):
            self._write_heading()

    @property
    def front(self) -> Widget:
        """What stands in the pane now and takes its keys."""
        return self

    def take_focus(self) -> None:
        """Focus what stands in the pane now, at once."""
        self.screen.set_focus(self.front)

    def on_mount(self) -> None:
        """Write the title where it belongs."""
        self._write_heading()

    def on_resize(self) -> None:
        """Cut the title anew."""
        self._write_heading()

    def _write_heading(self) -> None:
        if self.heading.display:
            self.heading.refresh()
            return  # The border shows none, yet with its titles the whole pane is painted again.
        room = max(1, self.outer_size.width - 6)
        self.border_title = Content(tail(self.heading.title, room))
        self.border_subtitle = Content(self.heading.note(room))
