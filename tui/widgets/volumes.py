"""The list of volumes."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import aclosing
from functools import partial
from typing import ClassVar

from textual import on, work
from textual.binding import Binding, BindingType
from textual.message import Message

from tui.calls import call, stream
from tui.content import as_json, failure, notice
from tui.engine import Engine, EngineError
from tui.engine.model import Volume
from tui.messages import CopyText, ErrorRaised, ShowText
from tui.presentation import safe, safe_text, sentence
from tui.widgets.list_pane import ListPane
from tui.widgets.table import VirtualTable
from tui.widgets.volume_rows import VolumeRows


class VolumesPane(ListPane):
    """Lists the volumes of the engine and keeps their sizes coming."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "enter,l,right", "open", "Open", id="open", key_display="↵",
            tooltip="See what is inside the volume",
        ),
        Binding(
            "u", "unused", "Unused", id="volumes.unused",
            tooltip="Show only volumes that no container has attached, or all again",
        ),
        Binding(
            "i", "inspect", "Inspect", id="inspect",
            tooltip="Show the volume as the engine tells it, in JSON",
        ),
        Binding(
            "Y", "copy", "Copy path", id="copy_path", show=False,
            tooltip="Copy the mountpoint to the terminal's clipboard",
        ),
    ]  # fmt: skip

    class Highlighted(Message):
        """The cursor stands on another volume, or more is known of it."""

        def __init__(self, volume: Volume | None) -> None:
            super().__init__()
            self.volume = volume

    class Opened(Message):
        """The user wants to see what is inside."""

        def __init__(self, volume: Volume) -> None:
            super().__init__()
            self.volume = volume

    class Listed(Message):
        """The volumes, or what is known of them, changed; None: the engine was never reached."""

        def __init__(self, volumes: Sequence[Volume] | None) -> None:
            super().__init__()
            self.volumes = volumes

    def __init__(self, engine: Engine) -> None:
        super().__init__("Volumes", VolumeRows(), "volumes")
        self._engine = engine
        self._known = False
        """Whether the engine has ever answered."""
        self._stale = False
        """Whether it did not answer when it was asked last."""

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
        """Ask the engine for its volumes; what is shown stays until the answer is there."""
        if not self._known:
            self.say(notice("Asking the engine for its volumes …"))
        try:
            with self.asking():
                volumes = await call(self._engine.volumes)
        except EngineError as error:
            self._failed(error)
            return
        self._known, self._stale = True, False
        self.warn(None)
        self.table.show_rows(VolumeRows(volumes, unused_only=self.rows.selective), keep=True)
        self.post_message(self.Listed(volumes))
        self.post_message(self.Highlighted(self.volume))
        self._measure(volumes)

    @work(exclusive=True, group="sizes")
    async def _measure(self, volumes: Sequence[Volume]) -> None:
        """Take in sizes as they come. A size that cannot be had stays unknown."""
        try:
            async with aclosing(stream(self._engine.sizes, volumes)) as sizes:
                async for name, known in sizes:
                    self.rows.set_size(name, known)
                    self.table.refresh()
                    self.post_message(self.Listed(self.rows.volumes))
                    if self.volume and self.volume.name == name:
                        self.post_message(self.Highlighted(self.volume))
        except EngineError as error:
            if not self._stale:
                self.warn(f"Sizes are not known: {sentence(error)}")
        if self.table.arrangement.sort == "size":
            self.table.sort_rows()

    def _failed(self, error: EngineError) -> None:
        if self._known:
            self._warn_stale(f"{sentence(error)} R retries.")
            return
        self.say(failure(error, self._engine.endpoint, [("R", "retries"), ("q", "quits")]))
        self.post_message(self.Listed(None))

    def _warn_stale(self, words: str) -> None:
        """Say that the list is old, which matters more than sizes that did not come."""
        self._stale = True
        self.warn(f"Stale. {words}")

    def tell_wait(self, seconds: int) -> None:
        """Say it where the list is, or above it."""
        words = f"{safe_text(self._engine.endpoint.name)} has not answered for {seconds} s."
        if self._known:
            self._warn_stale(words)
        else:
            endpoint = self._engine.endpoint
            tried = f"Asked {safe_text(endpoint.url)}, from {safe_text(endpoint.origin)}."
            self.say(notice(words, tried, keys=[("R", "asks again"), ("q", "quits")]))

    def arranged(self) -> None:
        """Say why no volume is listed."""
        if not self._known:
            return
        self.describe(note=self.counts())
        if self.table.arrangement.view or self.table.busy:
            self.say(None)
        elif not len(self.rows):
            words = "docker volume create NAME makes one."
            self.say(notice("This engine has no volumes.", words, keys=[("R", "looks again")]))
        elif self.table.arrangement.query:
            query = safe_text(self.filter_text)
            self.say(notice(f"No volume has {query} in its name.", keys=[("Esc", "shows all")]))
        else:
            self.say(notice("Every volume is in use.", keys=[("u", "shows all")]))

    @on(VirtualTable.Moved)
    def _moved(self) -> None:
        self.post_message(self.Highlighted(self.volume))

    @on(VirtualTable.Opened)
    def action_open(self) -> None:
        """Open the volume under the cursor."""
        if self.volume:
            self.post_message(self.Opened(self.volume))

    def action_unused(self) -> None:
        """Show only unused volumes, or all again."""
        self.rows.selective = not self.rows.selective
        self.describe("Unused volumes" if self.rows.selective else "Volumes")
        self.table.filter_rows(self.table.arrangement.query)

    @work(exclusive=True, group="inspect")
    async def action_inspect(self) -> None:
        """Show the volume as the engine tells it."""
        if not (volume := self.volume):
            return
        try:
            told = await call(self._engine.inspect, volume.name)
        except EngineError as error:
            self.post_message(ErrorRaised(error, f"Inspect {safe(volume.name)}"))
            return
        self.post_message(ShowText(safe(volume.name), partial(as_json, told)))

    def action_copy(self) -> None:
        """Copy the mountpoint."""
        if self.volume:
            self.post_message(CopyText(self.volume.mountpoint or self.volume.name))
