"""The few messages that the whole app understands; all others are nested in their widget."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from textual.content import Content
from textual.message import Message

from tui.engine import EngineError
from tui.engine.model import Entry, Volume

if TYPE_CHECKING:
    from tui.engine.filesearch import Needle
    from tui.jobs import Job


class ErrorRaised(Message):
    """An action failed and the widget has no place to say so."""

    def __init__(self, error: EngineError, title: str) -> None:
        super().__init__()
        self.error = error
        self.title = title
        """What was tried, safe to show."""


class ShowText(Message):
    """Show a text over everything else until the user has read them."""

    def __init__(self, title: str, text: Callable[[int], Content]) -> None:
        super().__init__()
        self.title = title
        self.text = text
        """Makes the text for a number of cells; both are safe to show."""


class CopyText(Message):
    """Copy lines to the terminal's clipboard; as they are, not as they are shown."""

    def __init__(self, *lines: str) -> None:
        super().__init__()
        self.lines = lines


class Jump(Message):
    """Show an entry of the open volume in the list of files."""

    def __init__(self, path: str, *, inside: bool = False) -> None:
        super().__init__()
        self.path = path
        """Absolute inside the volume."""
        self.inside = inside
        """Whether to show what is in the entry, a folder."""


class Look(Message):
    """Look at a place of the open volume with a screen of its own, see `screens/looking.py`."""

    def __init__(
        self,
        kind: str,
        path: str,
        entry: Entry | None = None,
        found: tuple[Needle, int] | None = None,
    ) -> None:
        super().__init__()
        self.kind = kind
        """`find`, `grep`, `usage`, `goto`, `hash`, `view`, `follow`."""
        self.path = path
        """Absolute inside the volume: the folder, or the entry under the cursor."""
        self.entry = entry
        self.found = found
        """What to show first of a file: the first hit from an offset on."""


class Change(Message):
    """Change volumes with a screen of its own, see `screens/changing.py`."""

    def __init__(self, kind: str, volumes: Sequence[Volume] = ()) -> None:
        super().__init__()
        self.kind = kind
        """`delete`, `empty`, `prune`, `create`, `export`."""
        self.volumes = volumes
        """Those it is about: the marked ones, or else the one under the cursor."""


class StartJob(Message):
    """Let a transfer work while the user goes on; posted to the app itself, as the dialog that
    asked for it closes: `self.app.post_message(StartJob(job))`.
    """

    def __init__(self, job: Job) -> None:
        super().__init__()
        self.job = job


class JobChanged(Message):
    """A job began, ended, asks, or was added; not sent for its progress."""

    def __init__(self, job: Job) -> None:
        super().__init__()
        self.job = job
