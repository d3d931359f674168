"""The folder one stands in, as it changes on disk."""

from __future__ import annotations

import time
from collections.abc import Iterable
from contextlib import aclosing, suppress
from itertools import islice

from textual import work
from textual.worker import WorkerCancelled

from tui.attention import AWAY_AFTER, Attended
from tui.calls import stream
from tui.engine import Engine, EngineError
from tui.engine.errors import FileFailed, HelperLost
from tui.engine.model import Entry, Volume
from tui.widgets.file_rows import FileRows
from tui.widgets.folder import FolderPane
from tui.widgets.pacing import Pacer

MERGED = 1000
"""More changes than that are not merged: the folder is listed again."""

MERGED_AT_ONCE = 100
"""Changes merged in one go, which takes some milliseconds."""

LISTED_EVERY = 0.7
"""Seconds at least between two listings for that reason."""

LOSSES_WITHIN = 10.0
"""Seconds in which one loss of the helper goes unnoticed, and a second one does not."""

_OVERLOOKED = 15.0
"""Seconds before a loss in which changes may have been told to nobody."""


class _Pending:
    """Changes that are known and not shown yet."""

    def __init__(self) -> None:
        self.entries: dict[str, Entry] = {}
        self.gone: set[str] = set()
        self.overflow = False

    def __len__(self) -> int:
        return len(self.entries) + len(self.gone)

    def take(self, count: int) -> tuple[dict[str, Entry], set[str]]:
        """Give at most so many of them away: entries, and names of those that are gone."""
        entries = dict(islice(self.entries.items(), count))
        gone = set(islice(self.gone, count - len(entries)))
        for name in entries:
            del self.entries[name]
        self.gone -= gone
        return entries, gone

    def add(self, entries: Iterable[Entry], gone: Iterable[str]) -> None:
        """Take in what is newer."""
        for entry in entries:
            self.entries[entry.name] = entry
            self.gone.discard(entry.name)
        for name in gone:
            self.entries.pop(name, None)
            self.gone.add(name)


class LiveFolderPane(FolderPane):
    """Follows the shown folder; the helper is open as long as it does."""

    def __init__(self, engine: Engine) -> None:
        super().__init__(engine)
        self._pending = _Pending()
        self._followed = ""
        """The folder that is being followed; empty: none."""
        self._polled = False
        """Whether it is only looked at from time to time."""
        self._lost_at = -LOSSES_WITHIN
        """When the helper was lost last, on the monotonic clock."""
        self._away = False
        self._shown_entry: Entry | None = None
        """The entry under the cursor as it was told last."""
        self._again = Pacer(self._list_again, LISTED_EVERY)

    def on_mount(self) -> None:
        """Begin to notice when the user goes away."""
        super().on_mount()
        if isinstance(self.app, Attended):
            self.app.attention.tell(self._user_went, self._user_came)
            self.set_interval(AWAY_AFTER / 20, self.app.attention.look)

    # Following

    def was_listed(self, asked: float) -> None:
        """Follow from there on."""
        super().was_listed(asked)
        if self._followed == self.folder:
            self._show_changes()
        elif not self._away:
            self._follow(self.folder, asked)

    def _arrive(self, path: str, rows: FileRows, anchor: str | None, *, keep: bool) -> None:
        if not keep:
            self._stop_following()
        super()._arrive(path, rows, anchor, keep=keep)

    def _failed(self, path: str, error: EngineError, *, keep: bool) -> None:
        super()._failed(path, error, keep=keep)
        if not self._listed:
            self._stop_following()

    def enter(self, volume: Volume, path: str = "/") -> None:
        """Open a volume at a path."""
        super().enter(volume, path)
        self._list_as_asked()

    def leave(self) -> None:
        """Let go of the volume."""
        self._stop_following()
        super().leave()

    def _stop_following(self) -> None:
        self.workers.cancel_group(self, "follow")
        self._pending, self._followed, self._polled = _Pending(), "", False

    @work(exclusive=True, group="follow")
    async def _follow(self, path: str, since: float) -> None:
        if (files := self.files) is None:
            return
        from tui.engine.watching import FolderChanged

        self._followed = path
        try:
            async with aclosing(stream(files.watch, path, since)) as told:
                async for change in told:
                    self._polled = change.polled
                    if isinstance(change, FolderChanged):
                        self._pending.add(change.entries, change.gone)
                        self._pending.overflow |= change.overflow
                    self.arranged()
        except EngineError as error:
            self._followed = ""
            self._not_followed(path, error)

    def _not_followed(self, path: str, error: EngineError) -> None:
        now = time.monotonic()
        if isinstance(error, HelperLost):
            again, self._lost_at = now - self._lost_at < LOSSES_WITHIN, now
            if not again:
                self._follow(path, now - _OVERLOOKED)
                return
        if isinstance(error, FileFailed):
            self.load()  # The folder is gone, or another: the listing says so.
        else:
            self._failed(path, error, keep=self._listed)

    # What changed

    def arranged(self) -> None:
        """Show what had to wait for the end of a sort or filter; tell what changed."""
        super().arranged()
        self._show_changes()
        before, self._shown_entry = self._shown_entry, self.entry
        if before and self.entry and before != self.entry and before.name == self.entry.name:
            self.post_message(self.Highlighted())

    def counts(self, thing: str = "") -> str:
        """How many entries there are; whether they are followed less closely than by inotify."""
        return super().counts(thing) + (", polled" if self._polled else "")

    def _show_changes(self) -> None:
        """Merge what is known into the rows, as soon as nothing else is done to them."""
        pending, table = self._pending, self.table
        if not (pending or pending.overflow) or not self._listed or self.waits_for_answer:
            return
        if table.busy or table.marking.ranging:
            return
        if pending.overflow or len(pending) > MERGED:
            self._again.ask()
            return
        table.merge_rows(*pending.take(MERGED_AT_ONCE))

    @work(exclusive=True, group="list again")
    async def _list_as_asked(self) -> None:
        await self._again.run()

    async def _list_again(self) -> None:
        """List the followed folder once more, in place of all the changes known so far."""
        if self.files is None or not self._followed or self._wanted != self._followed:
            return
        self._pending = _Pending()
        with suppress(WorkerCancelled):  # The user went elsewhere meanwhile.
            await self._list(self._wanted, None, keep=True).wait()

    # Attention

    def _user_went(self) -> None:
        """Let the helper close: the volume is in use for everybody while it is open."""
        self._away = True
        self._stop_following()
        if self.files is not None:
            self._let_go(self.files)

    def _user_came(self) -> None:
        self._away = False
        self.load()
