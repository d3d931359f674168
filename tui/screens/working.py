"""A question, and behind its yes the work, on the same screen."""

from __future__ import annotations

import asyncio
import time
from enum import Enum, auto
from typing import ClassVar, Protocol, runtime_checkable

from textual import work
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content

from tui.engine import EngineError
from tui.screens.confirming import ConfirmScreen
from tui.widgets.flow import Text


@runtime_checkable
class Working(Protocol):
    """A screen that may be at work when the program ends."""

    async def stop_work(self) -> None:
        """End what is done as soon as nothing is left half, and return then."""


class Phase(Enum):
    """How far the screen is."""

    ASKING = auto()
    WORKING = auto()
    ENDED = auto()


class WorkScreen(ConfirmScreen):
    """Subclasses say what is done, how it is stopped, and what is shown; returns whether anything
    was done.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "escape,q", "cancel", "Cancel", id="work.cancel", key_display="Esc",
            tooltip="End it behind the step that is being done",
        ),
        Binding(
            "escape,q,enter", "close", "Close", id="work.close", key_display="Esc",
            tooltip="Go back to the volumes",
        ),
        Binding(
            "ctrl+c", "app.interrupt", "Quit", id="interrupt", show=False, system=True,
            tooltip="Cancel it and quit, when pressed twice",
        ),
        *ConfirmScreen.BINDINGS,  # Those of the same keys would be replaced, not joined.
    ]  # fmt: skip

    def __init__(self, title: str, text: Text | None, *, verb: str) -> None:
        super().__init__(title, text, verb=verb)
        self.phase = Phase.ASKING
        self.stopping = False
        """Whether the work was cancelled."""
        self._ended = asyncio.Event()
        self._aimed = False
        """Whether the phrase was all that was left when that was looked at last."""
        self._refreshing = False
        """Whether what is known is about to be shown."""
        self._refreshed = 0.0
        """Monotonic time from which on it may be shown again."""
        self._step_since = 0.0

    def begin(self) -> None:
        """While it works, tell how long a step takes."""
        self.set_interval(1, self._tick)

    def refresh_soon(self) -> None:
        """Show what is known now, at most 4 times a second and in a tenth of the time."""
        if not self._refreshing:
            self._refreshing = True
            self.set_timer(max(0.01, self._refreshed - time.monotonic()), self._show_known)

    def _show_known(self) -> None:
        self._refreshing = False
        if self.phase is Phase.ASKING:
            begin = time.monotonic()
            self.show_known()
            took = time.monotonic() - begin
            self._refreshed = begin + max(0.25, 10 * took)

    def aim(self) -> None:
        """Let the user type as soon as that is all that is left."""
        ready = self.asks and not self.refusal()
        if ready and not self._aimed:
            self.line.take_focus()
        self._aimed = ready

    # What subclasses say

    def show_known(self) -> None:
        """Show what is known, and ask what has to be asked; only while it asks."""

    async def do(self) -> None:
        """Do the work; raises `EngineError`."""
        raise NotImplementedError

    def stop(self) -> None:
        """Let `do` end behind its step."""
        raise NotImplementedError

    def show_work(self) -> None:
        """Show how far it is."""
        raise NotImplementedError

    def show_result(self, error: EngineError | None) -> None:
        """Show what became of it, or close the screen; `error` ended the work."""
        raise NotImplementedError

    # The work

    @property
    def seconds(self) -> int:
        """Seconds since the present step began."""
        return int(time.monotonic() - self._step_since)

    def step_begins(self) -> None:
        """Another step begins now."""
        self._step_since = time.monotonic()
        self.show_work()

    def _tick(self) -> None:
        if self.phase is Phase.WORKING:
            self.show_work()
        elif self.phase is Phase.ASKING:
            self.look_again()

    def look_again(self) -> None:
        """Once a second while it asks: look at what nobody tells the end of."""

    def agreed(self) -> None:
        """Begin."""
        if self.phase is Phase.ASKING and not self.refusal():
            self.enter(Phase.WORKING)
            self.step_begins()
            self._work()

    @work(exclusive=True, group="work")
    async def _work(self) -> None:
        failure = None
        try:
            await self.do()
        except EngineError as error:
            failure = error
        finally:
            self._ended.set()
        self.enter(Phase.ENDED)
        self.show_result(failure)

    def enter(self, phase: Phase) -> None:
        """Ask nothing any more."""
        self.phase = phase
        self.tell()
        self.set_focus(self.body)

    @property
    def asks(self) -> bool:
        """Nothing once the work has begun."""
        return self.phase is Phase.ASKING and super().asks

    def retitle(self, title: str) -> None:
        """Show another title, safe to show."""
        self.query_one(".dialog", Vertical).border_title = Content(title)

    async def stop_work(self) -> None:
        """Cancel the work if there is any, and wait for its end."""
        if self.phase is Phase.WORKING:
            self.action_cancel()
            await self._ended.wait()

    # Keys

    def action_cancel(self) -> None:
        """End the work behind its step."""
        if not self.stopping:
            self.stopping = True
            self.stop()
            self.show_work()

    def action_close(self) -> None:
        """Go back; something was done."""
        self.dismiss(True)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer what makes sense in this phase."""
        if action == "cancel":
            return self.phase is Phase.WORKING and (None if self.stopping else True)
        if action == "close":
            return self.phase is Phase.ENDED
        if action in {"agree", "refuse", "enter", "other"} and self.phase is not Phase.ASKING:
            return False
        return super().check_action(action, parameters)

    def reason(self, action: str) -> str:
        """Why a greyed action cannot be done."""
        return "it ends behind this step." if action == "cancel" else super().reason(action)
