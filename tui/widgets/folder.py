"""The folder one stands in, listed."""

from __future__ import annotations

import time
from collections.abc import Iterable
from contextlib import aclosing
from errno import ELOOP, ENOENT, ENOTDIR
from typing import TYPE_CHECKING

from textual import on, work
from textual.content import Content
from textual.message import Message

from tui.calls import call, stream
from tui.content import KEY, failure, notice
from tui.engine import Engine, EngineError
from tui.engine.errors import FileFailed, VolumeChanged, VolumeNotFound
from tui.engine.model import Entry, EntryBatch, Volume
from tui.keymap import key_of
from tui.presentation import location, parent, safe, safe_text, sentence
from tui.widgets.file_rows import FileRows
from tui.widgets.list_pane import ListPane
from tui.widgets.table import VirtualTable, let_keys_pass

if TYPE_CHECKING:
    from tui.engine.files import VolumeFiles

GROWS = 0.2
"""Seconds between two times at which entries that keep coming are shown."""


class FolderPane(ListPane):
    """Lists one folder of one volume; keeps where the cursor stood in each."""

    class Highlighted(Message):
        """The cursor stands on another entry, or on none."""

    class Lost(Message):
        """The volume is gone."""

        def __init__(self, error: EngineError) -> None:
            super().__init__()
            self.error = error

    def __init__(self, engine: Engine) -> None:
        super().__init__("Files", FileRows(), "files")
        self._engine = engine
        self.files: VolumeFiles | None = None
        self.folder = "/"
        """The folder that is listed."""
        self._wanted = "/"
        """The folder that was asked for last."""
        self._places: dict[str, str] = {}
        """Name the cursor stood on, by folder of the open volume."""
        self._visited: dict[str, dict[str, str]] = {}
        """The same of every volume that was open, by its name."""
        self._named = ""
        """Path the volume was opened at, until it turns out to be a folder."""
        self._listed = False
        """Whether the table shows `folder`."""
        self._grown = 0.0
        """Monotonic time at which entries that came were shown last."""

    @property
    def rows(self) -> FileRows:
        """The entries as the table has them."""
        assert isinstance(self.table.rows, FileRows)
        return self.table.rows

    @property
    def entry(self) -> Entry | None:
        """The entry under the cursor."""
        row = self.table.row
        return None if row is None or not self._listed else self.rows.entry(row)

    def suggest(self, volume: Volume | None) -> None:
        """While no volume is open, say how to open one."""
        if self.files is None:
            key, name = (key_of("open"), KEY), safe(volume.name) if volume else ""
            self.describe("Files", "")
            self.say(Content.assemble(key, f" opens {name}") if volume else Content(""))

    def enter(self, volume: Volume, path: str = "/") -> None:
        """Open a volume at a path: a folder, or an entry to put the cursor on."""
        self.leave()
        self.files = self._engine.open(volume)
        self._places = self._visited.setdefault(volume.name, {})
        self._named = path
        self.say(notice(f"Opening {safe(volume.name)} …"))
        self.go(path)

    def leave(self) -> None:
        """Let go of the volume; what is still read of it ends."""
        self.workers.cancel_node(self)
        self._remember()
        if self.files is not None:
            self._let_go(self.files)
        self.files, self._places, self._listed = None, {}, False
        self.expected = None
        self.table.show_rows(FileRows(hide_dotfiles=self.rows.selective))
        self.close_filter()

    @work(group="leave")
    async def _let_go(self, files: VolumeFiles) -> None:
        await call(files.leave)

    def go(self, path: str, anchor: str | None = None) -> None:
        """List another folder, the cursor on a name, or where it was there before."""
        self._remember()
        self._wanted = path
        anchor = anchor or self._places.get(path)
        known = self.files.listings.known(path) if self.files else None
        if known is None:
            self.expected = time.monotonic()
        else:
            self._arrive(path, self._rows_of(known), anchor, keep=False)
        self._list(path, anchor, keep=known is not None)

    def _rows_of(self, batches: Iterable[EntryBatch]) -> FileRows:
        rows = FileRows(hide_dotfiles=self.rows.selective)
        for batch in batches:
            rows.extend(batch)
        return rows

    def _remember(self) -> None:
        if self._listed and self.table.name_under_cursor is not None:
            self._places[self.folder] = self.table.name_under_cursor

    def load(self) -> None:
        """List the same folder again; what is shown stays until the answer is complete."""
        if self.files is not None:
            self._list(self._wanted, None, keep=self._listed and self._wanted == self.folder)

    @work(exclusive=True, group="list")
    async def _list(self, path: str, anchor: str | None, *, keep: bool) -> None:
        if (files := self.files) is None:
            return
        rows, asked = self._rows_of(()), time.monotonic()
        try:
            with self.asking():
                async with aclosing(stream(files.entries, path)) as batches:
                    async for batch in batches:
                        self.heard()
                        rows.extend(batch)
                        await let_keys_pass(self.app)
                        if not keep:
                            self._show_more(path, rows, anchor)
            if self.rows is rows:
                self.table.sort_rows()
            elif not keep or not rows.same(self.rows):
                self._arrive(path, rows, anchor, keep=keep)
        except EngineError as error:
            self._failed(path, error, keep=keep)
            return
        finally:
            del rows  # A worker that is cancelled keeps its traceback, and that this frame.
        self.warn(None)
        self.was_listed(asked)

    def was_listed(self, asked: float) -> None:
        """All of `folder` is shown as it was at `asked`, on the monotonic clock."""

    def _show_more(self, path: str, rows: FileRows, anchor: str | None) -> None:
        """Show the first entries at once, the others a few times a second: painting costs more."""
        now = time.monotonic()
        if self.rows is not rows:
            self._arrive(path, rows, anchor, keep=False)
        elif now < self._grown + GROWS:
            return
        else:
            self.table.rows_added()
        self._grown = now

    def _arrive(self, path: str, rows: FileRows, anchor: str | None, *, keep: bool) -> None:
        if not keep:
            self.close_filter()
            self.expected = None
        self.warn(None)
        self.folder, self._listed = path, True
        self.table.show_rows(rows, anchor=anchor, keep=keep)
        self.post_message(self.Highlighted())

    def _failed(self, path: str, error: EngineError, *, keep: bool) -> None:
        if isinstance(error, VolumeNotFound | VolumeChanged):
            self.post_message(self.Lost(error))
        elif path == self._named != "/" and _names_no_folder(error):
            self._named = ""
            self.go(parent(path), path.rpartition("/")[2])
        elif keep and not _is_gone(error):
            self.warn(f"Stale. {sentence(error)} {key_of('refresh')} retries.")
        else:
            self.folder, self._listed = path, False
            self.expected = None
            self.close_filter()
            self.table.show_rows(FileRows(hide_dotfiles=self.rows.selective))
            self._title("")
            self.say(
                failure(error, self._engine.endpoint, [("up", "goes up"), ("refresh", "retries")])
            )
            self.post_message(self.Highlighted())

    def tell_wait(self, seconds: int) -> None:
        """Say it where the list is, or above it."""
        if self.files is None:
            return
        words = f"{location(self.files.volume.name, self._wanted)}: no answer for {seconds} s."
        if self._listed:
            self.warn(words)
        else:
            self.say(notice(words, keys=[("up", "goes back"), ("refresh", "asks again")]))

    def _title(self, note: str) -> None:
        if self.files is not None:
            self.describe(location(self.files.volume.name, self.folder), note)

    def arranged(self) -> None:
        """Say why no entry is listed."""
        if not self._listed:
            return
        self._title(self.counts("entry"))
        if self.table.arrangement.view or self.table.busy:
            self.say(None)
        elif not len(self.rows):
            self.say(notice("This folder is empty.", keys=[("up", "goes up")]))
        elif self.table.arrangement.query:
            query = safe_text(self.filter_text)
            self.say(
                notice(f"No name here has {query} in it.", keys=[("filter.clear", "shows all")])
            )
        else:
            self.say(
                notice(
                    "Everything here is hidden.",
                    keys=[("files.hidden", "shows it"), ("up", "goes up")],
                )
            )

    @on(VirtualTable.Moved)
    def _moved(self) -> None:
        self.post_message(self.Highlighted())


def _is_gone(error: EngineError) -> bool:
    return isinstance(error, FileFailed) and error.errno == ENOENT


def _names_no_folder(error: EngineError) -> bool:
    return isinstance(error, FileFailed) and error.errno in {ENOTDIR, ELOOP}
