"""Which screen changes volumes in which way."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING

from textual.widgets import Input

from tui.calls import call
from tui.engine import Engine, EngineError
from tui.engine.model import Volume
from tui.presentation import safe_text

if TYPE_CHECKING:
    from tui.screens.main import MainScreen
    from tui.screens.working import WorkScreen

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


def clone(screen: MainScreen, engine: Engine, volumes: Sequence[Volume]) -> None:
    """Make a volume with the same contents."""
    from tui.screens.cloning import CloneScreen

    for volume in volumes[:1]:
        screen.app.push_screen(CloneScreen(engine, volume, lambda: screen.volumes.rows.volumes))


def export(screen: MainScreen, engine: Engine, volumes: Sequence[Volume]) -> None:
    """Write what is in volumes into files of this machine."""
    from tui.screens.exporting import ExportScreen

    if volumes:
        screen.app.push_screen(ExportScreen(engine, volumes, screen.volumes.rows.volumes))


def ask_about_left(screen: MainScreen, engine: Engine) -> None:
    """Ask about containers that a voltui stopped here and did not start again before it ended, and
    about volumes that it did not fill to the end.
    """
    if not engine.read_only:
        screen.run_worker(_ask_about_all(screen, engine), group="left")


async def _ask_about_all(screen: MainScreen, engine: Engine) -> None:
    from tui.screens.discarding import DiscardScreen
    from tui.screens.recovering import RecoverScreen

    with suppress(EngineError):  # The list tells how the engine is.
        for ended in await call(lambda: list(engine.recover_imports())):
            sentences = safe_text(" ".join(ended.sentences))
            screen.notify(sentences, title="Import", markup=False, timeout=12)
        if stopped := await call(engine.stopped):
            await _ask_when_free(screen, lambda: RecoverScreen(engine, stopped))
        if found := await call(engine.leftovers):
            await _ask_when_free(screen, lambda: DiscardScreen(engine, found))


async def _ask_when_free(screen: MainScreen, question: Callable[[], WorkScreen]) -> None:
    """Ask, not over something else that the user began meanwhile, and wait for the answer."""
    free = asyncio.Event()

    def look() -> None:
        if screen.app.screen is not screen or isinstance(screen.focused, Input):
            screen.set_timer(0.2, look)
        else:
            free.set()

    look()
    await free.wait()
    await screen.app.push_screen_wait(question())


def import_(screen: MainScreen, engine: Engine, volumes: Sequence[Volume]) -> None:
    """Make a volume of an archive, or put one into the volume under the cursor."""
    from tui.screens.importing import ImportScreen

    volume = volumes[0] if volumes else None
    screen.app.push_screen(ImportScreen(engine, volume, lambda: screen.volumes.rows.volumes))


CHANGING: dict[str, Begin] = {
    "clone": clone,
    "create": create,
    "delete": delete,
    "empty": empty,
    "export": export,
    "import": import_,
    "prune": prune,
}
"""By `Change.kind`."""
