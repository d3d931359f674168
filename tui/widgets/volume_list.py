"""The volumes of an engine, listed and kept up to date as it tells of changes."""

from __future__ import annotations

import time
from collections.abc import Sequence, Set
from contextlib import aclosing
from functools import partial

from textual import on, work
from textual.message import Message
from textual.signal import Signal

from tui.calls import call, stream
from tui.content import failure, notice
from tui.engine import Engine, EngineError
from tui.engine.changes import Changed, Connected, EngineChange, Lost, Unheard
from tui.engine.model import Volume
from tui.keymap import key_of
from tui.presentation import safe_text, sentence
from tui.widgets.list_pane import ListPane
from tui.widgets.pacing import Pacer
from tui.widgets.table import VirtualTable, let_keys_pass
from tui.widgets.volume_rows import VolumeRows

REFRESH_PAUSE = 0.3
"""Seconds at least between two lists that the engine is asked for on its own accord."""

NEW_SIZE_AFTER = 61.0
"""Seconds after which the size of a new volume is asked for again: it may be had once a minute."""

SIZES_TOGETHER = 0.25
"""Seconds in which sizes that come are gathered: painting costs more than they do."""


class VolumeList(ListPane):
    """Lists the volumes; what is known of them follows the engine and the measurements."""

    class Highlighted(Message):
        """The cursor stands on another volume, or more is known of it."""

        def __init__(self, volume: Volume | None) -> None:
            super().__init__()
            self.volume = volume

    class Listed(Message):
        """The volumes, or what is known of them, changed; None: the engine was never reached."""

        def __init__(self, volumes: Sequence[Volume] | None) -> None:
            super().__init__()
            self.volumes = volumes

    class Reconnected(Message):
        """The engine is there again, and may be another one."""

    def __init__(self, engine: Engine) -> None:
        super().__init__("Volumes", VolumeRows(), "volumes")
        self._engine = engine
        self.told: Signal[None] = Signal(self, "told")
        """Published when the volumes, their sizes, or what is wrong with them changed."""
        self.known = False
        """Whether the engine has ever answered."""
        self.failure: EngineError | None = None
        """Why it did not answer when it was asked last."""
        self._stale = False
        """Whether it did not answer when it was asked last."""
        self._followed = False
        """Whether changes are being listened to."""
        self._unheard = False
        """Whether the engine tells no changes."""
        self._news = Pacer(self._ask, REFRESH_PAUSE)
        self._measuring = False
        self._sized = False
        """Whether sizes came that are not shown yet."""
        self._measured: frozenset[str] = frozenset()
        """Names of the volumes that were measured, or could not be."""

    @property
    def rows(self) -> VolumeRows:
        """The volumes as the table has them."""
        assert isinstance(self.table.rows, VolumeRows)
        return self.table.rows

    @property
    def volume(self) -> Volume | None:
        """The volume under the cursor."""
        row = self.table.row
        return None if row is None else self.rows.volumes[row]

    def find(self, name: str) -> Volume | None:
        """The volume of that name, if it is listed."""
        row = self.rows.positions.get(name)
        return None if row is None else self.rows.volumes[row]

    def on_mount(self) -> None:
        """Ask for the volumes before the first frame is painted."""
        self.load()

    @work(exclusive=True, group="volumes")
    async def load(self) -> None:
        """Ask the engine for its volumes and their sizes, and follow what happens to them."""
        if not self.known:
            self.say(notice("Asking the engine for its volumes …"))
            self.expected = time.monotonic()
        self._measured = frozenset()
        await self._ask()
        self.expected = None
        if not self._followed:
            self._followed = True
            self._listen()
            self._refresh()

    async def _ask(self) -> None:
        """Take in what the engine tells now; what is shown stays until the answer is there."""
        try:
            with self.asking():
                volumes = await call(self._engine.volumes)
        except EngineError as error:
            self._failed(error)
            return
        first, self.known, self._stale = not self.known, True, False
        self.failure = None
        self.warn(None)
        if first or volumes != self.rows.volumes:
            self.table.show_rows(VolumeRows(volumes, unused_only=self.rows.selective), keep=True)
        self._tell(volumes)
        self._measure_new()

    def _tell(self, volumes: Sequence[Volume]) -> None:
        self.post_message(self.Listed(volumes))
        self.post_message(self.Highlighted(self.volume))
        self.told.publish(None)

    def show_new(self, name: str) -> None:
        """Put the cursor on a volume that was just made, as soon as it is listed."""
        self.close_filter()
        self.table.seek(name)
        self._news.ask()

    # What the engine tells

    @work(group="changes")
    async def _listen(self) -> None:
        async with aclosing(stream(self._engine.changes)) as changes:
            async for change in changes:
                self._happened(change)

    def renew(self) -> None:
        """Ask again soon: something changed that no event tells."""
        self._news.ask()

    @work(group="refresh")
    async def _refresh(self) -> None:
        await self._news.run()

    def _happened(self, change: EngineChange) -> None:
        match change:
            case Connected(again):
                self._unheard = False
                self.arranged()
                if again:
                    self.post_message(self.Reconnected())
                self._news.ask()
            case Changed(made):
                if made is None or not made <= self.rows.positions.keys():
                    self._news.ask()
            case Lost(error):
                self._failed(error)
            case Unheard():
                self._unheard = True
                self._news.ask()
                self.arranged()

    # Sizes

    def _measure_new(self) -> None:
        """Measure volumes that were not measured yet, unless that is under way."""
        new = self.rows.positions.keys() - self._measured
        if new and not self._measuring:
            late = bool(self._measured)
            self._measured = frozenset(self.rows.positions)
            self._measure(new, late=late)

    @work(group="sizes")
    async def _measure(self, new: Set[str], *, late: bool) -> None:
        """Take in sizes; those of volumes that came late may need another time of asking."""
        self._measuring = True
        try:
            await self._take_sizes(self.rows.volumes)
        finally:
            self._measuring = False
        self._measure_new()
        if late and any(self._unmeasured(name) for name in new):
            self.set_timer(NEW_SIZE_AFTER, partial(self._measure_again, new))

    def _unmeasured(self, name: str) -> bool:
        volume = self.find(name)
        return volume is not None and volume.size is None

    def _measure_again(self, names: Set[str]) -> None:
        wanted = frozenset(filter(self._unmeasured, names))
        if wanted and not self._measuring:
            self._measure(wanted, late=False)

    async def _take_sizes(self, volumes: Sequence[Volume]) -> None:
        """Show sizes as they come. A size that cannot be had stays unknown."""
        try:
            async with aclosing(stream(self._engine.sizes, volumes)) as sizes:
                async for name, known in sizes:
                    self.rows.set_size(name, known)
                    if not self._sized:
                        self._sized = True
                        self.set_timer(SIZES_TOGETHER, self._show_sizes)
                    await let_keys_pass(self.app)
        except EngineError as error:
            if not self._stale:
                self.warn(f"Sizes are not known: {sentence(error)}")
        if self.table.arrangement.sort == "size":
            self.table.sort_rows()

    def _show_sizes(self) -> None:
        self._sized = False
        self.table.refresh()
        self._tell(self.rows.volumes)

    # What goes wrong

    def _failed(self, error: EngineError) -> None:
        self.failure = error
        if self.known:
            self._warn_stale(f"{sentence(error)} {key_of('refresh')} retries.")
            return
        self.say(failure(error, self._engine.endpoint, [("refresh", "retries"), ("quit", "quits")]))
        self.post_message(self.Listed(None))
        self.told.publish(None)

    def _warn_stale(self, words: str) -> None:
        """Say that the list is old, which matters more than sizes that did not come."""
        self._stale = True
        self.warn(f"Stale. {words}")
        self.told.publish(None)

    def tell_wait(self, seconds: int) -> None:
        """Say it where the list is, or above it."""
        words = f"{safe_text(self._engine.endpoint.name)} has not answered for {seconds} s."
        if self.known:
            self._warn_stale(words)
        else:
            endpoint = self._engine.endpoint
            tried = f"Asked {safe_text(endpoint.url)}, from {safe_text(endpoint.origin)}."
            self.say(notice(words, tried, keys=[("refresh", "asks again"), ("quit", "quits")]))

    def arranged(self) -> None:
        """Say why no volume is listed."""
        if not self.known:
            return
        self.describe(note=self.counts() + (", no events" if self._unheard else ""))
        if self.table.arrangement.view or self.table.busy:
            self.say(None)
        elif not len(self.rows):
            keys = [("volumes.create", "creates one"), ("refresh", "looks again")]
            self.say(notice("This engine has no volumes.", keys=keys))
        elif self.table.arrangement.query:
            query = safe_text(self.filter_text)
            self.say(
                notice(f"No volume has {query} in its name.", keys=[("filter.clear", "shows all")])
            )
        else:
            self.say(notice("Every volume is in use.", keys=[("volumes.unused", "shows all")]))

    @on(VirtualTable.Moved)
    def _moved(self) -> None:
        self.post_message(self.Highlighted(self.volume))
