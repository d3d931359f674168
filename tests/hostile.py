"""The app on an engine whose every word is hostile; run as a program of its own."""

from __future__ import annotations

import sys

from tests.fakes import FakeEngine, Node
from tests.showcase import CREATED, MEASURED
from tui.engine import Endpoint
from tui.engine.errors import FileFailed
from tui.engine.model import ContainerState, EngineInfo, Mount, Volume, VolumeSize

EVIL = "a\x1b]0;pwned\x07\x1b[31mred\x9b31m\u202egnp\u200b.[/]\n[bold]\x7f\udcff\t x "


def hostile_engine() -> FakeEngine:
    mount = Mount("id", EVIL, EVIL, ContainerState.RUNNING, "/" + EVIL, True, EVIL)
    volume = Volume(
        EVIL, EVIL, EVIL, "/" + EVIL, CREATED, {EVIL: EVIL}, {"o": EVIL, EVIL: EVIL}, (mount,),
        project=EVIL, size=VolumeSize(1, MEASURED),
    )  # fmt: skip
    tree: dict[str, Node] = {
        EVIL: {EVIL: {}},
        "error": FileFailed(f"{EVIL} cannot be read.", path=EVIL, hint=EVIL),
        "text": EVIL.encode("utf-8", "surrogateescape") * 5,
        "x" + EVIL: EVIL,
        "y" + EVIL: b"\0" + EVIL.encode("utf-8", "surrogateescape"),
    }
    tree["0"] = FileFailed(f"{EVIL} cannot be read.", path=EVIL, errno=13, hint=EVIL)
    endpoint = Endpoint("tcp://10.0.0.1:2375", EVIL, EVIL)
    info = EngineInfo(EVIL, EVIL, EVIL, EVIL, EVIL)
    return FakeEngine([volume], {EVIL: tree}, endpoint=endpoint, info=info)


if __name__ == "__main__":
    from tui.app import VolumeApp

    engine = hostile_engine()
    VolumeApp(engine, ascii="--ascii" in sys.argv).run()
    if engine.closed.is_set():
        sys.stdout.write("engine closed\n")
