"""`make screenshots`: pictures of the real program on the demo, walked to by keys."""

from __future__ import annotations

import sys
from dataclasses import dataclass, field
from pathlib import Path

from screenshots.drawing import draw
from screenshots.terminal import Terminal
from tests.engines.demo.server import Demo

FOLDER = Path(__file__).parent


class Shows(str):
    """Not a key: wait until this is on the screen."""

    __slots__ = ()

    def on(self, screen: str) -> bool:
        """Whether it is on the screen."""
        return self in screen


LISTED = (Shows("32 volumes"), Shows("5 unused"))
DATABASE = (*LISTED, "/", "pgdata", "Enter", "Enter", Shows("shop_pgdata:/"), Shows("24 entries"))
"""Steps from the list into the volume shop_pgdata, whose last entries are files."""

PRUNE = (*LISTED, "P", Shows("wiki_uploads"), "Space", "G", "Space", Shows("2 of 5"))
CONFIGURATION = (*DATABASE, "G", "k", "k", Shows("max_connections"))


@dataclass(frozen=True)
class Picture:
    """What to do before a picture, on a terminal of which size."""

    name: str
    steps: tuple[str, ...]
    columns: int = 80
    rows: int = 24
    env: dict[str, str] = field(default_factory=dict)


PICTURES = (
    Picture("volumes", (*LISTED, *("j",) * 16, Shows("shop-worker-1"))),
    Picture("files", CONFIGURATION),
    Picture("wide", CONFIGURATION, 200, 50),
    Picture("usage", (*DATABASE, "z", Shows("on disk"), Shows("pg_wal"))),
    Picture("grep", (*DATABASE, "F", *"shared", "Enter", Shows("lines in")), 200, 50),
    Picture("viewer", (*CONFIGURATION, "Enter", "/", *"wal", "Enter", Shows("UTF-8"))),
    Picture(
        "create",
        (
            *LISTED,
            "a",
            Shows("Labels"),
            *"media",
            "Tab",
            "Tab",
            *("Right",) * 3,
            "Tab",
            *"nas.example",
            "Tab",
            *"/export/media",
            "Tab",
            *"nfsvers=4.2",
            "Tab",
            *"owner=ada",
            Shows("--label"),
        ),
    ),
    Picture(
        "delete",
        (*LISTED, "/", *"app-db", "Enter", "d", Shows("files and"), "Space", *"app-"),
    ),
    Picture("clone", (*LISTED, "/", *"app-db", "Enter", "c", Shows("free on"))),
    Picture("prune", (*PRUNE, "d", Shows("Type"), *"wiki_")),
    Picture("help", (*LISTED, "?", Shows("Everywhere"))),
    Picture("16-colors", CONFIGURATION, env={"COLORTERM": "", "TERM": "xterm"}),
    Picture("no-color", CONFIGURATION, env={"NO_COLOR": "1"}),
)


def take(picture: Picture, url: str, home: Path) -> None:
    """Run voltui, do the steps, draw the screen."""
    command = [sys.executable, "-m", "tui", "--host", url]
    env = {"XDG_STATE_HOME": str(home), **picture.env}
    with Terminal(command, picture.columns, picture.rows, env) as terminal:
        for step in picture.steps:
            if isinstance(step, Shows):
                terminal.wait_for(step.on, step)
            else:
                terminal.press(step)
        terminal.settle()
        draw(terminal.screen(), FOLDER / f"{picture.name}.png")
        terminal.press("q")


def main(names: list[str]) -> None:
    """Take the pictures named, or all of them."""
    demo = Demo()
    engine = demo.start(_tell)
    for picture in PICTURES:
        if not names or picture.name in names:
            take(picture, engine.url, demo.root / "state")
            _tell(f"screenshots/{picture.name}.png")


def _tell(text: str) -> None:
    sys.stderr.write(f"{text}\n")


if __name__ == "__main__":
    main(sys.argv[1:])
