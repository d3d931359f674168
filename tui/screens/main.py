"""The main screen: what its panes tell each other, and what is done about it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from contextlib import suppress
from functools import partial
from typing import ClassVar

from textual import on, work
from textual.binding import Binding, BindingType
from textual.worker import Worker

from tui.calls import call
from tui.content import notice
from tui.engine import Engine, EngineError
from tui.engine.errors import VolumeNotFound
from tui.engine.model import EngineInfo, Volume
from tui.messages import Change, ErrorRaised, Jump, Look
from tui.presentation import location, now, parent, safe
from tui.recents import Recent, Recents
from tui.screens.panes import PanesScreen
from tui.widgets.details import DetailsPane
from tui.widgets.files import FilesPane
from tui.widgets.preview import PreviewPane
from tui.widgets.volumes import VolumesPane


class MainScreen(PanesScreen):
    """Passes values down to the panes and messages between them."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "b", "recents", "Recent", id="recents", show=False,
            tooltip="Open a volume that was open lately, in the folder one stood in",
        ),
    ]  # fmt: skip

    def __init__(self, engine: Engine, start: tuple[str, str] | None) -> None:
        super().__init__(engine)
        self._engine = engine
        self._start = start
        self._info: EngineInfo | None = None
        self._known: Sequence[Volume] | None = None
        self._asked_about_left = False
        self._recents = Recents(partial(engine.state_file, "recent"))

    # What the panes tell

    @on(VolumesPane.Listed)
    def _volumes_listed(self, message: VolumesPane.Listed) -> None:
        self._known = message.volumes
        self.top.tell(self._info, self._known)
        if message.volumes is None:
            return
        if self._info is None:
            self._ask_info()
        if self._start:
            (name, path), self._start = self._start, None
            self._open_by_name(name, path)

    @on(VolumesPane.Reconnected)
    def _reconnected(self) -> None:
        """Ask for everything again: the engine may be another one."""
        self._ask_info()
        self.files.load()

    @work(exclusive=True, group="info")
    async def _ask_info(self) -> None:
        """The engine's name and version; the list tells where it cannot be reached."""
        try:
            self._info = await call(self._engine.info)
        except EngineError as error:
            self.post_message(ErrorRaised(error, "About the engine"))
            return
        self.top.tell(self._info, self._known)
        with suppress(EngineError):  # All of it may wait; the list tells how the engine is.
            await call(self._engine.sweep)
        if not self._asked_about_left:
            from tui.screens.changing import ask_about_left

            self._asked_about_left = True
            ask_about_left(self, self._engine)

    def _open_by_name(self, name: str, path: str) -> None:
        volume = self.volumes.find(name)
        if volume is None:
            error = VolumeNotFound(f"There is no volume {safe(name)}.")
            self.post_message(ErrorRaised(error, "Open"))
            return
        self.volumes.table.seek(name)
        self._open(volume, path)

    @on(VolumesPane.Highlighted)
    def _volume_highlighted(self, message: VolumesPane.Highlighted) -> None:
        self.details.show(message.volume)
        self.files.suggest(message.volume)

    @on(VolumesPane.Opened)
    def _volume_opened(self, message: VolumesPane.Opened) -> None:
        self._open(message.volume, "/")

    def _open(self, volume: Volume, path: str) -> None:
        self._remember_place()
        self._remember(Recent(volume.name, path, now()))
        self.files.enter(volume, path)
        self.preview.clear()
        self.show_view("-files")

    def _remember_place(self) -> Worker[None] | None:
        """Of the open volume: where one stands in it."""
        if self.files.files is None:
            return None
        return self._remember(Recent(self.files.files.volume.name, self.files.folder, now()))

    async def stop_work(self) -> None:
        """Before the end: note where one stands."""
        if noting := self._remember_place():
            await noting.wait()

    @work(group="recents")
    async def _remember(self, recent: Recent) -> None:
        with suppress(EngineError):  # It will not be among the recent ones.
            await call(self._recents.add, recent)

    @work(exclusive=True, group="dialog")
    async def action_recents(self) -> None:
        """Open a volume that was open lately."""
        from tui.screens.visiting import choose_recent

        recent = await choose_recent(self.app, self._recents, self._known or ())
        if recent is not None:
            self._open_by_name(recent.volume, recent.folder)

    @on(DetailsPane.MountsWanted)
    @work(exclusive=True, group="dialog")
    async def _choose_mount(self, message: DetailsPane.MountsWanted) -> None:
        from tui.screens.visiting import choose_mount

        name = await choose_mount(self.app, self._engine, message.mounts)
        if name is not None:
            self._open_by_name(name, "/")

    @on(FilesPane.Highlighted)
    def _entry_highlighted(self) -> None:
        if self.files.files is not None:
            self.app.sub_title = location(self.files.files.volume.name, self.files.folder)
        if self.files.entry is None or self.files.files is None:
            self.preview.clear()
        else:
            self.preview.show(self.files.files, self.files.folder, self.files.entry)

    @on(FilesPane.FileChosen)
    def _file_chosen(self) -> None:
        self.show_view("-preview")

    @on(PreviewPane.Left)
    def _preview_left(self) -> None:
        self.show_view("-files")

    @on(PreviewPane.Chosen)
    def _preview_chosen(self, message: PreviewPane.Chosen) -> None:
        if message.follow:
            self.files.action_follow()
        else:
            self.files.action_open()

    @on(FilesPane.Left)
    def _files_left(self) -> None:
        self._remember_place()
        self.files.leave()
        self.app.sub_title = ""
        self.preview.clear()
        self.show_view("-volumes")
        self.files.suggest(self.volumes.volume)

    def let_go(self, names: Collection[str]) -> None:
        """Leave the open volume if it is one of these: they are about to go."""
        if self.files.files is not None and self.files.files.volume.name in names:
            words = f"{safe(self.files.files.volume.name)} is being deleted."
            self._files_left()
            self.files.say(notice(words))

    @on(FilesPane.Lost)
    def _volume_lost(self, message: FilesPane.Lost) -> None:
        self._files_left()
        self.post_message(ErrorRaised(message.error, "The volume is gone"))
        self.volumes.load()

    @on(Look)
    def _look(self, message: Look) -> None:
        from tui.screens.looking import LOOKING

        if self.files.files is not None:
            LOOKING[message.kind](self, self.files.files, message)

    @on(Change)
    def _change(self, message: Change) -> None:
        from tui.screens.changing import CHANGING

        CHANGING[message.kind](self, self._engine, message.volumes)

    @on(Jump)
    def _jump(self, message: Jump) -> None:
        if self.files.files is not None:
            self.show_view("-files")
            if message.inside or message.path == "/":
                self.files.go(message.path)
            else:
                self.files.go(parent(message.path), message.path.rpartition("/")[2])
