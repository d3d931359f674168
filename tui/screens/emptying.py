"""Empty a volume: what goes, who may write to it, and the emptying itself."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import aclosing
from functools import partial

from textual import work
from textual.content import Content

from tui.calls import call, stream
from tui.content.emptying import gone, holder_lines, progress_lines, question_lines, result_lines
from tui.content.going import Inside, holds
from tui.content.lines import joined, styled
from tui.engine import Engine, EngineError
from tui.engine.cancel import Cancel
from tui.engine.emptying import NOTHING, REFUSALS
from tui.engine.holders import Holder
from tui.engine.model import Volume
from tui.engine.sharing import sharing
from tui.phrase import phrase
from tui.presentation import now, safe, sentence
from tui.screens.counting import count_inside
from tui.screens.working import Phase, WorkScreen
from tui.widgets.volume_list import VolumeList


class EmptyScreen(WorkScreen):
    """Offers nothing where nothing is inside; who writes to it meanwhile is named."""

    def __init__(self, engine: Engine, listed: VolumeList, volume: Volume) -> None:
        super().__init__(f"Empty {safe(volume.name)}?", None, verb="empty")
        self._engine = engine
        self._listed = listed
        self._volume = volume
        self._files = engine.open(volume)
        self._inside = Inside()
        self._shared: Sequence[Volume] = sharing(volume, listed.rows.volumes)
        self._holders: Sequence[Holder] | None = None
        """Who has the same data mounted; None: not known."""
        self._failure: EngineError | None = None
        """Why that is not known."""
        self._mounts: list[object] = []
        """What the list knew of their mounts when that was asked."""
        self._state = NOTHING
        self._cancel = Cancel()

    def begin(self) -> None:
        """Count what goes, and ask who has it mounted."""
        super().begin()
        self._listed.told.subscribe(self, self._list_told)
        self.show_known()
        self._ask_holders()
        self._count()

    # What is known

    @work(exclusive=True, group="count")
    async def _count(self) -> None:
        await count_inside(self._files, self._counted)

    def _counted(self, inside: Inside) -> None:
        self._inside = inside
        self.refresh_soon()

    def _list_told(self, _told: None) -> None:
        if self.phase is Phase.ASKING and self._mounts != self._mounts_now():
            self._ask_holders()
        self.refresh_soon()

    def _mounts_now(self) -> list[object]:
        volumes = map(self._listed.find, (self._volume.name, *(v.name for v in self._shared)))
        return [volume and volume.mounts for volume in volumes]

    @work(exclusive=True, group="holders")
    async def _ask_holders(self) -> None:
        self._mounts = self._mounts_now()
        try:
            found = await call(self._all_holders)
        except EngineError as error:
            self._holders, self._failure = None, error
        else:
            self._holders, self._failure = found, None
        self.refresh_soon()

    def _all_holders(self) -> list[Holder]:
        """Of the volume and of those that are the same data, each container once."""
        found = [h for v in (self._volume, *self._shared) for h in self._engine.holders(v)]
        return list({holder.container_id: holder for holder in found}.values())

    @property
    def _writers(self) -> list[Holder]:
        return [holder for holder in self._holders or () if holder.writes]

    # What is asked

    def show_known(self) -> None:
        """Show what is known, and ask what has to be asked."""
        self.body.show(self._question, keep_place=True)
        empty, known = self._inside.empty, self._inside.complete or self._inside.holds_something
        wanted = phrase("empty", [self._volume]) if known and not empty else ""
        if wanted != self.phrase:
            self.ask(wanted)
        else:
            self.tell()
        self.aim()

    def _question(self, width: int) -> Content:
        if self._inside.empty:
            return joined(styled(f"{safe(self._volume.name)} is empty already.", width, ""))
        held = holds(self._volume, self._inside, now())
        lines = question_lines(self._volume, held, self._shared, width)
        return joined(lines + holder_lines(self._holders or (), width))

    def refusal(self) -> str:
        """Why it cannot be emptied now."""
        if self.phase is not Phase.ASKING or self._inside.empty:
            return ""
        if self._listed.find(self._volume.name) is None:
            return "Somebody deleted it meanwhile."
        if self._failure is not None:
            return f"Who has it mounted is not known. {sentence(self._failure)}"
        if self._holders is None:
            return "Asking who has it mounted …"
        if not (self._inside.complete or self._inside.holds_something):
            return "Counting what is inside …"
        return ""

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer nothing where there is nothing to do."""
        if action == "agree" and self._inside.empty:
            return False
        return super().check_action(action, parameters)

    # The work

    async def do(self) -> None:
        """Empty it, though those write to it who are named."""
        self.workers.cancel_group(self, "count")
        self.retitle(f"Emptying {safe(self._volume.name)}")
        states = stream(
            partial(
                self._engine.empty,
                self._volume,
                root=self._files.root,
                hot=bool(self._writers),
                cancel=self._cancel,
            )
        )
        async with aclosing(states) as told:
            async for self._state in told:
                self.show_work()

    def stop(self) -> None:
        """End behind the entry that is being removed."""
        self._cancel.cancel()

    def show_work(self) -> None:
        """How much is gone."""
        known = self._inside.usage if self._inside.complete else None
        text = partial(progress_lines, self._state, known, stopping=self.stopping)
        self.body.show(lambda width: joined(text(width)), keep_place=True)

    def show_result(self, error: EngineError | None) -> None:
        """Close where nothing is left; else say what stayed and why."""
        self._listed.load()
        if error is None and self._state.remaining == 0:
            name = safe(self._volume.name)
            self.notify(f"{name} is empty: {gone(self._state)}.", markup=False)
            self.dismiss(True)
            return
        self.retitle("Cancelled" if self.stopping else "Not everything is gone")
        self.body.show(partial(self._result, error))

    def _result(self, error: EngineError | None, width: int) -> Content:
        lost = error is not None and not isinstance(error, REFUSALS)
        lines = result_lines(self._state, cancelled=self.stopping, width=width, lost=lost)
        if error is not None:
            lines += styled(sentence(error), width, "$warning")
        return joined(lines)
