"""The form for a new volume."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from contextlib import suppress

from textual import on, work
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from tui.calls import call
from tui.content import MUTED
from tui.content.creating import docker_command, shared_sentence
from tui.engine import Engine, EngineError
from tui.engine.creating import NewVolume
from tui.engine.errors import (
    EngineTimeout,
    EngineUnreachable,
    NameTaken,
    ProtocolError,
    UsageError,
)
from tui.engine.model import Volume
from tui.engine.sharing import same_data
from tui.keymap import key_of
from tui.presentation import safe, safe_text, sentence
from tui.widgets.choice_line import ChoiceLine
from tui.widgets.flow import Flow
from tui.widgets.form import Form, FormInput
from tui.widgets.key_bar import KeyBar
from tui.widgets.list_pane import PATIENCE
from tui.widgets.volume_form import VolumeForm


class CreateScreen(ModalScreen[Volume | None]):
    """Returns the volume that was made, None where the user left. What fails is said in the form,
    and what was typed stays.
    """

    AUTO_FOCUS = ""
    HORIZONTAL_BREAKPOINTS = [(0, "-slim"), (40, "-roomy")]
    VERTICAL_BREAKPOINTS = [(0, "-flat"), (9, "-low"), (20, "-tall")]

    def __init__(self, engine: Engine, volumes: Callable[[], Sequence[Volume]]) -> None:
        """`volumes`: all that are known at the time it is called."""
        super().__init__()
        self._engine = engine
        self._volumes = volumes
        self._form = VolumeForm()
        self._command = Flow()
        self._command.can_focus = False
        self._words = Static(markup=False, classes="create--words")
        self._asked: tuple[NewVolume, float] | None = None
        """What the engine was asked to make, and monotonic time since when it does not answer."""
        self._unsure = ""
        """Name of the volume that it was asked for without an answer."""
        self._leaving = False

    def compose(self) -> ComposeResult:
        """The lines; below them what they mean, and what is wrong with them."""
        with Vertical(classes="dialog") as box:
            box.border_title = Content("Create a volume")
            yield self._form
            with Vertical(classes="create--foot"):
                yield self._command
                yield self._words
                yield KeyBar()

    def on_mount(self) -> None:
        """Ask for the drivers; nobody has to wait for them."""
        self.set_interval(1, self._tell_wait)
        self._ask_drivers()
        self._show()

    @work(exclusive=True, group="drivers")
    async def _ask_drivers(self) -> None:
        with suppress(EngineError):  # A driver's name can be typed as well.
            self._form.offer_drivers(await call(self._engine.drivers))

    # What was typed

    @on(Input.Changed)
    @on(ChoiceLine.Chosen)
    def _changed(self) -> None:
        self._leaving = False
        if self._asked is None:
            self._show()

    def _show(self) -> None:
        """Show the command that makes the same, and what there is to say about it."""
        try:
            draft = self._form.draft()
        except UsageError as error:
            self._say(sentence(error))
            return
        self._command.show(lambda width: docker_command(draft, width))
        self._say(*self._remark(draft))

    def _remark(self, draft: NewVolume) -> tuple[str, str]:
        """The most important thing to say about it, and in which style."""
        known = self._volumes()
        if any(volume.name == draft.name for volume in known):
            return f"There is a volume named {safe(draft.name)} already.", "$warning"
        if shared := same_data(draft.driver, draft.options, known):
            return shared_sentence(shared), "$warning"
        return self._form.preset.remark, MUTED

    def _say(self, words: str, style: str = "$warning") -> None:
        self._words.update(Content.styled(words, style))
        self._words.set_class(style == MUTED, "-remark")

    # Making it

    @on(FormInput.Accepted)
    def _accepted(self, event: FormInput.Accepted) -> None:
        event.stop()
        if self._asked is not None:
            return
        try:
            new = self._form.new()
        except UsageError as error:
            self._say(sentence(error), "$error")
            return
        self._asked = new, time.monotonic()
        self._say(f"Creating {safe(new.name)} …", MUTED)
        self._create(new)

    @work(exclusive=True, group="create")
    async def _create(self, new: NewVolume) -> None:
        try:
            made = await call(self._engine.create, new)
        except EngineError as error:
            self._asked = None
            self._say(self._failure(error, new.name), "$error")
        else:
            self.dismiss(made)

    def _failure(self, error: EngineError, name: str) -> str:
        if isinstance(error, NameTaken) and name == self._unsure:
            return (
                f"There is a volume named {safe(name)} now: the one asked for before, or another."
            )
        if isinstance(error, EngineUnreachable | EngineTimeout | ProtocolError):
            self._unsure = name
        return f"{sentence(error)} {safe_text(error.hint)}".strip()

    def _tell_wait(self) -> None:
        if self._asked is None:
            return
        seconds = int(time.monotonic() - self._asked[1])
        if seconds >= PATIENCE:
            engine, key = safe_text(self._engine.endpoint.name), key_of("form.close")
            self._say(f"{engine} has not answered for {seconds} s. {key} stops waiting.")

    # Leaving

    @on(Form.Closed)
    def _form_closed(self) -> None:
        """Leave; where more than a name would be lost, at the second time."""
        if self._asked is not None:
            self._leave_unanswered(self._asked[0].name)
        elif self._form.filled and not self._leaving:
            self._leaving = True
            self._say(f"{key_of('form.close')} once more closes the form. What was typed is lost.")
        else:
            self.dismiss(None)

    def _leave_unanswered(self, name: str) -> None:
        self.workers.cancel_group(self, "create")
        words = f"The engine did not answer yet. Whether {safe(name)} is made is not known."
        self.app.notify(words, title="Create", severity="warning", markup=False, timeout=8)
        self.dismiss(None)
