"""Which screen changes volumes in which way."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from tui.engine import Engine
from tui.engine.model import Volume

if TYPE_CHECKING:
    from tui.screens.main import MainScreen

Begin = Callable[["MainScreen", Engine, Sequence[Volume]], None]
"""Pushes a screen over the main one; imports it then, as the first frame needs none of them."""


def prune(screen: MainScreen, engine: Engine, _volumes: Sequence[Volume]) -> None:
    """Choose among what nobody uses, and remove it."""
    from tui.screens.pruning import PruneScreen
    from tui.screens.removing import RemovalScreen

    def remove(chosen: Sequence[Volume] | None) -> None:
        if chosen:
            screen.app.push_screen(RemovalScreen(engine, chosen))

    screen.app.push_screen(PruneScreen(engine, screen.volumes), remove)


CHANGING: dict[str, Begin] = {
    "prune": prune,
}
"""By `Change.kind`."""
