"""A list that an answer fills while the user reads it."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterator
from contextlib import aclosing
from enum import Enum, auto
from typing import TYPE_CHECKING

from textual import on, work
from textual.binding import Binding, BindingType

from tui.calls import stream
from tui.content import notice
from tui.engine import EngineError
from tui.keymap import key_of
from tui.messages import CopyText
from tui.presentation import safe_text, sentence
from tui.widgets.list_pane import ListPane
from tui.widgets.table import Rows, VirtualTable

if TYPE_CHECKING:
    from tui.engine.files import VolumeFiles

GROWN = 1.5
"""How many times as long as when it was sorted last a growing list is sorted again."""

ON_ROW = {"open", "copy", "reveal"}
"""Actions on the row under the cursor."""

ENDINGS: list[BindingType] = [
    Binding(
        "escape", "cancel", "Cancel", id="results.cancel", key_display="Esc",
        tooltip="Stop what is still being looked for",
    ),
    Binding(
        "escape,q", "close", "Close", id="results.close", key_display="Esc",
        tooltip="Go back to where you were",
    ),
    Binding("R,f5", "again", "Again", id="refresh", show=False, tooltip="Look again"),
    Binding(
        "Y", "copy", "Copy path", id="copy_path", show=False,
        tooltip="Copy the path to the terminal's clipboard",
    ),
]  # fmt: skip
"""What every such list can do; to stand behind the keys of its own."""


class Answer(Enum):
    """How far an answer is."""

    NONE = auto()
    """Nothing was asked."""
    RUNNING = auto()
    COMPLETE = auto()
    CANCELLED = auto()
    """The user wanted no more of it."""
    FAILED = auto()


class ResultsPane(ListPane, inherit_bindings=False):
    """Shows the parts of an answer as they come. Esc ends the answer, then closes the screen."""

    def __init__(self, files: VolumeFiles, rows: Rows, name: str, *, sort: str) -> None:
        super().__init__("", rows, name)
        self.files = files
        self.answer = Answer.NONE
        self.failure: EngineError | None = None
        self._first_order = sort
        self._turn = 0
        """Number of the question that was asked last."""
        self._sorted_at = 0

    def on_mount(self) -> None:
        """Begin in the order that says most."""
        order = self.table.rows.order(self._first_order)
        self.table.sort_rows(self._first_order, reverse=bool(order and order.down))
        self.tell()

    # What a subclass says

    def take(self, part: object) -> None:
        """Take in a part of the answer."""
        raise NotImplementedError

    def tell(self) -> None:
        """Say how far the answer is: title, warning, and a sentence where no row is listed."""
        raise NotImplementedError

    def path_under_cursor(self) -> str | None:
        """Path inside the volume of what the cursor stands on."""
        raise NotImplementedError

    def action_again(self) -> None:
        """Ask the same once more."""
        raise NotImplementedError

    # The answer

    @property
    def running(self) -> bool:
        """Whether more may come."""
        return self.answer is Answer.RUNNING

    def ask(self, parts: Callable[[], Iterator[object]], after: float = 0.0) -> None:
        """Take in what `parts`, called in a thread in `after` seconds, gives; end what ran."""
        self._turn += 1
        self._take_all(parts, after, self._turn)
        self._turned(Answer.RUNNING)

    @work(exclusive=True, group="answer")
    async def _take_all(
        self, parts: Callable[[], Iterator[object]], after: float, turn: int
    ) -> None:
        await asyncio.sleep(after)
        self._asked = time.monotonic()
        try:
            async with aclosing(stream(parts)) as coming:
                async for part in coming:
                    self._asked = time.monotonic()
                    self.take(part)
        except EngineError as error:
            self._turned(Answer.FAILED, error)
        else:
            self._turned(Answer.COMPLETE)
        finally:
            if turn == self._turn:
                self._asked = None

    def stop(self, answer: Answer) -> None:
        """End what runs; what came stays."""
        self._turn += 1
        self._asked = None
        self.workers.cancel_group(self, "answer")
        self._turned(answer)

    def _turned(self, answer: Answer, failure: EngineError | None = None) -> None:
        self.answer, self.failure = answer, failure
        if answer is not Answer.RUNNING:
            self.completed()
        self.tell()
        self.refresh_bindings()

    def completed(self) -> None:
        """Nothing more will come: put what there is in order."""
        self._sorted_at = 0
        self.table.sort_rows()

    def grew(self) -> None:
        """Show rows that were appended; in their order once there are many more than before."""
        rows = len(self.table.rows)
        if not self.table.busy and rows > self._sorted_at * GROWN:
            self._sorted_at = rows
            self.table.sort_rows()
        else:
            self.table.rows_added()

    def start_over(self, rows: Rows) -> None:
        """Show other rows, from the first."""
        self._sorted_at = 0
        self.table.show_rows(rows)

    def say_failed(self, failure: EngineError) -> None:
        """Say why nothing is listed."""
        hint = [safe_text(failure.hint)] if failure.hint else []
        keys = [("refresh", "tries again"), ("results.close", "closes")]
        self.say(notice(sentence(failure), *hint, keys=keys))

    def tell_wait(self, seconds: int) -> None:
        """Say it above the list."""
        self.warn(f"No answer for {seconds} s. {key_of('results.cancel')} cancels.")

    def arranged(self) -> None:
        """Say what there is."""
        self.tell()

    # Keys

    def action_cancel(self) -> None:
        """Stop what is still being looked for."""
        self.stop(Answer.CANCELLED)

    def action_close(self) -> None:
        """Go back to where the user was."""
        self.screen.dismiss(None)

    def action_copy(self) -> None:
        """Copy the path on the engine's machine, or in the volume where that is not known."""
        if (path := self.path_under_cursor()) is not None:
            self.post_message(CopyText(self.files.volume.mountpoint + path))

    @on(VirtualTable.Opened)
    def _opened(self) -> None:
        self.action_open()

    def action_open(self) -> None:
        """Do what the list is for with the row under the cursor."""
        raise NotImplementedError

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer one of cancel and close; grey what needs a row where there is none."""
        if action == "cancel":
            return self.running
        if action == "close":
            return not self.running
        if action in ON_ROW:
            return None if self.table.row is None else True
        return super().check_action(action, parameters)
