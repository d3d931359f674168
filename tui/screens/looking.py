"""Which screen looks at a place of a volume in which way."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from textual.screen import Screen

from tui.messages import Jump, Look

if TYPE_CHECKING:
    from tui.engine.files import VolumeFiles
    from tui.widgets.results import ResultsPane

Open = Callable[[Screen[Any], "VolumeFiles", Look], None]
"""Pushes a screen over the given one; imports it then, as the first frame needs none of them."""


def find(screen: Screen[Any], files: VolumeFiles, look: Look) -> None:
    """Find by name below a folder."""
    from tui.screens.find import FindPane

    _look_around(screen, FindPane(files, look.path))


def grep(screen: Screen[Any], files: VolumeFiles, look: Look) -> None:
    """Find in contents below a folder."""
    from tui.screens.grep import GrepPane

    _look_around(screen, GrepPane(files, look.path))


def usage(screen: Screen[Any], files: VolumeFiles, look: Look) -> None:
    """Disk usage of a folder."""
    from tui.screens.usage import UsagePane

    _look_around(screen, UsagePane(files, look.path))


def goto(screen: Screen[Any], files: VolumeFiles, look: Look) -> None:
    """Go to a path that is typed."""
    from tui.screens.goto import GotoScreen

    def go(jump: Jump | None) -> None:
        if jump is not None:
            screen.post_message(jump)

    screen.app.push_screen(GotoScreen(files, look.path), go)


def hashed(screen: Screen[Any], files: VolumeFiles, look: Look) -> None:
    """The hash of a file."""
    from tui.screens.hashing import HashScreen

    if look.entry is not None:
        screen.app.push_screen(HashScreen(files, look.path, look.entry))


def view(screen: Screen[Any], files: VolumeFiles, look: Look) -> None:
    """A file on the whole screen, or what is appended to it."""
    from tui.screens.viewer import ViewerScreen

    follow = look.kind == "follow"
    screen.app.push_screen(ViewerScreen(files, look.path, follow=follow, found=look.found))


def _look_around(screen: Screen[Any], pane: ResultsPane) -> None:
    """Give a pane the whole screen, then show the entry it returns in the list of files."""
    from tui.screens.around import AroundScreen

    def jump(path: str | None) -> None:
        if path is not None:
            screen.post_message(Jump(path))

    screen.app.push_screen(AroundScreen(pane), jump)


LOOKING: dict[str, Open] = {
    "find": find,
    "grep": grep,
    "usage": usage,
    "goto": goto,
    "hash": hashed,
    "view": view,
    "follow": view,
}
"""By `Look.kind`."""
