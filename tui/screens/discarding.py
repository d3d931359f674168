"""At the start: volumes that a voltui was filling when it ended."""

from __future__ import annotations

import time
from collections.abc import Sequence
from contextlib import aclosing
from functools import partial
from typing import TYPE_CHECKING, ClassVar

from textual import work
from textual.binding import Binding, BindingType

from tui.calls import call, stream
from tui.content.discarding import discarded_lines, half_made_lines
from tui.content.lines import joined, styled
from tui.engine import Engine, EngineError
from tui.presentation import counted, safe, sentence
from tui.screens.working import Phase, WorkScreen

if TYPE_CHECKING:
    from tui.engine.transfers.journal import Filling
    from tui.engine.transfers.leftovers import Discarded


class DiscardScreen(WorkScreen):
    """Removes them, leaves them as they are, or asks at the next start, as the user says."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "y", "agree", "Remove", id="discard.remove",
            tooltip="Remove the volumes that are not whole",
        ),
        Binding(
            "l", "leave", "Leave them", id="discard.leave",
            tooltip="Leave the volumes as they are, and do not ask again",
        ),
        Binding(
            "escape,q,n,enter", "refuse", "Ask later", id="discard.later", key_display="Esc",
            tooltip="Ask again at the next start",
        ),
        Binding(
            "escape,q,enter", "close", "Close", id="work.close", key_display="Esc",
            tooltip="Go back to the volumes",
        ),
    ]  # fmt: skip

    def __init__(self, engine: Engine, found: Sequence[Filling]) -> None:
        super().__init__(f"{counted(len(found), 'volume')} left half-made", None, verb="remove")
        self._engine = engine
        self._found = found
        self._told: list[Discarded] = []
        self._stopped = False

    def begin(self) -> None:
        """Say which they are."""
        super().begin()
        text = partial(half_made_lines, self._found, time.time())
        self.body.show(lambda width: joined(text(width)))

    async def do(self) -> None:
        """Remove them one by one."""
        async with aclosing(stream(self._engine.discard, self._found)) as told:
            async for each in told:
                self._told.append(each)
                self.step_begins()
                if self._stopped:
                    return

    def stop(self) -> None:
        """The one that is being removed goes, the others stay."""
        self._stopped = True

    def show_work(self) -> None:
        """What is gone so far."""
        waiting = self._found[len(self._told) :]
        current = safe(waiting[0].volume) if waiting else ""
        self.body.show(lambda width: joined(discarded_lines(self._told, current, width)))

    def show_result(self, error: EngineError | None) -> None:
        """Close where all of them are gone."""
        if error is None and not any(each.error for each in self._told) and not self._stopped:
            names = ", ".join(safe(each.filling.volume) for each in self._told)
            self.notify(f"Removed: {names}.", markup=False)
            self.dismiss(True)
            return
        self.retitle("Not all of them are gone")
        failed = sentence(error) if error else ""
        self.body.show(
            lambda width: joined(
                [*discarded_lines(self._told, "", width), *styled(failed, width, "$warning")]
            )
        )

    @work(exclusive=True, group="work")
    async def action_leave(self) -> None:
        """Leave them, and forget that they were begun."""
        await call(self._engine.leave_half_made, self._found)
        self.dismiss(False)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer what makes sense in this phase."""
        if action == "leave":
            return self.phase is Phase.ASKING
        return super().check_action(action, parameters)
