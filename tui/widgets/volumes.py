"""The list of volumes, and what one does with the volume under the cursor."""

from __future__ import annotations

from functools import partial
from typing import ClassVar

from textual import on, work
from textual.binding import Binding, BindingType
from textual.message import Message

from tui.calls import call
from tui.content import as_json
from tui.engine import EngineError
from tui.engine.model import Volume
from tui.messages import Change, CopyText, ErrorRaised, ShowText
from tui.presentation import safe
from tui.widgets.table import VirtualTable
from tui.widgets.volume_list import VolumeList

CHANGES_ROWS = {"delete", "empty", "clone"}
"""Actions that change the chosen volumes."""

ONE_BY_ONE = {"empty": "emptied", "clone": "cloned"}
"""Actions for one volume at a time, and what they do to it."""

NEED_ALL = {"clone", "export"}
"""Actions that make no sense of a volume which is not whole."""

CHANGES = {"prune", "create", "import", *CHANGES_ROWS}
"""Actions that change something."""

NEED_ROWS = {"export", *CHANGES_ROWS}
"""Actions that need a volume."""


class VolumesPane(VolumeList):
    """The keys on a volume."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "enter,l,right", "open", "Open", id="open", key_display="↵",
            tooltip="See what is inside the volume",
        ),
        Binding(
            "a", "create", "Create", id="volumes.create",
            tooltip="Make a new volume",
        ),
        Binding(
            "d,delete", "delete", "Delete", id="delete",
            tooltip="Delete the marked volumes, or the one under the cursor",
        ),
        Binding(
            "X", "empty", "Empty", id="volumes.empty", show=False,
            tooltip="Remove what is in the volume, and keep the volume",
        ),
        Binding(
            "o", "export", "Export", id="volumes.export", show=False,
            tooltip="Write the marked volumes, or the one under the cursor, into archive files",
        ),
        Binding(
            "O", "import", "Import", id="volumes.import", show=False,
            tooltip="Make a volume of an archive or folder, or put one into this volume",
        ),
        Binding(
            "c", "clone", "Clone", id="volumes.clone",
            tooltip="Make another volume with the same contents",
        ),
        Binding(
            "P", "prune", "Prune", id="volumes.prune",
            tooltip="Choose among the volumes that nobody uses, and remove them",
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

    class Opened(Message):
        """The user wants to see what is inside."""

        def __init__(self, volume: Volume) -> None:
            super().__init__()
            self.volume = volume

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

    # Changes

    @property
    def chosen(self) -> list[Volume]:
        """The marked volumes, or else the one under the cursor."""
        marked = [self.rows.volumes[row] for row in self.rows.marked()]
        return marked or ([self.volume] if self.volume else [])

    def action_delete(self) -> None:
        """Delete the chosen volumes, after a question."""
        self.post_message(Change("delete", self.chosen))

    def action_create(self) -> None:
        """Make a new volume."""
        self.post_message(Change("create"))

    def action_empty(self) -> None:
        """Empty the chosen volume, after a question."""
        self.post_message(Change("empty", self.chosen))

    def action_import(self) -> None:
        """Make a volume of an archive, or put one into the chosen volume."""
        self.post_message(Change("import", self.chosen))

    def action_clone(self) -> None:
        """Make another volume with the same contents."""
        self.post_message(Change("clone", self.chosen))

    def action_export(self) -> None:
        """Export the chosen volumes, after a form."""
        self.post_message(Change("export", self.chosen))

    def action_prune(self) -> None:
        """Choose among the volumes that nobody uses."""
        self.post_message(Change("prune"))

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Grey what --read-only forbids, and what needs a volume where there is none."""
        if action in CHANGES and self._engine.read_only:
            return None
        if action in NEED_ROWS and not self.chosen:
            return None
        if action in ONE_BY_ONE and len(self.chosen) > 1:
            return None
        if action in NEED_ALL and any(volume.incomplete for volume in self.chosen):
            return None
        return super().check_action(action, parameters)

    def reason(self, action: str) -> str:
        """Why a greyed action cannot be done."""
        if action in CHANGES and self._engine.read_only:
            return "voltui was started with --read-only."
        if action in ONE_BY_ONE and len(self.chosen) > 1:
            return f"one volume is {ONE_BY_ONE[action]} at a time, and several are marked."
        if action in NEED_ALL and any(volume.incomplete for volume in self.chosen):
            return "the volume is incomplete: whoever filled it did not come to the end."
        return super().reason(action)
