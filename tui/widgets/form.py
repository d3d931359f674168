"""Lines with a title each, walked through with Tab and the arrows."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Input, Static

from tui.widgets.query_line import QueryInput


class FormInput(QueryInput):
    """One line of text."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "enter", "accept", "Create", id="create.accept", key_display="↵",
            tooltip="Make what the form says",
        ),
    ]  # fmt: skip

    class Pasted(Message):
        """Several lines were pasted into this one."""

        def __init__(self, line: FormInput, lines: list[str]) -> None:
            super().__init__()
            self.line = line
            self.lines = lines

    def __init__(self, example: str = "", *, secret: bool = False) -> None:
        """The example is safe to show; a secret is never shown."""
        super().__init__(example)
        self.password = secret

    def on_paste(self, event: events.Paste) -> None:
        """Textual takes the first of several lines and drops the others."""
        lines = [line for line in event.text.splitlines() if line.strip()]
        if len(lines) > 1:
            event.prevent_default()
            event.stop()
            self.post_message(self.Pasted(self, lines))


class FormLine(Horizontal):
    """A title, and what belongs to it."""

    def __init__(self, title: str, control: Widget) -> None:
        super().__init__()
        self._words = title
        self.control = control

    def compose(self) -> ComposeResult:
        """The title on the left, or above where there is no room."""
        yield Static(Content(self._words), classes="form--title", markup=False)
        yield self.control


class TextLines(Vertical):
    """Lines of text of one kind: behind the last one that holds something is always one more."""

    def __init__(self, title: str, example: str, line: type[FormInput] = FormInput) -> None:
        super().__init__()
        self._words = title
        self._example = example
        self._line = line

    def compose(self) -> ComposeResult:
        """The first line."""
        yield FormLine(self._words, self._line(self._example))

    @property
    def _inputs(self) -> list[FormInput]:
        return list(self.query(FormInput))

    @property
    def texts(self) -> list[str]:
        """What was typed, line by line, without those that are blank."""
        return [line.value for line in self._inputs if line.value.strip()]

    @on(Input.Changed)
    async def _changed(self) -> None:
        if self._inputs[-1].value.strip():
            await self.mount(FormLine("", self._line()))

    @on(FormInput.Pasted)
    async def _pasted(self, event: FormInput.Pasted) -> None:
        """The first line goes where the cursor is, the others into lines of their own."""
        event.stop()
        first, *others = event.lines
        event.line.insert_text_at_cursor(first)
        for text in others:
            line = self._inputs[-1]
            if line.value.strip():
                line = self._line()
                await self.mount(FormLine("", line))
            line.value = text
        self.screen.set_focus(self._inputs[-1])


class Form(VerticalScroll, can_focus=False, inherit_bindings=False):
    """Holds the lines; scrolls to the one that has the focus."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "tab,down", "step(1)", "Next", id="form.next", key_display="Tab",
            tooltip="Go to the next line",
        ),
        Binding(
            "shift+tab,up", "step(-1)", "Before", id="form.previous", show=False,
            tooltip="Go to the line before",
        ),
        Binding(
            "enter", "enter", "Next", id="form.enter", show=False,
            tooltip="Go from a choice to the next line; from the last one, do what the form says",
        ),
        Binding(
            "escape", "close", "Close", id="form.close", key_display="Esc",
            tooltip="Go back without it",
        ),
    ]  # fmt: skip

    class Closed(Message):
        """Esc was pressed."""

    def lines(self) -> Iterator[Widget]:
        """What can have the focus, from top to bottom, as far as it is shown."""
        for line in self.query(FormLine):
            if all(node.display for node in line.ancestors_with_self if isinstance(node, Widget)):
                yield line.control

    def action_step(self, step: int) -> None:
        """Go to the next line or the one before; behind the last comes the first."""
        lines = list(self.lines())
        here = next((number for number, line in enumerate(lines) if line.has_focus), 0)
        self.screen.set_focus(lines[(here + step) % len(lines)])

    def action_enter(self) -> None:
        """Go on to the next line; behind the last one there is only the end."""
        if list(self.lines())[-1].has_focus:
            self.post_message(FormInput.Accepted())
        else:
            self.action_step(1)

    def action_close(self) -> None:
        """Say so."""
        self.post_message(self.Closed())
