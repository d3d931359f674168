"""Every key, by the part of the screen it works in."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from textual.binding import Binding, BindingType
from textual.content import Content

from tui.content import KEY, wrapped
from tui.keymap import key_words, keys_of
from tui.screens.find import FindPane
from tui.screens.grep import GrepPane
from tui.screens.pruning import PruneScreen
from tui.screens.text import TextScreen
from tui.screens.usage import UsagePane
from tui.screens.viewer import ViewerScreen
from tui.screens.working import WorkScreen
from tui.widgets.boxes import BoxFlow
from tui.widgets.choice_line import ChoiceLine
from tui.widgets.export_form import ExportInput
from tui.widgets.file_view import FileView
from tui.widgets.files import FilesPane
from tui.widgets.form import Form, FormInput
from tui.widgets.list_pane import ListPane
from tui.widgets.phrase_line import PhraseInput
from tui.widgets.preview import PreviewPane
from tui.widgets.prune_list import PruneList
from tui.widgets.removal_list import RemovalList
from tui.widgets.table import VirtualTable
from tui.widgets.volumes import VolumesPane

_LEGEND = (
    ("●", "a container that uses the volume runs"),
    ("○", "containers use it, none runs"),
    ("·", "nobody uses it"),
    ("!", "the volume is incomplete: it is being filled, or that never came to its end"),
    ("?", "not known yet"),
    ("≥", "at least: some sizes are not known"),
    ("1K", "1,024 bytes; sizes are apparent sizes of files, in binary units"),
    ("Shift", "held, the mouse selects text"),
)
_COLUMN = 22

_QUESTIONS = [
    binding
    for binding in WorkScreen.BINDINGS
    if isinstance(binding, Binding) and not (binding.id or "").startswith("flow.")
]
"""Scrolling is told with every text."""


class HelpScreen(TextScreen):
    """Shows the keys of every part, whether it has the focus or not."""

    def __init__(self, everywhere: Sequence[BindingType]) -> None:
        self._groups = (
            ("Everywhere", _rows(everywhere)),
            ("Volumes", _rows(VolumesPane.BINDINGS)),
            ("Files", _rows(FilesPane.BINDINGS)),
            ("Find", _rows(FindPane.BINDINGS)),
            ("Find text", _rows(GrepPane.BINDINGS)),
            ("Disk usage", _rows(UsagePane.BINDINGS)),
            ("Prune", _rows([*PruneList.BINDINGS, *PruneScreen.BINDINGS])),
            ("Removing", _rows(RemovalList.BINDINGS)),
            ("Delete, empty", _rows([*BoxFlow.BINDINGS, *PhraseInput.BINDINGS, *_QUESTIONS])),
            ("Every list", _rows([*VirtualTable.BINDINGS, *ListPane.BINDINGS])),
            ("Export", _rows(ExportInput.BINDINGS)),
            ("Forms", _rows([*FormInput.BINDINGS, *Form.BINDINGS, *ChoiceLine.BINDINGS])),
            ("Preview", _rows(PreviewPane.BINDINGS)),
            ("Viewer", _rows([*ViewerScreen.BINDINGS, *FileView.BINDINGS])),
            ("Signs", _LEGEND),
        )
        super().__init__("Help", self._text)

    def _text(self, width: int) -> Content:
        lines: list[Content] = []
        for title, rows in self._groups:
            lines += [Content.assemble((title, "bold $primary"))]
            for keys, words in rows:
                first, *rest = wrapped(words, width - _COLUMN)
                lines.append(Content.assemble((f"  {keys:<{_COLUMN - 2}}", KEY), first))
                lines += [Content(" " * _COLUMN + line) for line in rest]
            lines.append(Content(""))
        return Content("\n").join(lines[:-1])


def _rows(bindings: Iterable[BindingType]) -> list[tuple[str, str]]:
    """Keys and what they do, one row an action."""
    return [
        (
            " ".join(key_words(key) for key in keys_of(binding)),
            binding.tooltip or binding.description,
        )
        for binding in bindings
        if isinstance(binding, Binding) and binding.description and not binding.system
    ]
