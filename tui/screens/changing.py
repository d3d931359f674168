"""Which screen changes volumes in which way."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING

from textual.widgets import Input

from tui.calls import call
from tui.engine import Engine, EngineError
from tui.engine.model import Volume

if TYPE_CHECKING:
    from tui.engine.journal import Stopped
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
    """Ask about containers that a voltui stopped here and did not start again before it ended; not
    over something else that the user began meanwhile.
    """
    from tui.screens.recovering import RecoverScreen

    stopped: Sequence[Stopped] = ()
    with suppress(EngineError):  # The list tells how the engine is.
        stopped = () if engine.read_only else await call(engine.stopped)

    def ask() -> None:
        if screen.app.screen is not screen or isinstance(screen.focused, Input):
            screen.set_timer(0.2, ask)
        else:
            screen.app.push_screen(RecoverScreen(engine, stopped))

    if stopped:
        ask()


def import_(screen: MainScreen, engine: Engine, volumes: Sequence[Volume]) -> None:
    """Make a volume of an archive, or put one into the volume under the cursor."""
    from tui.screens.importing import ImportScreen

    volume = volumes[0] if volumes else None
    screen.app.push_screen(ImportScreen(engine, volume, lambda: screen.volumes.rows.volumes))


CHANGING: dict[str, Begin] = {
    "create": create,
    "delete": delete,
    "empty": empty,
    "import": import_,
    "prune": prune,
}
"""By `Change.kind`."""
