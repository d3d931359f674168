"""At the start: containers that a voltui stopped and did not start again before it ended."""

from __future__ import annotations

import time
from collections.abc import Sequence
from contextlib import aclosing
from functools import partial
from typing import TYPE_CHECKING, ClassVar

from textual import work
from textual.binding import Binding, BindingType

from tui.calls import call, stream
from tui.content.lines import joined, styled
from tui.content.recovering import started_lines, stopped_lines
from tui.engine import Engine, EngineError
from tui.presentation import counted, safe, sentence
from tui.screens.working import Phase, WorkScreen

if TYPE_CHECKING:
    from tui.engine.journal import Stopped
    from tui.engine.stopping import StartedAgain


class RecoverScreen(WorkScreen):
    """Starts them again, leaves them as they are, or asks at the next start, as the user says."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "y", "agree", "Start again", id="recover.start",
            tooltip="Start the containers again, the one that was stopped last first",
        ),
        Binding(
            "l", "leave", "Leave them", id="recover.leave",
            tooltip="Leave the containers as they are, and do not ask again",
        ),
        Binding(
            "escape,q,n,enter", "refuse", "Ask later", id="recover.later", key_display="Esc",
            tooltip="Ask again at the next start",
        ),
        Binding(
            "escape,q,enter", "close", "Close", id="work.close", key_display="Esc",
            tooltip="Go back to the volumes",
        ),
    ]  # fmt: skip

    def __init__(self, engine: Engine, stopped: Sequence[Stopped]) -> None:
        title = f"{counted(len(stopped), 'container')} left stopped"
        super().__init__(title, None, verb="start")
        self._engine = engine
        self._stopped = stopped
        self._told: list[StartedAgain] = []

    def begin(self) -> None:
        """Say who was stopped."""
        super().begin()
        self.query_one(".dialog").remove_class("-danger")
        text = partial(stopped_lines, self._stopped, time.time())
        self.body.show(lambda width: joined(text(width)))

    async def do(self) -> None:
        """Start them again."""
        async with aclosing(stream(self._engine.start_again, self._stopped)) as told:
            async for each in told:
                self._told.append(each)
                self.step_begins()

    def stop(self) -> None:
        """What is being started is started."""

    def show_work(self) -> None:
        """Who runs again so far."""
        waiting = self._stopped[: len(self._stopped) - len(self._told)]
        now = safe(waiting[-1].name) if waiting else ""
        self.body.show(lambda width: joined(started_lines(self._told, now, width)))

    def show_result(self, error: EngineError | None) -> None:
        """Close where all of them run again."""
        if error is None and not any(each.error for each in self._told):
            names = ", ".join(safe(each.stopped.name) for each in self._told)
            self.notify(f"Started again: {names}.", markup=False)
            self.dismiss(True)
            return
        self.retitle("Not all of them run again")
        failed = f"{sentence(error)}" if error else ""
        self.body.show(
            lambda width: joined(
                [*started_lines(self._told, "", width), *styled(failed, width, "$warning")]
            )
        )

    @work(exclusive=True, group="work")
    async def action_leave(self) -> None:
        """Leave them, and forget that they were stopped."""
        await call(self._engine.leave_stopped, self._stopped)
        self.dismiss(False)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer what makes sense in this phase."""
        if action == "cancel":
            return False
        if action == "leave":
            return self.phase is Phase.ASKING
        return super().check_action(action, parameters)
