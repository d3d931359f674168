"""The app on an engine whose every word is hostile; run as a program of its own."""

from __future__ import annotations

import sys
from errno import EACCES

from tests.fakes import MEASURED, FakeEngine, Node
from tests.showcase import CREATED
from tui.engine import Endpoint
from tui.engine.errors import FileFailed
from tui.engine.model import ContainerState, EngineInfo, Mount, Volume, VolumeSize

EVIL = "a\x1b]0;pwned\x07\x1b[31mred\x9b31m\u202egnp\u200b.[/]\n[bold]\x7f\udcff\t x "

NAME = EVIL.replace("/", "b")
"""The same for a file, whose name no slash can be in."""


def hostile_engine() -> FakeEngine:
    mount = Mount("id", EVIL, EVIL, ContainerState.RUNNING, "/" + EVIL, True, EVIL)
    volume = Volume(
        EVIL, EVIL, EVIL, "/" + EVIL, CREATED, {EVIL: EVIL}, {"o": EVIL, EVIL: EVIL}, (mount,),
        project=EVIL, size=VolumeSize(1, MEASURED),
    )  # fmt: skip
    content = EVIL.encode("utf-8", "surrogateescape")
    tree: dict[str, Node] = {
        "0": FileFailed(f"{NAME} cannot be read.", path=NAME, errno=EACCES, hint=EVIL),
        NAME: {NAME: {}},
        "text": content * 5,
        "x" + NAME: EVIL,
        "y" + NAME: b"\0" + content,
    }
    endpoint = Endpoint("tcp://10.0.0.1:2375", EVIL, EVIL)
    info = EngineInfo(EVIL, EVIL, EVIL, EVIL, EVIL)
    return FakeEngine([volume], {EVIL: tree}, endpoint=endpoint, info=info)


if __name__ == "__main__":
    from tui.app import VolumeApp

    engine = hostile_engine()
    VolumeApp(engine, ascii="--ascii" in sys.argv).run()
    if engine.closed.is_set():
        sys.stdout.write("engine closed\n")
