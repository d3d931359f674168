"""A line in which a phrase has to be typed exactly before something goes."""

from __future__ import annotations

from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.message import Message
from textual.widgets import Static

from tui.content import KEY
from tui.keymap import key_of
from tui.phrase import says
from tui.presentation import safe
from tui.widgets.query_line import QueryInput


class PhraseInput(QueryInput):
    """The text itself. Enter that is greyed is left to the dialog."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "enter", "accept", "Yes", id="confirm.typed", key_display="↵",
            tooltip="Do it, once what is asked for is typed",
        ),
        Binding(
            "escape", "screen.refuse", "No", id="confirm.leave", key_display="Esc",
            tooltip="Go back, nothing is changed",
        ),
    ]  # fmt: skip

    wanted = ""
    allowed = True
    """Whether nothing else stands in the way."""

    def check_action(self, action: str, _parameters: tuple[object, ...]) -> bool | None:
        """Grey it until the phrase stands there."""
        if action == "accept":
            return True if self.allowed and says(self.value, self.wanted) else None
        return True

    def reason(self, _action: str) -> str:
        """Why a greyed action cannot be done."""
        return f"{safe(self.wanted)} has to be typed first."


class PhraseLine(Vertical):
    """Says what has to be typed, and takes it; the dialog hides it while nothing has to be."""

    class Typed(Message):
        """The phrase was typed, and Enter pressed."""

    def __init__(self, verb: str) -> None:
        """`verb`: what Enter does then, safe to show."""
        super().__init__()
        self._verb = verb
        self._question = Static(markup=False, classes="phrase--question")
        self.input = PhraseInput("")
        self.display = False

    def compose(self) -> ComposeResult:
        """What is asked for, above the text."""
        yield self._question
        yield self.input

    def ask(self, wanted: str) -> None:
        """Ask for another phrase."""
        self.input.wanted = wanted
        shown, key = (safe(wanted), "bold $error"), (key_of("confirm.typed"), KEY)
        self._question.update(Content.assemble("Type ", shown, ", ", key, f" to {self._verb}"))
        self.refresh_bindings()

    def on_resize(self) -> None:
        """Name the phrase in the line itself where there is no room above it."""
        above = self._question.display
        self.input.placeholder = "" if above else safe(self.input.wanted)

    def allow(self, allowed: bool) -> None:
        """Whether nothing else stands in the way of Enter."""
        self.input.allowed = allowed
        self.refresh_bindings()

    def take_focus(self) -> None:
        """Let the user type."""
        self.screen.set_focus(self.input)

    @property
    def text(self) -> str:
        """What was typed."""
        return self.input.value

    @on(QueryInput.Accepted)
    def _accepted(self, event: QueryInput.Accepted) -> None:
        event.stop()
        self.post_message(self.Typed())
