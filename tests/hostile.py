"""The app on an engine whose every word is hostile; run as a program of its own."""

from __future__ import annotations

import argparse
import os
import sys
from dataclasses import replace
from errno import EACCES
from pathlib import Path
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.screen import Screen

import tui
from tests.fakes import MEASURED, FakeEngine, Node
from tests.jobs import Steps
from tests.local import LocalEngine, LocalHelpers
from tests.showcase import CREATED
from tui.app import VolumeApp
from tui.engine import Endpoint
from tui.engine.errors import EngineFailed, FileFailed
from tui.engine.holders import Holder
from tui.engine.journal import Stopped
from tui.engine.model import ContainerState, EngineInfo, Mount, Volume, VolumeSize
from tui.engine.transfers.journal import Filling
from tui.jobs import Job, Question, ask
from tui.messages import StartJob
from tui.presentation import safe
from tui.screens.changing import ask_about_left
from tui.screens.main import MainScreen

EVIL = "a\x1b]0;pwned\x07\x1b[31mred\x9b31m\u202egnp\u200b.[/]\n[bold]\x7f\udcff\t x "

NAME = EVIL.replace("/", "b")
"""The same for a file, whose name no slash can be in."""

CONTENT = EVIL.encode("utf-8", "surrogateescape")

ENDPOINT = Endpoint("tcp://10.0.0.1:2375", EVIL, EVIL)
INFO = EngineInfo(EVIL, EVIL, EVIL, EVIL, EVIL)


def hostile_volume() -> Volume:
    mount = Mount("id", EVIL, EVIL, ContainerState.RUNNING, "/" + EVIL, True, EVIL)
    return Volume(
        EVIL, EVIL, EVIL, "/" + EVIL, CREATED, {EVIL: EVIL}, {"o": EVIL, EVIL: EVIL}, (mount,),
        project=EVIL, size=VolumeSize(1, MEASURED),
    )  # fmt: skip


def hostile_holders() -> dict[str, list[Holder]]:
    running, paused = ContainerState.RUNNING, ContainerState.PAUSED
    return {
        EVIL: [
            Holder("id", EVIL, EVIL, running, ("/" + EVIL,), False, EVIL, anonymous=(EVIL,)),
            Holder("task", EVIL, EVIL, paused, ("/" + EVIL,), True, EVIL, service=EVIL),
        ]
    }


def hostile_engine() -> FakeEngine:
    tree: dict[str, Node] = {
        "0": FileFailed(f"{NAME} cannot be read.", path=NAME, errno=EACCES, hint=EVIL),
        NAME: {NAME: {}},
        "text": CONTENT * 5,
        "x" + NAME: EVIL,
        "y" + NAME: b"\0" + CONTENT,
    }
    return FakeEngine([hostile_volume()], {EVIL: tree}, endpoint=ENDPOINT, info=INFO)


def hostile_folder(folder: Path) -> None:
    """Make a real folder whose names, links and contents are hostile."""
    (folder / NAME / NAME).mkdir(parents=True)
    (folder / NAME / ("z" + NAME)).write_bytes(CONTENT * 5)
    (folder / ("t" + NAME)).write_bytes(b"\n".join([CONTENT * 2] * 40))
    (folder / ("x" + NAME)).symlink_to(EVIL)
    (folder / ("y" + NAME)).write_bytes(b"\0" + CONTENT)


def hostile_disk(folder: Path, agent: Path, closing: float) -> LocalEngine:
    """The same engine; inside its volume is a real folder, read by a real agent."""
    unused = replace(hostile_volume(), name="u" + EVIL, mounts=(), project=None, anonymous=True)
    engine = LocalEngine([hostile_volume(), unused], endpoint=ENDPOINT, info=INFO)
    engine.unremovable = {unused.name: EngineFailed(EVIL, hint=EVIL)}
    engine.held, engine.served = hostile_holders(), {EVIL: (EVIL,)}
    engine.closing = closing
    engine.local = LocalHelpers(agent, folder)
    return engine


def asking() -> None:
    """Ask what is hostile; fail then."""
    ask(Question(safe(EVIL), safe(EVIL)))
    raise EngineFailed(EVIL)


class ToldApp(VolumeApp):
    """Writes the names of its open screens into a file, a line for each change."""

    CSS_PATH = str(Path(tui.__file__).with_name("app.tcss"))

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f6", "job('ask')", show=False),
        Binding("f7", "job('fail')", show=False),
        Binding("f4", "half_made", show=False),
        Binding("f8", "stopped", show=False),
        Binding("f10", "job('stand')", show=False),
        Binding("f9", "err", show=False),
    ]

    told: Path

    async def action_stopped(self) -> None:
        """Ask what is asked at the start after a crash."""
        main = self.screen_stack[0]
        assert isinstance(main, MainScreen)
        fake = hostile_engine()
        fake.stopped_told = [Stopped("id", EVIL, EVIL, ContainerState.RUNNING, "", MEASURED, 0.0)]
        ask_about_left(main, fake)

    def action_half_made(self) -> None:
        """The same about volumes that were being filled."""
        main = self.screen_stack[0]
        assert isinstance(main, MainScreen)
        fake = hostile_engine()
        fake.left_half_made = [Filling("clone", EVIL, "job", EVIL, MEASURED, "host/1")]
        ask_about_left(main, fake)

    def action_job(self, how: str) -> None:
        """Begin a transfer that asks, fails, or stands still."""
        steps = Steps(fails=EngineFailed(EVIL, hint=EVIL), before=asking if how == "ask" else None)
        if how == "fail":
            steps.go()
        shown = safe(EVIL)
        self.post_message(StartJob(Job(f"Clone {shown}", [how + EVIL], steps.operation, shown)))

    def action_err(self) -> None:
        """Have a bug."""
        raise RuntimeError(f"a bug {EVIL}")

    def on_mount(self) -> None:
        """Tell the first screen and every change."""
        self.screen_change_signal.subscribe(self, self._tell, immediate=True)
        self._tell(self.screen)

    def _tell(self, _screen: Screen[object]) -> None:
        with self.told.open("a") as file:
            file.write("/".join(type(screen).__name__ for screen in self.screen_stack) + "\n")


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--ascii", action="store_true")
    parser.add_argument("--folder", type=Path)
    parser.add_argument("--agent", type=Path)
    parser.add_argument("--told", type=Path, default=Path(os.devnull))
    parser.add_argument("--closing", type=float, default=0.0)
    given = parser.parse_args()
    if given.folder:
        engine: FakeEngine = hostile_disk(given.folder, given.agent, given.closing)
    else:
        engine = hostile_engine()
    app = ToldApp(engine, ascii=given.ascii)
    app.told = given.told
    app.browse()
    if engine.closed.is_set():
        sys.stdout.write("engine closed\n")
    sys.exit(app.return_code)


if __name__ == "__main__":
    main()
