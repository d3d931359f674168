"""Every key, by the part of the screen it works in."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from textual.binding import BindingType

from tui.commands import key_words
from tui.screens.text import TextScreen
from tui.widgets.files import FilesPane
from tui.widgets.preview import PreviewPane
from tui.widgets.table import VirtualTable
from tui.widgets.volumes import VolumesPane

_LEGEND = (
    "",
    "●  a container that uses it runs    ○  none runs    ·  nobody uses it",
    "?  not known yet                    ≥  at least, some sizes are not known",
    "Sizes are apparent, in binary units: 1K is 1,024 bytes.",
    "Hold Shift to select text with the mouse.",
)
_COLUMN = 22

Group = tuple[str, Sequence[BindingType]]


class HelpScreen(TextScreen):
    """Shows the keys of every part, whether it has the focus or not."""

    def __init__(self, everywhere: Sequence[BindingType]) -> None:
        groups: list[Group] = [
            ("Everywhere", everywhere),
            ("Volumes", VolumesPane.BINDINGS),
            ("Files", FilesPane.BINDINGS),
            ("Preview", PreviewPane.BINDINGS),
            ("In every list", VirtualTable.BINDINGS),
        ]
        lines = [line for group in groups for line in _group_lines(*group)]
        super().__init__("Help", [*lines[1:], *_LEGEND])


def _group_lines(title: str, bindings: Iterable[BindingType]) -> Iterable[str]:
    yield ""
    yield title
    for binding in bindings:
        if not isinstance(binding, tuple) and binding.description and not binding.system:
            keys = " ".join(key_words(key) for key in binding.key.split(","))
            yield f"  {keys:<{_COLUMN}}{binding.tooltip or binding.description}"
