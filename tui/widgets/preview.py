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

from tui.calls import call, stream
from tui.content import link_sentence, special_sentence
from tui.documents import Document, of_range
from tui.engine import EngineError
from tui.engine.errors import FileFailed
from tui.engine.model import Entry, EntryKind
from tui.presentation import counted, join, link_target, safe, sentence
from tui.widgets.lines import LineView
from tui.widgets.notice import Notice
from tui.widgets.pane import Pane

if TYPE_CHECKING:
    from tui.engine.files import VolumeFiles

DEBOUNCE = 0.07
"""Seconds the cursor has to rest on an entry before it is read."""

FIRST_NAMES = 200
"""Names of a folder that are shown."""


class PreviewPane(Pane):
    """Shows the first 64 KiB of a file, the first names of a folder, where a link points."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "h,left,backspace,escape", "back", "Back", id="preview.back",
            tooltip="Go back to the list of files",
        ),
    ]  # fmt: skip

    class Left(Message):
        """The user goes back to the list."""

    def __init__(self) -> None:
        super().__init__("Preview", "preview")
        self.view = LineView()
        self.notice = Notice()

    def compose(self) -> ComposeResult:
        """Title, then lines or a sentence."""
        yield from super().compose()
        yield self.notice
        yield self.view

    def on_mount(self) -> None:
        """Nothing to show yet."""
        self.clear()

    def clear(self) -> None:
        """Show nothing."""
        self.workers.cancel_group(self, "preview")
        self.describe("Preview", "")
        self._put(Document())

    @work(exclusive=True, group="preview")
    async def show(self, files: VolumeFiles, folder: str, entry: Entry) -> None:
        """Show an entry once the cursor has rested on it; the former one stays until then."""
        await asyncio.sleep(DEBOUNCE)
        try:
            document = await self._document(files, folder, entry)
        except EngineError as error:
            document = Document(sentence=sentence(error))
        self.describe(safe(entry.name), document.notes)
        self._put(document)

    def _put(self, document: Document) -> None:
        had_focus = self.has_focus_within
        self.view.show_lines(document.lines, numbered=document.numbered)
        self.view.display = bool(document.lines)
        self.notice.display = not document.lines
        self.notice.say(document.sentence)
        if had_focus:
            self.take_focus()

    async def _document(self, files: VolumeFiles, folder: str, entry: Entry) -> Document:
        path = join(folder, entry.name)
        if entry.kind is EntryKind.FILE:
            return of_range(await call(files.read, path))
        if entry.kind is EntryKind.DIRECTORY:
            return await self._folder(files, path)
        if entry.kind is EntryKind.SYMLINK:
            return await self._link(files, folder, entry)
        return Document(sentence=special_sentence(entry))

    async def _folder(self, files: VolumeFiles, path: str) -> Document:
        names: list[str] = []
        total = 0
        async with aclosing(stream(files.entries, path)) as batches:
            async for batch in batches:
                total += len(batch)
                if len(names) < FIRST_NAMES:
                    names += [_listed(entry) for entry in batch]
        names = sorted(names[:FIRST_NAMES], key=lambda name: (not name.endswith("/"), name))
        if not names:
            return Document(sentence="Empty folder.", notes=("folder",))
        more = [f"… and {total - len(names):,} more"] if total > len(names) else []
        return Document([*names, *more], notes=(counted(total, "entry"),))

    async def _link(self, files: VolumeFiles, folder: str, entry: Entry) -> Document:
        target = link_target(folder, entry.target)
        kind = None
        if target is not None:
            try:
                kind = (await call(files.stat, target)).entry.kind
            except FileFailed as error:
                return Document(sentence=link_sentence(entry, target, why=sentence(error)))
        return Document(sentence=link_sentence(entry, target, kind), notes=("link",))

    def action_back(self) -> None:
        """Go back to the list of files."""
        self.post_message(self.Left())

    @property
    def front(self) -> Widget:
        """The lines, or the sentence that stands for them."""
        return self.view if self.view.display else self.notice


def _listed(entry: Entry) -> str:
    return safe(entry.name) + ("/" if entry.kind is EntryKind.DIRECTORY else "")
