"""What is asked for an import."""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from tui.engine.transfers.replacing import Mode
from tui.presentation import safe
from tui.widgets.choice_line import ChoiceLine
from tui.widgets.form import Form, FormInput, FormLine

LEFT_OUT, MADE = "left out", "made"
WAIT, HOT = "not while they write", "hot"


class ImportInput(FormInput):
    """One line of text; Enter begins the import."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "enter", "accept", "Import", id="import.accept", key_display="↵",
            tooltip="Begin the import that the form says",
        ),
    ]  # fmt: skip


class ImportForm(Form):
    """The source, where it goes, and what there is to choose."""

    def __init__(self, chosen: str) -> None:
        """`chosen`: name of the volume it may go into; empty where there is none."""
        super().__init__()
        self._modes = {"a new volume": Mode.NEW}
        if chosen:
            self._modes |= {f"replace {chosen}": Mode.REPLACE, f"merge into {chosen}": Mode.MERGE}
        self._source = ImportInput("path of an archive or folder on this machine")
        self._mode = ChoiceLine(list(self._modes))
        self._title = ImportInput()
        self._devices = ChoiceLine([LEFT_OUT, MADE])
        self._writing = ChoiceLine([WAIT, HOT])
        self._phrase = ImportInput(f"type {safe(chosen)}")
        self._phrase_line = FormLine("Its name", self._phrase)
        self._title_line = FormLine("Name", self._title)
        self._writing_line = FormLine("Merge it", self._writing)
        self._suggested = ""
        self._writers = False

    def compose(self) -> ComposeResult:
        """The lines from top to bottom."""
        yield FormLine("From", self._source)
        yield FormLine("Into", self._mode)
        yield self._title_line
        yield self._phrase_line
        yield self._writing_line
        yield FormLine("Devices", self._devices)

    def on_mount(self) -> None:
        """Begin with the source."""
        self._arrange()
        self.screen.set_focus(self._source)

    @on(ChoiceLine.Chosen)
    def _arrange(self) -> None:
        """Show the lines that belong to what is chosen."""
        self._title_line.display = self.mode is Mode.NEW
        self._phrase_line.display = self.mode is Mode.REPLACE
        self._writing_line.display = self._writers and self.mode is Mode.MERGE

    def tell_writers(self, writers: bool) -> None:
        """Whether containers may write to the chosen volume."""
        self._writers = writers
        self._arrange()

    def suggest(self, name: str) -> None:
        """Suggest a name, unless another one was typed."""
        if self._title.value in {"", self._suggested}:
            self._suggested = name
            self._title.value = name

    # What it says

    @property
    def path(self) -> str:
        """The source; `~` is the user's home."""
        text = self._source.value.strip()
        return str(Path(text).expanduser()) if text.startswith("~") else text

    @property
    def mode(self) -> Mode:
        """What is to happen with the volume."""
        return self._modes[self._mode.choice]

    @property
    def title_given(self) -> str:
        """The name of the new volume."""
        return self._title.value.strip()

    @property
    def phrase(self) -> str:
        """What was typed so that all that is in a volume may go."""
        return self._phrase.value.strip()

    @property
    def devices(self) -> bool:
        """Whether device nodes are to be made."""
        return self._devices.choice == MADE

    @property
    def hot(self) -> bool:
        """Whether it was said to go on while containers write."""
        return self._writing_line.display and self._writing.choice == HOT

    @property
    def filled(self) -> bool:
        """Whether something was typed that would be lost."""
        return bool(self._source.value)
