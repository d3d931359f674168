"""The form for a clone; what it says becomes a job."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from functools import partial
from typing import Any

from textual import on, work
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from tui.calls import call
from tui.content import MUTED
from tui.content.cloning import CloneFacts, equivalent, fact_lines
from tui.content.creating import shared_sentence
from tui.content.lines import joined
from tui.engine import Engine, EngineError
from tui.engine.creating import NewVolume, refuse_impossible
from tui.engine.errors import UsageError
from tui.engine.model import Volume
from tui.engine.sharing import same_data
from tui.engine.transfers.cloning import suggested_name
from tui.jobs import Job
from tui.keymap import key_of
from tui.messages import StartJob
from tui.presentation import now, safe, sentence
from tui.screens.counting import count_inside
from tui.widgets.choice_line import ChoiceLine
from tui.widgets.clone_form import CloneForm
from tui.widgets.flow import Flow
from tui.widgets.form import Form, FormInput
from tui.widgets.key_bar import KeyBar


class CloneScreen(ModalScreen[None]):
    """Counts what is inside and asks who writes meanwhile; nobody has to wait for either."""

    AUTO_FOCUS = ""
    HORIZONTAL_BREAKPOINTS = [(0, "-slim"), (40, "-roomy")]
    VERTICAL_BREAKPOINTS = [(0, "-flat"), (9, "-low"), (20, "-tall")]

    def __init__(
        self, engine: Engine, volume: Volume, volumes: Callable[[], Sequence[Volume]]
    ) -> None:
        """`volumes`: all that are known at the time it is called."""
        super().__init__()
        self._engine = engine
        self._volume = volume
        self._volumes = volumes
        self._files = engine.open(volume)
        self._facts = CloneFacts(volume)
        self._form = CloneForm(suggested_name(volume.name, self._taken), volume.labels)
        self._told = Flow()
        self._told.can_focus = False
        self._words = Static(markup=False, classes="create--words")
        self._leaving = False

    @property
    def _taken(self) -> set[str]:
        return {volume.name for volume in self._volumes()}

    def compose(self) -> ComposeResult:
        """The lines; below them what is known of the source, and what is wrong with them."""
        with Vertical(classes="dialog") as box:
            box.border_title = Content(f"Clone {safe(self._volume.name)}")
            yield self._form
            with Vertical(classes="create--foot clone--foot"):
                yield self._told
                yield self._words
                yield KeyBar()

    def on_mount(self) -> None:
        """Ask for what is not known yet."""
        self._ask_writers()
        self._count()
        self._show()

    # What is known

    @work(exclusive=True, group="writers")
    async def _ask_writers(self) -> None:
        try:
            writers = await call(self._engine.writers, self._volume)
        except EngineError:
            writers = []  # The clone itself asks again, and says what is wrong.
        self._form.ask_hot(bool(writers))
        self._learn(writers=writers)

    @work(exclusive=True, group="count")
    async def _count(self) -> None:
        with suppress(EngineError):  # The counting says what is wrong.
            self._learn(room=await call(self._files.space))
        await count_inside(self._files, lambda inside: self._learn(inside=inside))

    def _learn(self, **facts: Any) -> None:
        self._facts = replace(self._facts, **facts)
        self._show()

    # What was typed

    @on(Input.Changed)
    @on(ChoiceLine.Chosen)
    def _changed(self) -> None:
        self._leaving = False
        self._show()

    def _show(self) -> None:
        """Show what is known, and the most important thing to say about what was typed."""
        text = partial(fact_lines, self._facts, plain=self._form.plain, now=now())
        self._told.show(lambda width: joined(text(width=width)), keep_place=True)
        if not self._leaving:
            refusal = self._refusal()
            self._say(refusal or self._remark(), "$warning" if refusal else MUTED)

    def _refusal(self) -> str:
        """Why it cannot be cloned as the form says; empty where it can."""
        try:
            draft = self._form.draft()
            if not draft.name:
                return "The clone needs a name."
            refuse_impossible(draft)
        except UsageError as error:
            return sentence(error)
        if draft.name in self._taken:
            return f"There is a volume named {safe(draft.name)} already."
        if shared := same_data(draft.driver, draft.options, self._volumes()):
            return shared_sentence(shared)
        if self._facts.writers is None:
            return "Asking who writes to it …"
        if self._facts.writers and not self._form.hot:
            return "What writes may change it meanwhile: stop that, or clone it hot."
        return ""

    def _remark(self) -> str:
        if self._form.hot:
            return "What changes meanwhile is told: files may be of different moments."
        if self._form.drops_compose:
            return "With the labels of compose it would take two volumes for one."
        return "Everything is read again and compared before the clone counts as done."

    def _say(self, words: str, style: str) -> None:
        self._words.update(Content.styled(words, style))
        self._words.set_class(style == MUTED, "-remark")

    # Making it, or leaving

    @on(FormInput.Accepted)
    def _accepted(self, event: FormInput.Accepted) -> None:
        event.stop()
        self._leaving = False
        if refusal := self._refusal():
            self._say(refusal, "$error")
            return
        new, hot = self._form.draft(), self._form.hot
        self.app.post_message(StartJob(clone_job(self._engine, self._volume, new, hot=hot)))
        self.dismiss(None)

    @on(Form.Closed)
    def _form_closed(self) -> None:
        """Leave; where more than a name would be lost, at the second time."""
        if self._form.filled and not self._leaving:
            self._leaving = True
            again = f"{key_of('form.close')} once more closes the form. What was typed is lost."
            self._say(again, "$warning")
        else:
            self.dismiss(None)


def clone_job(engine: Engine, source: Volume, new: NewVolume, *, hot: bool) -> Job:
    """The clone as a job."""
    return Job(
        f"Clone {safe(source.name)} to {safe(new.name)}",
        [source.name, new.name],
        lambda: engine.clone(source, new, hot=hot),
        equivalent(source.name, new),
        "clone",
    )
