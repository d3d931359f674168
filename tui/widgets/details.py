"""Everything known of the volume under the cursor."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.widget import Widget

from tui.content import details
from tui.engine.model import Mount, Volume
from tui.presentation import now
from tui.widgets.flow import Flow
from tui.widgets.pane import Pane


class DetailsPane(Pane):
    """Name, path, size, attached containers, labels and options of one volume."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "enter,l,right", "mounts", "Other mounts", id="details.mounts", key_display="↵",
            tooltip="Show what else an attached container has mounted, and open it",
        ),
    ]  # fmt: skip

    class MountsWanted(Message):
        """The user wants to see what else the attached containers have mounted."""

        def __init__(self, mounts: Sequence[Mount]) -> None:
            super().__init__()
            self.mounts = mounts

    def __init__(self) -> None:
        super().__init__("Details", "details")
        self._showing: str | None = None
        self._mounts: Sequence[Mount] = ()
        self.body = Flow()

    def compose(self) -> ComposeResult:
        """Title and text."""
        yield from super().compose()
        yield self.body

    def show(self, volume: Volume | None) -> None:
        """Show another volume, or more of the same."""
        name = volume.name if volume else None
        same, self._showing = name == self._showing, name
        self._mounts = volume.mounts if volume else ()
        self.refresh_bindings()
        text = partial(details, volume, now=now()) if volume else None
        self.body.show(text, keep_place=same)

    def action_mounts(self) -> None:
        """Show what else an attached container has mounted."""
        self.post_message(self.MountsWanted(self._mounts))

    def check_action(self, action: str, _parameters: tuple[object, ...]) -> bool | None:
        """Grey it where no container is attached."""
        return None if action == "mounts" and not self._mounts else True

    def reason(self, _action: str) -> str:
        """Why a greyed action cannot be done."""
        return "no container is attached."

    @property
    def front(self) -> Widget:
        """The text, to scroll it."""
        return self.body
