"""Go to a path that is typed."""

from __future__ import annotations

from contextlib import aclosing
from functools import partial
from heapq import nsmallest
from typing import TYPE_CHECKING, ClassVar, NamedTuple

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input

from tui.calls import call, stream
from tui.content.completion import completion_text
from tui.engine import EngineError
from tui.engine.model import EntryKind
from tui.messages import Jump
from tui.presentation import location, natural, safe, sentence
from tui.typed import absolute, unsafe
from tui.widgets.flow import Flow
from tui.widgets.key_bar import KeyBar
from tui.widgets.query_line import QueryInput

if TYPE_CHECKING:
    from tui.engine.files import VolumeFiles

SHOWN = 200
"""Names that are listed at most."""


class PathInput(QueryInput):
    """A path as it is shown: `\\xff` stands for a byte, `\\\\` for a backslash."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "enter", "accept", "Go", id="query.accept", key_display="↵",
            tooltip="Show what is at this path",
        ),
        Binding(
            "tab", "screen.complete", "Complete", id="goto.complete",
            tooltip="Complete the name from the folder it is in",
        ),
        Binding(
            "escape", "screen.close", "Close", id="results.close", key_display="Esc",
            tooltip="Go back to where you were",
        ),
    ]  # fmt: skip


class Names(NamedTuple):
    """Names of a folder that begin with what was typed."""

    names: list[str]
    """As they are, `/` behind those of folders; the first of them only."""
    number: int
    common: str
    """What all of them begin with."""


class GotoScreen(ModalScreen[Jump | None]):
    """Returns what is to be shown; a path that does not exist is said in the dialog."""

    def __init__(self, files: VolumeFiles, folder: str) -> None:
        super().__init__()
        self._files = files
        self._folder = folder
        self._input = PathInput("path in this volume, or below this folder")
        self._input.value = safe(folder.rstrip("/")) + "/"
        self._flow = Flow()
        self._flow.can_focus = False

    def compose(self) -> ComposeResult:
        """The line, what there is to say, the keys."""
        with Vertical(classes="dialog") as box:
            box.border_title = Content(f"Go to a path in {safe(self._files.volume.name)}")
            yield self._input
            yield self._flow
            yield KeyBar()

    def on_mount(self) -> None:
        """Let the user type behind the folder."""
        self.set_focus(self._input)
        self._input.cursor_position = len(self._input.value)
        self._say("Tab completes. A byte that is no text is written as it is shown: \\xff")

    def _say(self, words: str, names: Names | None = None) -> None:
        listed, count = (names.names, names.number) if names else ([], 0)
        self._flow.show(partial(completion_text, words, listed, count))

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        event.stop()

    @property
    def _path(self) -> str:
        return absolute(unsafe(self._input.value), self._folder)

    # Going there

    @on(QueryInput.Accepted)
    @work(exclusive=True, group="goto")
    async def _go(self) -> None:
        path = self._path
        try:
            told = await call(self._files.stat, path)
        except EngineError as error:
            self._say(sentence(error))
            return
        self.dismiss(Jump(path, inside=told.entry.kind is EntryKind.DIRECTORY))

    def action_close(self) -> None:
        """Go nowhere."""
        self.workers.cancel_group(self, "goto")
        self.dismiss(None)

    # Completing

    @work(exclusive=True, group="goto")
    async def action_complete(self) -> None:
        """Complete what was typed as far as the names in the folder allow, and list them."""
        before = self._input.value
        typed = unsafe(before)
        begin = typed.rfind("/") + 1
        folder, stem = absolute(typed[:begin] or ".", self._folder), typed[begin:]
        here = location(self._files.volume.name, folder)
        self._say(f"Reading {here} …")
        try:
            names = await self._begin_with(folder, stem)
        except EngineError as error:
            self._say(sentence(error))
            return
        if not names.number:
            self._say(f"Nothing in {here} begins with {safe(stem)}." if stem else "Empty folder.")
        elif self._input.value == before:
            end = "/" if names.common.endswith("/") else ""
            shown = safe(typed[:begin]) + safe(names.common.removesuffix("/")) + end
            self._input.value = shown
            self._input.cursor_position = len(shown)
            self._say("" if names.number > 1 else "↵ goes there.", names)

    async def _begin_with(self, folder: str, stem: str) -> Names:
        """Names with that beginning; where none has it, those that have it in another case."""
        exact: list[str] = []
        folded: list[str] = []
        async with aclosing(stream(self._files.entries, folder)) as batches:
            async for batch in batches:
                for name, mode in zip(batch.names, batch.modes, strict=True):
                    if name[: len(stem)].casefold() == stem.casefold():
                        end = "/" if EntryKind.of(mode) is EntryKind.DIRECTORY else ""
                        (exact if name.startswith(stem) else folded).append(name + end)
        return await call(_summed, exact or folded, stem)


def _summed(names: list[str], stem: str) -> Names:
    """In a thread, and not by a sort, which would hold Python's lock: there may be a million."""
    common = _common(names)
    first = nsmallest(SHOWN, names, key=lambda name: natural(name.casefold()))
    return Names(first, len(names), common if len(common) > len(stem) else stem)


def _common(names: list[str]) -> str:
    """What all of them begin with."""
    if not names:
        return ""
    first, last = min(names), max(names)
    same = next((n for n, char in enumerate(first) if last[n] != char), len(first))
    return first[:same]
