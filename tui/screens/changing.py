"""Which screen changes volumes in which way."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from tui.calls import call
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


def delete(screen: MainScreen, engine: Engine, volumes: Sequence[Volume]) -> None:
    """Delete volumes, with those containers that hold them which the user chooses."""
    from tui.screens.deleting import DeleteScreen

    if volumes:
        screen.app.push_screen(DeleteScreen(engine, screen.volumes, volumes, screen.let_go))


def create(screen: MainScreen, engine: Engine, _volumes: Sequence[Volume]) -> None:
    """Make a volume; the cursor goes there."""
    from tui.screens.creating import CreateScreen

    def show(made: Volume | None) -> None:
        if made is not None:
            screen.volumes.show_new(made.name)

    screen.app.push_screen(CreateScreen(engine, lambda: screen.volumes.rows.volumes), show)


def empty(screen: MainScreen, engine: Engine, volumes: Sequence[Volume]) -> None:
    """Remove what is in a volume; the volume stays."""
    from tui.screens.emptying import EmptyScreen

    for volume in volumes[:1]:
        screen.app.push_screen(EmptyScreen(engine, screen.volumes, volume))


async def ask_about_stopped(screen: MainScreen, engine: Engine) -> None:
    """Ask about containers that a voltui stopped here and did not start again before it ended."""
    from tui.screens.recovering import RecoverScreen

    if not engine.read_only and (stopped := await call(engine.stopped)):
        screen.app.push_screen(RecoverScreen(engine, stopped))


CHANGING: dict[str, Begin] = {
    "create": create,
    "delete": delete,
    "empty": empty,
    "prune": prune,
}
"""By `Change.kind`."""
