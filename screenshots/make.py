"""`make screenshots`: pictures of the real program on the demo, walked to by keys."""

from __future__ import annotations

import sys
from dataclasses import dataclass, field
from pathlib import Path

from screenshots.drawing import draw
from screenshots.terminal import Terminal
from tests.engines.demo.server import Demo

FOLDER = Path(__file__).parent
DATABASE = ("/", "p", "g", "d", "a", "Enter", "Enter")
"""Keys from the list into the volume shop_pgdata."""


@dataclass(frozen=True)
class Picture:
    """What to press before a picture, and what has to be on the screen then."""

    name: str
    keys: tuple[str, ...]
    shows: str
    columns: int = 80
    rows: int = 24
    env: dict[str, str] = field(default_factory=dict)


PICTURES = (
    Picture("volumes", ("j",) * 15, "shop_pgdata"),
    Picture("files", (*DATABASE, "G", "k", "k"), "max_connections"),
    Picture("wide", (*DATABASE, "Esc", "3", "G", "k", "k"), "max_connections", 200, 50),
    Picture("help", ("?",), "Everywhere"),
    Picture(
        "16-colors",
        (*DATABASE, "G", "k", "k"),
        "max_connections",
        env={"COLORTERM": "", "TERM": "xterm"},
    ),
    Picture("no-color", (*DATABASE, "G", "k", "k"), "max_connections", env={"NO_COLOR": "1"}),
)


def take(picture: Picture, url: str, home: Path) -> None:
    """Run voltui, press the keys, draw the screen."""
    command = [sys.executable, "-m", "tui", "--host", url]
    env = {"XDG_STATE_HOME": str(home), **picture.env}
    with Terminal(command, picture.columns, picture.rows, env) as terminal:
        terminal.wait_for(
            lambda text: "30 volumes" in text and " ? " not in text.split("\n")[0], "the list"
        )
        for key in picture.keys:
            terminal.press(key)
        terminal.wait_for(lambda text: picture.shows in text, picture.shows)
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
