"""What is asked for a clone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from tui.engine.creating import NewVolume, pairs, refuse_impossible
from tui.engine.transfers.cloning import COMPOSE, labels_of_clone
from tui.widgets.choice_line import ChoiceLine
from tui.widgets.form import Form, FormInput, FormLine, TextLines

PLAIN, OTHERWISE = "plain local volume", "with options"
DROPPED, KEPT = "without those of compose", "all of them"
WAIT, HOT = "not while they write", "hot"


class CloneInput(FormInput):
    """One line of text; Enter begins the clone."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "enter", "accept", "Clone", id="clone.accept", key_display="↵",
            tooltip="Make the clone that the form says",
        ),
    ]  # fmt: skip


class CloneForm(Form):
    """The name, and what there is to choose: labels of compose, writers, options."""

    def __init__(self, name: str, labels: Mapping[str, str]) -> None:
        """`name`: suggested; `labels`: of the source."""
        super().__init__()
        self._title = CloneInput()
        self._suggested = name
        self._source_labels = labels
        self._labels = ChoiceLine([DROPPED, KEPT])
        self._kind = ChoiceLine([PLAIN, OTHERWISE])
        self._driver = CloneInput("local")
        self._options = TextLines("Options", "key=value", CloneInput)
        self._writing = ChoiceLine([WAIT, HOT])
        self._labels_line = FormLine("Labels", self._labels)
        self._driver_line = FormLine("Driver", self._driver)
        self._writing_line = FormLine("Clone it", self._writing)

    def compose(self) -> ComposeResult:
        """The lines from top to bottom."""
        yield FormLine("Name", self._title)
        yield self._writing_line
        yield self._labels_line
        yield FormLine("Made as", self._kind)
        yield self._driver_line
        yield self._options

    def on_mount(self) -> None:
        """Begin with the name, which is suggested."""
        self._title.value = self._suggested
        self._title.cursor_position = len(self._suggested)
        self._writing_line.display = False
        self._labels_line.display = any(key.startswith(COMPOSE) for key in self._source_labels)
        self._arrange()
        self.screen.set_focus(self._title)

    @on(ChoiceLine.Chosen)
    def _arrange(self) -> None:
        """Show the lines that belong to what is chosen."""
        for line in (self._driver_line, self._options):
            line.display = not self.plain

    def ask_hot(self, asks: bool) -> None:
        """Ask whether to go on while containers write, or stop asking."""
        self._writing_line.display = asks

    # What it says

    @property
    def title_given(self) -> str:
        """The name of the clone."""
        return self._title.value.strip()

    @property
    def plain(self) -> bool:
        """Whether it is to be a plain local volume."""
        return self._kind.choice == PLAIN

    @property
    def hot(self) -> bool:
        """Whether it was said to go on while containers write."""
        return self._writing_line.display and self._writing.choice == HOT

    @property
    def drops_compose(self) -> bool:
        """Whether labels of compose are there, and not kept."""
        return self._labels_line.display and self._labels.choice == DROPPED

    @property
    def filled(self) -> bool:
        """Whether more than a name was typed."""
        return any(line.value for line in self.query(FormInput) if line is not self._title)

    def new(self) -> NewVolume:
        """The volume to make; raises `UsageError` for what is missing or impossible."""
        draft = self.draft()
        refuse_impossible(draft)
        return draft

    def draft(self) -> NewVolume:
        """The same, although the name may be missing yet; raises `UsageError`."""
        labels = labels_of_clone(self._source_labels, compose=not self.drops_compose)
        if self.plain:
            return NewVolume(self.title_given, labels=labels)
        texts: Sequence[str] = self._options.texts
        driver = self._driver.value.strip() or "local"
        return NewVolume(self.title_given, driver, pairs(texts, "An option"), labels)
