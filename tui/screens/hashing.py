"""The SHA-256 of a file."""

from __future__ import annotations

from contextlib import aclosing
from functools import partial
from typing import TYPE_CHECKING, ClassVar

from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen

from tui.calls import stream
from tui.content.hashing import hash_text
from tui.engine import EngineError
from tui.engine.hashing import Hashed
from tui.engine.model import Entry, EntryKind
from tui.keymap import key_of
from tui.messages import CopyText
from tui.presentation import KIND_WORDS, location, sentence
from tui.widgets.flow import Flow
from tui.widgets.key_bar import KeyBar

if TYPE_CHECKING:
    from tui.engine.files import VolumeFiles


class HashScreen(ModalScreen[None]):
    """Reads the file at once; Esc cancels that, then closes."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "Y", "copy", "Copy", id="hash.copy",
            tooltip="Copy the hash to the terminal's clipboard",
        ),
        Binding("R,f5", "again", "Again", id="refresh", tooltip="Read the file once more"),
        Binding(
            "escape", "cancel", "Cancel", id="results.cancel", key_display="Esc",
            tooltip="Stop reading",
        ),
        Binding(
            "escape,q,h,left,enter,backspace", "dismiss", "Close", id="dialog.close",
            key_display="Esc", tooltip="Go back to where you were",
        ),
    ]  # fmt: skip

    def __init__(self, files: VolumeFiles, path: str, entry: Entry) -> None:
        super().__init__()
        self._files = files
        self._path = path
        self._entry = entry
        self._told: Hashed | None = None
        self._reading = False
        self._flow = Flow()

    def compose(self) -> ComposeResult:
        """A box as tall as its text."""
        with Vertical(classes="dialog") as box:
            box.border_title = Content("SHA-256")
            yield self._flow
            yield KeyBar()

    def on_mount(self) -> None:
        """Begin to read."""
        self.action_again()

    def action_again(self) -> None:
        """Read the file once more; nothing else has contents."""
        if self._entry.kind is EntryKind.FILE:
            self._told = None
            self._reading = True
            self._read()
            self._say("")
        else:
            self._say(f"This is a {KIND_WORDS[self._entry.kind]}. Only files have a hash.")

    @work(exclusive=True, group="hash")
    async def _read(self) -> None:
        words = ""
        try:
            async with aclosing(stream(self._files.hash, self._path)) as parts:
                async for self._told in parts:
                    self._say("")
        except EngineError as error:
            words = f"{sentence(error)} {key_of('refresh')} tries again."
        self._reading = False
        self._say(words)

    def _say(self, words: str) -> None:
        place = location(self._files.volume.name, self._path)
        self._flow.show(partial(hash_text, place, self._told, words), keep_place=True)
        self.refresh_bindings()

    @property
    def _digest(self) -> str | None:
        return self._told.digest if self._told else None

    def action_copy(self) -> None:
        """Copy the hash."""
        if self._digest:
            self.post_message(CopyText(self._digest))

    def action_cancel(self) -> None:
        """Stop reading."""
        self._reading = False
        self.workers.cancel_group(self, "hash")
        self._say(f"Cancelled. {key_of('refresh')} reads the file again.")

    def check_action(self, action: str, _parameters: tuple[object, ...]) -> bool | None:
        """Offer what makes sense now."""
        if action in {"cancel", "dismiss"}:
            return self._reading == (action == "cancel")
        if action == "again":
            return not self._reading and self._entry.kind is EntryKind.FILE
        return bool(self._digest) if action == "copy" else True
