"""Delete volumes: what goes, who holds them, and the removal itself."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import aclosing
from functools import partial

from textual import on, work
from textual.content import Content

from tui.calls import call, stream
from tui.content.going import Inside, brief_lines, total, volume_lines
from tui.content.holding import LOST_WITH_A_CONTAINER, Hold, chosen_of, grouped, hold_lines
from tui.content.lines import MUTED, Line, joined, styled
from tui.content.removing import Progress, result_lines, step_lines
from tui.engine import Engine, EngineError
from tui.engine.cancel import Cancel
from tui.engine.holders import Holder
from tui.engine.identity import other_volume
from tui.engine.model import Volume
from tui.keymap import key_of
from tui.presentation import counted, now, safe, safe_text, sentence
from tui.screens.counting import count, uncounted, wanted_phrase
from tui.screens.working import Phase, WorkScreen
from tui.widgets.boxes import Box, BoxFlow
from tui.widgets.flow import Flow, Text
from tui.widgets.volume_list import VolumeList


class DeleteScreen(WorkScreen):
    """Names all that goes; who holds it is stopped and removed only where that was chosen."""

    def __init__(
        self,
        engine: Engine,
        listed: VolumeList,
        volumes: Sequence[Volume],
        let_go: Callable[[Collection[str]], None],
    ) -> None:
        """`let_go` is called with the names of volumes that must not be looked into any more."""
        super().__init__(f"Delete {_named(volumes)}?", None, verb="delete")
        self._engine = engine
        self._listed = listed
        self._let_go = let_go
        self._volumes = volumes
        self._insides = uncounted(volumes)
        self._holds: list[Hold] | None = None
        """Who holds them; None: not known."""
        self._agreed: Sequence[Hold] = ()
        """Who held them, all of them chosen, when that was agreed to."""
        self._services: Mapping[str, Sequence[str]] = {}
        """Names of the swarm services that name a volume, by its name."""
        self._failure: EngineError | None = None
        """Why that is not known."""
        self._mounts: object = None
        """What the list knew of their mounts when that was asked."""
        self._asked_for: list[str] | None = None
        """Names of the volumes for which it is known what has to be typed."""
        self._progress = Progress(len(volumes))
        self._cancel = Cancel()

    def make_body(self, text: Text | None) -> Flow:
        """A text with a box for each container."""
        return BoxFlow(text)

    @property
    def boxes(self) -> BoxFlow:
        """The body, with what was chosen."""
        assert isinstance(self.body, BoxFlow)
        return self.body

    def begin(self) -> None:
        """Count what goes, and ask who holds it."""
        super().begin()
        self._listed.told.subscribe(self, self._list_told)
        self.show_known()
        self._ask_holders()
        self._count()

    # What is known

    @property
    def _going(self) -> list[Volume]:
        """Those that still exist, with what the list knows of them now."""
        known = [self._listed.find(volume.name) for volume in self._volumes]
        return [volume for volume in known if volume is not None]

    def _made_anew(self) -> list[str]:
        """Names of those that are others now than the ones that were to go."""
        asked = {volume.name: volume for volume in self._volumes}
        return [now.name for now in self._going if other_volume(asked[now.name], now)]

    @work(exclusive=True, group="count")
    async def _count(self) -> None:
        await count(self._engine, self._volumes, self._counted)

    def _counted(self, volume: Volume, inside: Inside) -> None:
        self._insides[volume.name] = inside
        self.refresh_soon()

    def _list_told(self, _told: None) -> None:
        """Ask again who holds them where that may have changed."""
        if self.phase is not Phase.ASKING:
            return
        if self._mounts != [volume.mounts for volume in self._going]:
            self._ask_holders()
            # Whoever came or went may have written.
            self._insides, self._asked_for = uncounted(self._volumes), None
            self._count()
        self.refresh_soon()

    def look_again(self) -> None:
        """The list does not know the helpers of another voltui, which end by themselves."""
        if any(hold.holder.client is not None for hold in self._holds or ()):
            self._ask_holders()

    @work(exclusive=True, group="holders")
    async def _ask_holders(self) -> None:
        self._mounts = [volume.mounts for volume in self._going]
        try:
            held = await call(self._all_holders, self._going)
            self._services = await call(self._engine.services)
        except EngineError as error:
            self._holds, self._failure = None, error
        else:
            self._holds, self._failure = grouped(held), None
        self.refresh_soon()

    def _all_holders(self, volumes: Sequence[Volume]) -> dict[str, list[Holder]]:
        return {volume.name: self._engine.holders(volume) for volume in volumes}

    # What is asked

    def show_known(self) -> None:
        """Show what is known, and ask what has to be asked."""
        going = [volume.name for volume in self._volumes]
        boxes = [
            Box(hold.key, partial(hold_lines, hold, going), bool(hold.holder.refusal))
            for hold in self._holds or ()
        ]
        self.boxes.show_boxes(self._goes, boxes, _lost_with_containers)
        self._ask_phrase()

    def _goes(self, width: int) -> Content:
        volumes, moment = self._going, now()
        one = len(self._volumes) == 1
        lines: list[Line] = []
        if volumes and one:
            lines += volume_lines(volumes[0], self._insides[volumes[0].name], moment, width)
        elif volumes:
            words = f"{total(volumes, self._insides)}:"
            lines += styled(words, width, "bold")
            for volume in volumes:
                lines += brief_lines(volume, self._insides[volume.name], moment, width)
        for name, services in self._services.items():
            if name in self._insides:
                lines += styled(_served(name, services), width, "$warning")
        if volumes:
            lines += [[], *styled("What is deleted does not come back.", width, "bold")]
        if self._holds:
            text = f"Held by {counted(len(self._holds), 'container')}:"
            lines += [[], *styled(text, width, "")]
        return joined(lines)

    def _ask_phrase(self) -> None:
        """Ask for the phrase once it is known which; then it stays for the same volumes."""
        going = [volume.name for volume in self._going]
        words = wanted_phrase("delete", self._going, self._insides)
        if words is not None and self._asked_for != going:
            self._asked_for = going
            self.ask(words)
        else:
            self.tell()
        self.aim()

    @property
    def _them(self) -> str:
        return "it" if len(self._volumes) == 1 else "them"

    def _unchosen(self) -> list[Hold]:
        """Who holds them and was not chosen to be removed."""
        return [hold for hold in self._holds or () if hold.key not in self.boxes.chosen]

    def refusal(self) -> str:
        """Why it cannot be deleted now."""
        if self.phase is not Phase.ASKING:
            return ""
        if not self._going:
            return f"Somebody else deleted {self._them} meanwhile."
        if anew := self._made_anew():
            return f"{safe(anew[0])} was deleted and made anew meanwhile: look at it again."
        if self._failure is not None:
            return f"Who holds {self._them} is not known. {sentence(self._failure)}"
        if self._holds is None:
            return f"Asking who holds {self._them} …"
        for hold in self._holds:
            if hold.holder.refusal:
                return f"{safe(hold.holder.name)} stays. {safe_text(hold.holder.refusal)}"
        if unchosen := self._unchosen():
            names = ", ".join(safe(hold.holder.name) for hold in unchosen[:3])
            more = f" and {len(unchosen) - 3} more" if len(unchosen) > 3 else ""
            one = len(unchosen) == 1
            return (
                f"{names}{more} {'holds' if one else 'hold'} {self._them}: "
                f"{key_of('boxes.choose')} chooses {'it' if one else 'each'} to be stopped and "
                "removed."
            )
        if self._asked_for is None:
            return "Counting what is inside …"
        return ""

    @on(BoxFlow.Chosen)
    def _chosen(self) -> None:
        self.tell()
        self.aim()

    # The removal

    def agreed(self) -> None:
        """Remove with them who was named and chosen by now, and nobody who is heard of later."""
        if self.phase is Phase.ASKING:
            self._agreed = self._holds or []
        super().agreed()

    async def do(self) -> None:
        """Remove them with the chosen holders."""
        self.workers.cancel_group(self, "count")
        names = {volume.name for volume in self._going}
        # As they were when this began to name them: whatever else has their name now stays.
        volumes = [volume for volume in self._volumes if volume.name in names]
        chosen = {name: chosen_of(name, self._agreed) for name in names}
        holders = [hold.holder for hold in self._agreed]
        self._progress = Progress(
            len(volumes), {holder.name: holder.stop_timeout for holder in holders}
        )
        self._let_go(names)
        self.retitle(f"Deleting {_named(volumes)}")
        steps = stream(self._engine.remove, volumes, chosen, self._cancel)
        async with aclosing(steps) as told:
            async for step in told:
                self._progress.take(step)
                self.step_begins()

    def stop(self) -> None:
        """Let the engine bring back what it stopped."""
        self._cancel.cancel()

    def show_work(self) -> None:
        """The steps of the present volume, and what stayed so far."""
        text = partial(step_lines, self._progress, self.seconds, stopping=self.stopping)
        self.boxes.show_boxes(lambda width: joined(text(width)), ())

    def show_result(self, error: EngineError | None) -> None:
        """Close where all of them went; else say what stayed and why."""
        self._listed.load()
        if error is None and self._progress.flawless:
            self.notify(_notice(self._progress), markup=False)
            self.dismiss(True)
            return
        self.retitle("Cancelled" if self.stopping else "Not everything was deleted")
        self.boxes.show_boxes(partial(self._result, error), ())

    def _result(self, error: EngineError | None, width: int) -> Content:
        lines = result_lines(self._progress, width)
        if error is not None:
            lines += styled(sentence(error), width, "$warning")
        return joined(lines)


def _lost_with_containers(width: int) -> Content:
    return joined([[], *styled(LOST_WITH_A_CONTAINER, width, MUTED)])


def _served(volume: str, services: Sequence[str]) -> str:
    names = ", ".join(map(safe, services))
    return f"The swarm service {names} names {safe(volume)}, and makes it anew, empty, with a task."


def _named(volumes: Sequence[Volume]) -> str:
    if len(volumes) == 1:
        return safe(volumes[0].name)
    return counted(len(volumes), "volume")


def _notice(progress: Progress) -> str:
    went = progress.went
    words = f"{safe(went[0])} is" if len(went) == 1 else f"{counted(len(went), 'volume')} are"
    containers = [safe(name) for one in progress.removed for name in one.containers]
    more = f" Removed with it: {', '.join(containers)}." if containers else ""
    return f"{words} deleted.{more}"
