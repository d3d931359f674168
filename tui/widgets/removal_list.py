"""Volumes while they are removed one by one, and what became of each."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import aclosing
from functools import partial
from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import Static

from tui.calls import stream
from tui.content.pruning import outcome_facts, removing, result, result_lines
from tui.engine import Engine, EngineError
from tui.engine.cancel import Cancel
from tui.engine.model import Volume
from tui.engine.removing import Outcome, Removed, Removing
from tui.keymap import key_of
from tui.messages import CopyText
from tui.presentation import counted
from tui.widgets.flow import Flow
from tui.widgets.list_pane import ListPane
from tui.widgets.removal_rows import RemovalRows
from tui.widgets.table import VirtualTable

TOGETHER = 0.05
"""Seconds in which steps that come are gathered: painting costs more than they do."""

_WIDE = 160
"""Cells of the table from which on names without a meaning are not cut."""


class RemovalList(ListPane, inherit_bindings=False):
    """Removes as soon as it is shown. Esc stops behind the volume that is being removed, then
    closes the result.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "escape,q", "stop", "Stop", id="removal.stop", key_display="Esc",
            tooltip="Stop behind the volume that is being removed",
        ),
        Binding(
            "escape,q,enter", "close", "Close", id="removal.close", key_display="Esc",
            tooltip="Go back to the volumes",
        ),
        Binding(
            "Y", "copy", "Copy result", id="copy_path",
            tooltip="Copy what went, what stayed and why",
        ),
    ]  # fmt: skip

    def __init__(self, engine: Engine, volumes: Sequence[Volume]) -> None:
        title = f"Remove {counted(len(volumes), 'volume')}"
        super().__init__(title, RemovalRows(volumes), "gone")
        self._engine = engine
        self._going = True
        self._cancel = Cancel()
        self._ended = asyncio.Event()
        self._due = False
        """Whether something came that is not shown yet."""
        self._led = 0
        """Where the cursor went with the work last: until the user moves it."""
        self.progress = Static(classes="choice", markup=False)
        self.facts = Flow()

    def compose(self) -> ComposeResult:
        """How far it is below the title, what is known of one volume below the list."""
        heading, *rest = super().compose()
        yield heading
        yield self.progress
        yield from rest
        yield self.facts

    @property
    def rows(self) -> RemovalRows:
        """The volumes as the table has them."""
        assert isinstance(self.table.rows, RemovalRows)
        return self.table.rows

    def on_mount(self) -> None:
        """Begin."""
        self.table.sort_rows("turn")
        self._remove()

    @work(group="removal")
    async def _remove(self) -> None:
        try:
            with self.asking():
                told = stream(self._engine.remove, self.rows.volumes, cancel=self._cancel)
                async with aclosing(told) as steps:
                    async for step in steps:
                        self.heard()
                        self._take(step)
        except EngineError as error:
            self._end(error)
        else:
            self._end(None)
        finally:
            self._ended.set()

    def _take(self, step: Removing | Removed) -> None:
        self.rows.tell(step)
        if not self._due:
            self._due = True
            self.set_timer(TOGETHER, self._show_steps)

    def _show_steps(self) -> None:
        self._due, step = False, self.rows.step
        if not self._going:
            return
        self.warn(None)
        if step is not None and self.table.cursor == self._led:
            position = self.table.arrangement.position(self.rows.positions[step.volume])
            self.table.cursor = self._led = position or 0
        self.table.refresh()
        self._show_facts()
        self.arranged()

    def _end(self, error: EngineError | None) -> None:
        """Tell of what the engine had no word for, and put first what needs the user."""
        rows = self.rows
        if error is not None and rows.step is not None:
            rows.tell(Removed(rows.step.volume, Outcome.UNKNOWN, error))
        for name in rows.names:
            rows.tell(Removed(name, Outcome.NOT_TRIED, error))
        self._going, rows.step = False, None
        self.warn(None)
        led = self.table.cursor == self._led
        self.table.sort_rows("outcome")
        self.table.show_rows(rows, anchor=None if led else self.table.name_under_cursor)
        self._show_facts()
        self.arranged()
        self.refresh_bindings()

    def on_resize(self) -> None:
        """Show whole names where there is room for them."""
        self.rows.wide = self.table.size.width >= _WIDE

    def arranged(self) -> None:
        """Say how far it is."""
        self.say(None)
        rows = self.rows
        if self._going:
            stopping = self._cancel.called
            self.progress.update(removing(rows.done, len(rows), stopping=stopping))
        else:
            self.progress.update(result(rows.counts, rows.freed()))

    @on(VirtualTable.Moved)
    def _show_facts(self) -> None:
        row, rows = self.table.row, self.rows
        if row is not None:
            self.facts.show(partial(outcome_facts, rows.volumes[row], rows.outcomes[row]))

    def tell_wait(self, seconds: int) -> None:
        """Say it above the list."""
        self.warn(f"No answer for {seconds} s. {key_of('removal.stop')} stops behind this one.")

    def action_stop(self) -> None:
        """Remove no more than the one that is being removed."""
        self._cancel.cancel()
        self.refresh_bindings()
        self.arranged()

    async def stop_work(self) -> None:
        """Remove no more, and wait for the end of the one that is being removed."""
        self.action_stop()
        await self._ended.wait()

    def action_close(self) -> None:
        """Go back to the volumes."""
        self.screen.dismiss(None)

    def action_copy(self) -> None:
        """Copy the result, as far as it is known."""
        rows = self.rows
        summary = result(rows.counts, rows.freed()).plain
        self.post_message(CopyText(*result_lines(rows.volumes, rows.outcomes, summary)))

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer one of stop and close."""
        if action == "stop":
            return self._going and (None if self._cancel.called else True)
        if action == "close":
            return not self._going
        if action == "copy":
            return True
        return super().check_action(action, parameters)
