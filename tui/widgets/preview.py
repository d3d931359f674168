"""What is in the entry under the cursor."""

from __future__ import annotations

import asyncio
from contextlib import aclosing
from typing import TYPE_CHECKING, ClassVar

from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.widget import Widget

from tui.documents.document import Document
from tui.engine import EngineError
from tui.engine.model import Entry
from tui.presentation import join, safe, sentence
from tui.widgets.lines import LineView
from tui.widgets.notice import Notice
from tui.widgets.pane import Pane

if TYPE_CHECKING:
    from tui.engine.files import VolumeFiles

DEBOUNCE = 0.07
"""Seconds the cursor has to rest on an entry before it is read."""


class PreviewPane(Pane):
    """Shows the first 64 KiB of a file, what is in an archive or folder, where a link points."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "h,left,backspace,escape", "back", "Back", id="preview.back",
            tooltip="Go back to the list of files",
        ),
        Binding(
            "enter,l,right", "choose(False)", "View", id="preview.open", show=False,
            tooltip="Look at the file on the whole screen",
        ),
        Binding(
            "t", "choose(True)", "Follow", id="follow", show=False,
            tooltip="Show the end of the file, and what is appended to it",
        ),
    ]  # fmt: skip

    class Left(Message):
        """The user goes back to the list."""

    class Chosen(Message):
        """The user wants to see all of it."""

        def __init__(self, *, follow: bool) -> None:
            super().__init__()
            self.follow = follow

    def __init__(self) -> None:
        super().__init__("Preview", "preview")
        self.view = LineView()
        self.notice = Notice()
        self._document = Document()
        self._at: tuple[VolumeFiles, str] | None = None
        """The entry that is shown, or waited for."""
        self.reading = False
        """Whether more is still to come."""
        self._changed: Entry | None = None
        """The same entry, after it changed while it was being read."""

    def compose(self) -> ComposeResult:
        """Title, then lines or a sentence."""
        yield from super().compose()
        yield self.notice
        yield self.view

    def on_mount(self) -> None:
        """Nothing to show yet."""
        self.clear()

    def on_resize(self) -> None:
        """Lay out anew what depends on the width."""
        super().on_resize()
        if self._document.listing:
            self.call_after_refresh(self._put, self._document, keep=True)

    def clear(self) -> None:
        """Show nothing."""
        self.workers.cancel_group(self, "preview")
        self._at, self.reading = None, False
        self.describe("Preview", "")
        self._put(Document())

    def show(self, files: VolumeFiles, folder: str, entry: Entry) -> None:
        """Show an entry once the cursor has rested on it; the former one stays until then.

        The same entry again is read again, as it may have changed; its lines stay where they are.
        """
        at = (files, join(folder, entry.name))
        if at == self._at and self.reading:
            self._changed = entry
            return
        again = at == self._at
        self._at, self.reading, self._changed = at, True, None
        self._follow(files, folder, entry, again=again)

    @work(exclusive=True, group="preview")
    async def _follow(self, files: VolumeFiles, folder: str, entry: Entry, *, again: bool) -> None:
        """Read an entry, and once more if it changed meanwhile."""
        while True:
            await asyncio.sleep(DEBOUNCE)
            await self._read(files, folder, entry, again=again)
            if self._changed is None:
                break
            entry, self._changed, again = self._changed, None, True
        self.reading = False

    async def _read(self, files: VolumeFiles, folder: str, entry: Entry, *, again: bool) -> None:
        """Put what is known of an entry; what is shown already stays until all of it is known."""
        from tui.widgets.preview_documents import documents_of

        document = Document()
        begun = False
        try:
            async with aclosing(documents_of(files, folder, entry)) as documents:
                async for document in documents:
                    if not again:
                        self._tell(entry, document, keep=begun)
                        begun = True
        except EngineError as error:
            document = Document(sentence=sentence(error))
        self._tell(entry, document, keep=begun or again)

    def _tell(self, entry: Entry, document: Document, *, keep: bool) -> None:
        self.describe(safe(entry.name), document.notes)
        self._put(document, keep=keep)

    def _put(self, document: Document, *, keep: bool = False) -> None:
        self._document = document
        had_focus = self.has_focus_within
        lines = document.lines
        if document.listing:
            lines = document.listing.lines(self.content_size.width)
        self.view.show_lines(lines, numbered=document.numbered, spans=document.spans, keep=keep)
        front = self.front
        self.view.display = bool(lines)
        self.notice.display = not lines
        self.notice.say(document.sentence)
        if had_focus and front is not self.front:
            self.take_focus()

    def action_choose(self, follow: bool) -> None:
        """Look at the file on the whole screen, or follow it."""
        self.post_message(self.Chosen(follow=follow))

    def action_back(self) -> None:
        """Go back to the list of files."""
        self.post_message(self.Left())

    @property
    def front(self) -> Widget:
        """The lines, or the sentence that stands for them."""
        return self.view if self.view.display else self.notice
