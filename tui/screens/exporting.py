"""The form for an export; what it says becomes one job for each volume."""

from __future__ import annotations

import os
import shutil
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

from textual import on, work
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from tui.calls import call
from tui.content import MUTED
from tui.content.exporting import ExportFacts, equivalent, fact_lines, path_of
from tui.content.lines import joined
from tui.engine import Engine, EngineError
from tui.engine.errors import UsageError
from tui.engine.model import Volume
from tui.engine.transfers.destinations import Destination
from tui.engine.transfers.places import place, place_in
from tui.jobs import Job
from tui.messages import StartJob
from tui.presentation import counted, now, safe, sentence
from tui.widgets.choice_line import ChoiceLine
from tui.widgets.export_form import ExportForm
from tui.widgets.flow import Flow
from tui.widgets.form import Form, FormInput
from tui.widgets.key_bar import KeyBar


class ExportScreen(ModalScreen[None]):
    """Offers the chosen volumes, and all of the project; asks who writes to them meanwhile."""

    AUTO_FOCUS = ""
    HORIZONTAL_BREAKPOINTS = [(0, "-slim"), (40, "-roomy")]
    VERTICAL_BREAKPOINTS = [(0, "-flat"), (9, "-low"), (20, "-tall")]

    def __init__(self, engine: Engine, chosen: Sequence[Volume], known: Sequence[Volume]) -> None:
        """`chosen`: the marked volumes or the one under the cursor; `known`: all."""
        super().__init__()
        self._engine = engine
        self._offers = _offers(chosen, known)
        self._moment = now()
        self._form = ExportForm(list(self._offers), os.path.join(_here(), ""))
        self._facts = ExportFacts(self._volumes)
        self._refused = ""
        self._told = Flow()
        self._told.can_focus = False
        self._words = Static(markup=False, classes="create--words")

    @property
    def _volumes(self) -> Sequence[Volume]:
        return list(self._offers.values())[self._form.what]

    def compose(self) -> ComposeResult:
        """The lines; below them what is known, and what is wrong with them."""
        with Vertical(classes="dialog") as box:
            box.border_title = Content(f"Export {next(iter(self._offers))}")
            yield self._form
            with Vertical(classes="create--foot export--foot"):
                yield self._told
                yield self._words
                yield KeyBar()

    def on_mount(self) -> None:
        """Ask for what is not known yet."""
        self._ask_writers()
        self._look()

    # What is known

    @work(exclusive=True, group="writers")
    async def _ask_writers(self) -> None:
        named = {volume.name: volume for offer in self._offers.values() for volume in offer}
        for volume in named.values():
            try:
                writers = await call(self._engine.writers, volume)
            except EngineError:
                writers = []  # The export itself asks again, and says what is wrong.
            self._learn(writers={**self._facts.writers, volume.name: writers})

    @work(exclusive=True, group="place")
    async def _look(self) -> None:
        """Find out what the typed place means, and whether it can be used."""
        form = self._form
        asked = form.place, form.kind, form.checksum, self._volumes
        places, refused, free = await call(_looked, self._moment, *asked)
        self._refused = refused
        self._learn(volumes=asked[3], places=places, free=free)

    def _learn(self, **facts: Any) -> None:
        self._facts = replace(self._facts, **facts)
        self._form.ask_hot(bool(self._facts.written))
        self._told.show(lambda width: joined(fact_lines(self._facts, width)), keep_place=True)
        refusal = self._refusal()
        self._say(refusal or self._remark(), "$warning" if refusal else MUTED)

    def _refusal(self) -> str:
        """Why it cannot be exported as the form says; empty where it can."""
        if self._refused:
            return self._refused
        if not self._facts.asked:
            return "Asking who writes to it …"
        if self._facts.written and not self._form.hot:
            return "What writes may change it meanwhile. Stop that, or choose to do it hot."
        return ""

    def _remark(self) -> str:
        if self._form.hot:
            return "What changes meanwhile is told; the export may hold files of different moments."
        if self._form.kind == "dir" and os.geteuid() != 0:
            return "A folder keeps owners, devices and capabilities only where root makes it."
        return "It gets its name once all of it was read again and compared."

    def _say(self, words: str, style: str) -> None:
        self._words.update(Content.styled(words, style))
        self._words.set_class(style == MUTED, "-remark")

    @on(Input.Changed)
    @on(ChoiceLine.Chosen)
    def _changed(self) -> None:
        self._look()

    # Making it, or leaving

    @on(FormInput.Accepted)
    async def _accepted(self, event: FormInput.Accepted) -> None:
        event.stop()
        self._accept()

    @work(exclusive=True, group="accept")
    async def _accept(self) -> None:
        await self._look().wait()
        if refusal := self._refusal():
            self._say(refusal, "$error")
            return
        for volume, destination in zip(self._facts.volumes, self._facts.places, strict=True):
            job = export_job(self._engine, volume, destination, hot=self._form.hot)
            self.app.post_message(StartJob(job))
        self.dismiss(None)

    @on(Form.Closed)
    def _form_closed(self) -> None:
        self.dismiss(None)


def export_job(engine: Engine, volume: Volume, destination: Destination, *, hot: bool) -> Job:
    """The export as a job."""
    path = path_of(destination)
    return Job(
        f"Export {safe(volume.name)} to {safe(path.name if path else '-')}",
        [volume.name],
        lambda: engine.export(volume, destination, hot=hot),
        equivalent(volume.name, destination),
        "export",
    )


def _offers(chosen: Sequence[Volume], known: Sequence[Volume]) -> dict[str, list[Volume]]:
    """What can be exported, by the words for it: the chosen volumes, and all of their project."""
    many = len(chosen) > 1
    words = f"{counted(len(chosen), 'volume')}" if many else safe(chosen[0].name)
    offers = {words: list(chosen)}
    projects = {volume.project for volume in chosen}
    project = projects.pop() if len(projects) == 1 else None
    members = [volume for volume in known if project and volume.project == project]
    if len(members) > 1 and {v.name for v in members} != {v.name for v in chosen}:
        offers[f"project {safe(str(project))}, {counted(len(members), 'volume')}"] = members
    return offers


def _here() -> str:
    try:
        return os.getcwd()
    except OSError:  # It was removed.
        return str(Path.home())


def _looked(
    moment: datetime, text: str, kind: str, checksum: bool, volumes: Sequence[Volume]
) -> tuple[list[Destination], str, int | None]:
    """The places, why they cannot be used, and the bytes that are free there."""
    try:
        places = _places(moment, text, kind, checksum, volumes)
        for each in places:
            each.refuse()
    except EngineError as error:
        return [], sentence(error), None
    free = None
    path = path_of(places[0])
    if path is not None:
        with suppress(OSError):
            free = shutil.disk_usage(path.parent).free
    return places, "", free


def _places(
    moment: datetime, text: str, kind: str, checksum: bool, volumes: Sequence[Volume]
) -> list[Destination]:
    if len(volumes) == 1:
        return [place(text, volumes[0].name, kind, moment, checksum=checksum)]
    folder = Path(text).expanduser().absolute()
    if not folder.is_dir():
        raise UsageError(f"There is no folder {folder}: several volumes need one.")
    return [place_in(folder, each.name, kind, moment, checksum=checksum) for each in volumes]
