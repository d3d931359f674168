"""A question before something is destroyed; the answer is no unless yes is said."""

from __future__ import annotations

from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from tui.presentation import safe
from tui.widgets.flow import Flow, Text
from tui.widgets.key_bar import KeyBar
from tui.widgets.phrase_line import PhraseLine


class ConfirmScreen(ModalScreen[bool]):
    """Shows what goes and returns whether that was said yes to: by a key, or by a phrase that has
    to be typed. Subclasses may find reasons against it, and do the work themselves.
    """

    AUTO_FOCUS = ""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("y", "agree", "Yes", id="confirm.yes", tooltip="Do what the dialog says"),
        Binding(
            "escape,q,n", "refuse", "No", id="confirm.no", key_display="Esc",
            tooltip="Go back, nothing is changed",
        ),
        Binding(
            "enter", "enter", "No", id="confirm.enter", show=False,
            tooltip="Go to the line where there is one to be typed, else back",
        ),
        Binding(
            "down,j", "scroll(1)", "Down", id="flow.down", show=False,
            tooltip="Scroll down by a line",
        ),
        Binding(
            "up,k", "scroll(-1)", "Up", id="flow.up", show=False,
            tooltip="Scroll up by a line",
        ),
        Binding(
            "pagedown,ctrl+d", "page(1)", "A page down", id="flow.page_down", show=False,
            tooltip="Scroll down by a page",
        ),
        Binding(
            "pageup,ctrl+u", "page(-1)", "A page up", id="flow.page_up", show=False,
            tooltip="Scroll up by a page",
        ),
        Binding(
            "tab,shift+tab", "other", "Text or line", id="confirm.other", show=False,
            tooltip="Go to the line that is to be typed, or to the text above it",
        ),
    ]  # fmt: skip

    def __init__(
        self, title: str, text: Text | None, phrase: str = "", *, verb: str = "delete"
    ) -> None:
        """Title, text and verb are safe to show; the phrase is as it is, `tui.phrase` makes it."""
        super().__init__()
        self._heading = title
        self.phrase = phrase
        """What has to be typed; empty: a key is enough."""
        self.body = self.make_body(text)
        self.line = PhraseLine(verb)
        self._mistyped = ""
        """What was typed in place of the phrase, with Enter."""
        self._words = Static(markup=False, classes="confirm--words")

    def make_body(self, text: Text | None) -> Flow:
        """What stands above the line."""
        return Flow(text)

    def compose(self) -> ComposeResult:
        """A box as tall as its text; what is answered stands below it, whatever its length."""
        with Vertical(classes="dialog -danger") as box:
            box.border_title = Content(self._heading)
            yield self.body
            with Vertical(classes="confirm--answer"):
                yield self._words
                yield self.line
                yield KeyBar()

    def on_mount(self) -> None:
        """Ask."""
        self.ask(self.phrase)
        self.set_focus(self.line.input if self.line.display else self.body)
        self.begin()

    def begin(self) -> None:
        """What a subclass does once the question stands there."""

    # What stands in the way

    def ask(self, phrase: str) -> None:
        """Ask for another phrase; for a key alone where it is empty."""
        self.phrase = phrase
        self.line.ask(phrase)
        self.tell()

    @property
    def asks(self) -> bool:
        """Whether a phrase has to be typed now."""
        return bool(self.phrase)

    def refusal(self) -> str:
        """Why it cannot be said yes to now, safe to show; empty where it can."""
        return ""

    def tell(self) -> None:
        """Show what stands in the way now, or that something else was typed."""
        refusal = self.refusal()
        self.line.allow(not refusal)
        self.line.display = self.asks and bool(not refusal or self.line.text)
        if self.focused is self.line.input and not self.line.display:
            self.set_focus(self.body)
        mistyped = bool(self.line.text) and self.line.text == self._mistyped
        words = refusal or (f"That is not {safe(self.phrase)}." if mistyped else "")
        self._words.update(Content(words))
        self._words.display = bool(words)
        self.refresh_bindings()

    # Answers

    @on(Input.Changed)
    def _changed(self, event: Input.Changed) -> None:
        event.stop()
        self.tell()

    def action_agree(self) -> None:
        """Say yes by a key."""
        self.agreed()

    @on(PhraseLine.Typed)
    def _typed(self, event: PhraseLine.Typed) -> None:
        event.stop()
        self.agreed()

    def agreed(self) -> None:
        """Yes was said."""
        self.dismiss(True)

    def action_refuse(self) -> None:
        """Say no."""
        self.dismiss(False)

    def action_enter(self) -> None:
        """Go to the line; a line without a text is a no."""
        if self.refusal():
            self.tell()
        elif self.phrase and self.focused is not self.line.input:
            self.line.take_focus()
        elif self.phrase and self.line.text:
            self._mistyped = self.line.text
            self.tell()
        else:
            self.action_refuse()

    def action_other(self) -> None:
        """Go to the line, or to the text."""
        on_line = self.focused is self.line.input
        self.set_focus(self.line.input if self.line.display and not on_line else self.body)

    def action_scroll(self, lines: int) -> None:
        """Scroll the text while the phrase is being typed."""
        self.body.scroll_relative(y=lines, animate=False)

    def action_page(self, pages: int) -> None:
        """Scroll it by pages."""
        self.body.scroll_relative(y=pages * max(1, self.body.size.height - 1), animate=False)

    def check_action(self, action: str, _parameters: tuple[object, ...]) -> bool | None:
        """Offer the key where no phrase is asked for; grey it while something is in the way."""
        if action == "agree":
            return not self.phrase and (None if self.refusal() else True)
        return True

    def reason(self, _action: str) -> str:
        """Why a greyed action cannot be done."""
        return self.refusal()
