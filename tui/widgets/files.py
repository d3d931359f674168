"""The files of a volume: walking from folder to folder, and the keys on an entry."""

from __future__ import annotations

import time
from functools import partial
from typing import ClassVar

from textual import on, work
from textual.binding import Binding, BindingType
from textual.message import Message

from tui.calls import call
from tui.content import stat_text
from tui.engine import EngineError
from tui.engine.errors import FileFailed
from tui.engine.model import Entry, EntryKind
from tui.messages import CopyText, ErrorRaised, Look, ShowText
from tui.presentation import join, link_target, location, parent, safe
from tui.widgets.live_folder import LiveFolderPane
from tui.widgets.table import VirtualTable


class FilesPane(LiveFolderPane):
    """Walks from folder to folder; what one does with the entry under the cursor."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "enter,l,right", "open", "Open", id="open", key_display="↵",
            tooltip="Enter the folder, follow the link, or look at the file",
        ),
        Binding(
            "h,left,backspace", "up", "Up", id="up",
            tooltip="Go to the folder above, from the root back to the volumes",
        ),
        Binding(
            "full_stop", "hidden", "Hidden", id="files.hidden", key_display=".",
            tooltip="Hide entries whose name begins with a dot, or show them again",
        ),
        Binding(
            "t", "follow", "Follow", id="follow", show=False,
            tooltip="Show the end of the file, and what is appended to it",
        ),
        Binding(
            "i", "inspect", "Inspect", id="inspect",
            tooltip="Show everything the file system tells of the entry",
        ),
        Binding(
            "Y", "copy", "Copy path", id="copy_path", show=False,
            tooltip="Copy the path to the terminal's clipboard",
        ),
        Binding(
            "f", "look('find')", "Find", id="find", show=False,
            tooltip="Find entries below this folder by a part of their name, or a pattern",
        ),
        Binding(
            "F", "look('grep')", "Find text", id="grep", show=False,
            tooltip="Find files below this folder by what is in them",
        ),
        Binding(
            "z", "look('usage')", "Disk usage", id="usage", show=False,
            tooltip="Count what the folders here hold, the largest first",
        ),
        Binding(
            "tilde", "look('goto')", "Go to", id="goto", key_display="~", show=False,
            tooltip="Go to a path, completed with Tab",
        ),
        Binding(
            "H", "look_at('hash')", "SHA-256", id="hash", show=False,
            tooltip="Compute the SHA-256 of the file",
        ),
    ]  # fmt: skip

    class FileChosen(Message):
        """The user wants to look at an entry that is no file: the preview says what it is."""

    class Left(Message):
        """The user went up from the root."""

    @on(VirtualTable.Opened)
    @work(exclusive=True, group="open")
    async def action_open(self) -> None:
        """Enter the folder, follow the link, or look at the file."""
        await self._open("view")

    @work(exclusive=True, group="open")
    async def action_follow(self) -> None:
        """Show the end of the file, and what is appended to it."""
        await self._open("follow")

    async def _open(self, kind: str) -> None:
        """Enter a folder; look at a file, also through a link, in one of two ways."""
        entry = self.entry
        if entry is None or self.files is None or self._wanted != self.folder:
            return
        path = join(self.folder, entry.name)
        if entry.kind is EntryKind.DIRECTORY:
            self.go(path)
            return
        if entry.kind is EntryKind.FILE:
            self.post_message(Look(kind, path, entry))
            return
        if entry.kind is EntryKind.SYMLINK and (target := link_target(self.folder, entry.target)):
            folder = self.folder
            try:
                pointed = await self._pointed(target)
            except EngineError as error:
                self.post_message(ErrorRaised(error, f"Follow {safe(entry.name)}"))
                return
            if self._wanted != folder or not self.screen.is_current:
                return  # The user went elsewhere meanwhile.
            if pointed and pointed.kind is EntryKind.DIRECTORY:
                self.go(target)
                return
            if pointed and pointed.kind is EntryKind.FILE:
                self.post_message(Look(kind, target, pointed))
                return
        self.post_message(self.FileChosen())

    async def _pointed(self, target: str) -> Entry | None:
        """What a link points to; keys typed meanwhile are meant for it."""
        self.expected = asked = time.monotonic()
        try:
            return (await call(self.files.stat, target)).entry if self.files else None
        except FileFailed:
            return None  # Dangling, or through another link: the preview says so.
        finally:
            if self.expected == asked:
                self.expected = None

    def action_up(self) -> None:
        """Go to the folder above, from the root back to the volumes."""
        if self._wanted == "/" or self.files is None:
            self.post_message(self.Left())
        else:
            above = parent(self._wanted)
            self.go(above, self._wanted.rpartition("/")[2])

    def action_hidden(self) -> None:
        """Hide entries whose name begins with a dot, or show them again."""
        self.rows.selective = not self.rows.selective
        self.table.filter_rows(self.table.arrangement.query)

    @work(exclusive=True, group="inspect")
    async def action_inspect(self) -> None:
        """Show everything the file system tells of the entry."""
        if self.entry is None or self.files is None:
            return
        path = join(self.folder, self.entry.name)
        title = location(self.files.volume.name, path)
        try:
            told = await call(self.files.stat, path)
        except EngineError as error:
            self.post_message(ErrorRaised(error, title))
            return
        self.post_message(ShowText(title, partial(stat_text, told)))

    def action_look(self, kind: str) -> None:
        """Look at the folder with a screen of its own."""
        if self.files is not None:
            self.post_message(Look(kind, self.folder))

    def action_look_at(self, kind: str) -> None:
        """Look at the file under the cursor with a screen of its own."""
        if self.files is not None and self.entry is not None:
            path = join(self.folder, self.entry.name)
            self.post_message(Look(kind, path, self.entry))

    def action_copy(self) -> None:
        """Copy the path on the engine's machine, or inside the volume where that is not known."""
        if self.files is None:
            return
        path = join(self.folder, self.entry.name) if self.entry else self.folder
        self.post_message(CopyText(self.files.volume.mountpoint + path))
