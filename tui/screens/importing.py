"""The form for an import; what it says becomes a job."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial

from textual import on, work
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.timer import Timer
from textual.widgets import Input, Static

from tui.calls import call
from tui.content import MUTED
from tui.content.importing import (
    ImportFacts,
    JobAsker,
    equivalent,
    fact_lines,
    remark,
    suggested_name,
)
from tui.content.lines import joined
from tui.engine import Engine, EngineError
from tui.engine.creating import NewVolume, refuse_impossible
from tui.engine.errors import UsageError
from tui.engine.model import Volume
from tui.engine.transfers.replacing import Mode
from tui.engine.transfers.sources import STDIN, Source, source_at
from tui.jobs import Job
from tui.keymap import key_of
from tui.messages import StartJob
from tui.presentation import safe, sentence
from tui.widgets.choice_line import ChoiceLine
from tui.widgets.flow import Flow
from tui.widgets.form import Form, FormInput
from tui.widgets.import_form import ImportForm
from tui.widgets.key_bar import KeyBar

_QUIET = 0.3
"""Seconds without a key before a path is looked at."""


class ImportScreen(ModalScreen[None]):
    """Looks at the source as soon as its path is typed, and asks who writes to the target."""

    AUTO_FOCUS = ""
    HORIZONTAL_BREAKPOINTS = [(0, "-slim"), (40, "-roomy")]
    VERTICAL_BREAKPOINTS = [(0, "-flat"), (9, "-low"), (20, "-tall")]

    def __init__(
        self, engine: Engine, volume: Volume | None, volumes: Callable[[], Sequence[Volume]]
    ) -> None:
        """`volume`: it may go into this one; `volumes`: all that are known when it is called."""
        super().__init__()
        self._engine = engine
        self._volumes = volumes
        self._facts = ImportFacts(volume)
        self._form = ImportForm(volume.name if volume else "")
        self._told = Flow()
        self._told.can_focus = False
        self._words = Static(markup=False, classes="create--words")
        self._looked = ""
        """The path that was looked at last."""
        self._problem = ""
        """Why that is no source."""
        self._soon: Timer | None = None
        self._leaving = False

    @property
    def _taken(self) -> set[str]:
        return {volume.name for volume in self._volumes()}

    def compose(self) -> ComposeResult:
        """The lines; below them what is known of the source, and what is wrong with them."""
        with Vertical(classes="dialog") as box:
            box.border_title = Content("Import")
            yield self._form
            with Vertical(classes="create--foot clone--foot"):
                yield self._told
                yield self._words
                yield KeyBar()

    def on_mount(self) -> None:
        """Ask for what is not known yet."""
        if self._facts.volume is not None:
            self._ask_writers(self._facts.volume)
        self._show()

    # What is known

    @work(exclusive=True, group="writers")
    async def _ask_writers(self, volume: Volume) -> None:
        try:
            writers = await call(self._engine.writers, volume)
        except EngineError:
            writers = []  # The import itself asks again, and says what is wrong.
        self._facts = replace(self._facts, writers=writers)
        self._form.tell_writers(bool(writers))
        self._show()

    @work(exclusive=True, group="look")
    async def _look(self, path: str) -> None:
        source: Source | None = None
        problem = ""
        try:
            source = await call(_source, path)
        except EngineError as error:
            problem = sentence(error)
        self._looked, self._problem = path, problem
        self._facts = replace(self._facts, source=source)
        if source is not None:
            self._form.suggest(suggested_name(source, path, self._taken))
        self._show()

    # What was typed

    @on(Input.Changed)
    @on(ChoiceLine.Chosen)
    def _changed(self) -> None:
        self._leaving = False
        path = self._form.path
        if path != self._looked:
            self._facts = replace(self._facts, source=None)
            if self._soon is not None:
                self._soon.stop()
            self._soon = self.set_timer(_QUIET, partial(self._look, path)) if path else None
        self._show()

    def _show(self) -> None:
        """Show what is known, and the most important thing to say about what was typed."""
        text = partial(fact_lines, self._facts, self._form.mode)
        self._told.show(lambda width: joined(text(width)), keep_place=True)
        if not self._leaving:
            refusal = self._refusal()
            self._say(refusal or remark(self._form.mode), "$warning" if refusal else MUTED)

    def _refusal(self) -> str:
        """Why it cannot be imported as the form says; empty where it can."""
        if not self._form.path:
            return "Name an archive or a folder."
        if self._facts.source is None:
            return self._problem if self._form.path == self._looked else "Looking at it …"
        if self._form.mode is Mode.NEW:
            return self._refusal_of_name()
        if self._facts.writers is None:
            return "Asking who writes to it …"
        if self._facts.writers and self._form.mode is Mode.REPLACE:
            return "Stop what writes: what is being replaced has to stand still."
        if self._form.mode is Mode.REPLACE and self._form.phrase != self._target().name:
            return f"Type {safe(self._target().name)}: all that is in it goes."
        if self._facts.writers and not self._form.hot:
            return "What writes may meet the import. Stop that, or choose to merge it hot."
        return ""

    def _refusal_of_name(self) -> str:
        name = self._form.title_given
        try:
            refuse_impossible(NewVolume(name))
        except UsageError as error:
            return sentence(error)
        return f"There is a volume named {safe(name)} already." if name in self._taken else ""

    def _say(self, words: str, style: str) -> None:
        self._words.update(Content.styled(words, style))
        self._words.set_class(style == MUTED, "-remark")

    # Making it, or leaving

    @on(FormInput.Accepted)
    def _accepted(self, event: FormInput.Accepted) -> None:
        event.stop()
        self._leaving = False
        source = self._facts.source
        if (refusal := self._refusal()) or source is None:
            self._say(refusal, "$error")
            return
        job = import_job(
            self._engine,
            source,
            self._form.path,
            self._target(),
            self._form.mode,
            hot=self._form.hot,
            devices=self._form.devices,
        )
        self.app.post_message(StartJob(job))
        self.dismiss(None)

    def _target(self) -> NewVolume | Volume:
        if self._form.mode is Mode.NEW or self._facts.volume is None:
            return NewVolume(self._form.title_given)
        return self._facts.volume

    @on(Form.Closed)
    def _form_closed(self) -> None:
        """Leave; where something would be lost, at the second time."""
        if self._form.filled and not self._leaving:
            self._leaving = True
            again = f"{key_of('form.close')} once more closes the form. What was typed is lost."
            self._say(again, "$warning")
        else:
            self.dismiss(None)


def _source(path: str) -> Source:
    if path == STDIN:
        raise UsageError("Standard input is for the command line.")
    return source_at(path)


def import_job(
    engine: Engine,
    source: Source,
    path: str,
    target: NewVolume | Volume,
    mode: Mode,
    *,
    hot: bool,
    devices: bool,
) -> Job:
    """The import as a job."""
    into = {Mode.NEW: "as", Mode.REPLACE: "in the place of", Mode.MERGE: "into"}[mode]
    return Job(
        f"Import {safe(source.label)} {into} {safe(target.name)}",
        [target.name],
        lambda: engine.import_archive(
            source, target, mode, hot=hot, devices=devices, ask=JobAsker()
        ),
        equivalent(source, path, target.name),
        "import",
    )
