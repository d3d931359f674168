"""What is asked for an export."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import Input

from tui.engine.transfers.compression import ArchiveFormat, format_of
from tui.widgets.choice_line import ChoiceLine
from tui.widgets.form import Form, FormInput, FormLine
from tui.widgets.host_paths import PathSuggester

FOLDER = "folder"
FORMATS = {"tar.zst": "zst", "tar.gz": "gz", "tar": "tar", FOLDER: "dir"}
"""What is shown, and what it is called elsewhere."""
NO_SUM, SUM = "none", "SHA-256 in a file beside"
WAIT, HOT = "not while they write", "hot"


class ExportInput(FormInput):
    """One line of text; Enter begins the export."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "enter", "accept", "Export", id="export.accept", key_display="↵",
            tooltip="Export as the form says",
        ),
    ]  # fmt: skip


class ExportForm(Form):
    """Which volumes, where to, in which format, with a checksum or not, and whether hot."""

    def __init__(self, choices: Sequence[str], place: str) -> None:
        """`choices`: what can be exported, the first one first; `place`: suggested."""
        super().__init__()
        self._what = ChoiceLine(choices)
        self._what_line = FormLine("Export", self._what)
        self._choices = list(choices)
        self._place = ExportInput("a file, or a folder that exists")
        self._place.suggester = PathSuggester()
        self._suggested = place
        self._format = ChoiceLine(list(FORMATS))
        self._sum = ChoiceLine([NO_SUM, SUM])
        self._sum_line = FormLine("Checksum", self._sum)
        self._writing = ChoiceLine([WAIT, HOT])
        self._writing_line = FormLine("Do it", self._writing)

    def compose(self) -> ComposeResult:
        """The lines from top to bottom."""
        yield self._what_line
        yield FormLine("To", self._place)
        yield FormLine("Format", self._format)
        yield self._sum_line
        yield self._writing_line

    def on_mount(self) -> None:
        """Begin with the place."""
        self._what_line.display = len(self._choices) > 1
        self._writing_line.display = False
        self._place.value = self._suggested
        self._place.cursor_position = len(self._suggested)
        self.screen.set_focus(self._place)

    @on(Input.Changed)
    def _typed(self) -> None:
        """The ending of a file's name chooses the format."""
        told = format_of(self.place)
        if told is not None and not self.place.endswith("/"):
            self._format.choose(list(FORMATS).index(told.value.lstrip(".")))

    @on(ChoiceLine.Chosen)
    def _chosen(self) -> None:
        """The format changes the ending of a file's name."""
        self._sum_line.display = self.kind != FORMATS[FOLDER]
        told = format_of(self.place)
        name = f".{self._format.choice}"
        if told is None or told.value == name:
            return
        ending = next((each for each in _ENDINGS if self.place.lower().endswith(each)), "")
        stem = self.place[: len(self.place) - len(ending)]
        self._place.value = stem if self.kind == FORMATS[FOLDER] else stem + name

    def ask_hot(self, asks: bool) -> None:
        """Ask whether to go on while containers write, or stop asking."""
        self._writing_line.display = asks

    # What it says

    @property
    def what(self) -> int:
        """Number of the choice that is to be exported."""
        return self._choices.index(self._what.choice)

    @property
    def place(self) -> str:
        """Where to."""
        return self._place.value.strip()

    @property
    def kind(self) -> str:
        """The format: `zst`, `gz`, `tar`, `dir`."""
        return FORMATS[self._format.choice]

    @property
    def checksum(self) -> bool:
        """Whether the checksum is written beside."""
        return self._sum_line.display and self._sum.choice == SUM

    @property
    def hot(self) -> bool:
        """Whether it was said to go on while containers write."""
        return self._writing_line.display and self._writing.choice == HOT


_ENDINGS = (".tar.zstd", *(kind.value for kind in ArchiveFormat if kind.value != ".tar"), ".tgz",
            ".tzst", ".tar")  # fmt: skip
