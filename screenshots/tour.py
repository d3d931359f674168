"""`make tour`: moving pictures of the real program in tmux, on the demo."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType

import pyte
from PIL import Image

from screenshots.drawing import drawn
from screenshots.make import Shows
from tests.engines.demo.server import Demo
from tests.engines.postgres import DATA, import_postgres
from tests.engines.private import PrivateEngine

FOLDER = Path(__file__).parent
EVERY = 0.1
"""Seconds between two looks at the screen."""

LONGEST = 1.5
"""Seconds a picture that does not change is shown at most."""

DEADLINE = 30.0
"""Seconds after which waiting for the program fails."""

_NAMES = {
    "Esc": "Escape",
    "PgDn": "PageDown",
    "PgUp": "PageUp",
    "Space": "Space",
    "Backspace": "BSpace",
}


class Rests(float):
    """Watch for so many seconds."""

    __slots__ = ()


class Types(str):
    """Not a key: text that is typed at once."""

    __slots__ = ()


Step = str | Rests | Callable[[PrivateEngine], None]
"""A key, a wait, or something done to the engine meanwhile."""


@dataclass(frozen=True)
class Scene:
    """A moving picture: its name and what is done in it."""

    name: str
    steps: Sequence[Step]
    columns: int = 80
    rows: int = 24
    env: Mapping[str, str] = field(default_factory=dict)
    in_shell: bool = False
    """Begins in a shell that has docker and voltui, on a small demo of its own: it is changed."""


class Tmux:
    """voltui, or a shell, in a tmux server of its own, filmed; a context manager that ends both."""

    def __init__(self, scene: Scene, engine: PrivateEngine, state: Path) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="voltui-tour-")
        self._socket = f"{self._folder.name}/tmux"
        self._scene = scene
        self.frames: list[tuple[str, float]] = []
        """What the screen showed, with its colours, and for how many seconds."""
        env = {"XDG_STATE_HOME": str(state), "COLORTERM": "truecolor", **scene.env}
        command = [sys.executable, "-m", "tui", "--host", engine.url]
        if scene.in_shell:
            folders = [Path(sys.executable).parent, _docker(engine).parent, os.environ["PATH"]]
            env |= {"DOCKER_HOST": engine.url, "PATH": ":".join(map(str, folders)), "PS1": "$ "}
            command = ["sh"]
        program = ["env", *(f"{name}={value}" for name, value in env.items()), *command]
        self._tmux(
            "-f", os.devnull, "new-session", "-d", "-c", self._folder.name,
            "-x", str(scene.columns), "-y", str(scene.rows),
            shlex.join(program), ";", "set", "-g", "status", "off",
            ";", "set", "-s", "escape-time", "0",
        )  # fmt: skip

    def __enter__(self) -> Tmux:
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _traceback: TracebackType | None,
    ) -> None:
        self._tmux("send-keys", "C-c", "C-c", "C-d", check=False)
        end = time.monotonic() + DEADLINE
        while self._tmux("has-session", check=False) == 0 and time.monotonic() < end:
            time.sleep(EVERY)
        self._tmux("kill-server", check=False)
        self._folder.cleanup()

    def do(self, step: Step, engine: PrivateEngine) -> None:
        """One step, filmed."""
        if isinstance(step, Shows):
            self._watch_until(lambda: step in self._plain(), step)
        elif isinstance(step, Rests):
            end = time.monotonic() + step
            self._watch_until(lambda: time.monotonic() > end, "time")
        elif isinstance(step, Types):
            self._tmux("send-keys", "-l", step)
            self._watch()
        elif isinstance(step, str):
            self._tmux(
                "send-keys", *(("-l", step) if len(step) == 1 else (_NAMES.get(step, step),))
            )
            self._watch()
        else:
            step(engine)

    def _watch_until(self, condition: Callable[[], bool], what: str) -> None:
        end = time.monotonic() + DEADLINE
        self._watch()
        while not condition():
            if time.monotonic() > end:
                raise TimeoutError(f"{what} did not come:\n{self._plain()}")
            self._watch()

    def _watch(self) -> None:
        time.sleep(EVERY)
        shown = self._output("capture-pane", "-e", "-p", "-N")
        if self.frames and self.frames[-1][0] == shown:
            self.frames[-1] = shown, self.frames[-1][1] + EVERY
        else:
            self.frames.append((shown, EVERY))

    def _plain(self) -> str:
        return self._output("capture-pane", "-p")

    def save(self, path: Path) -> None:
        """Write the film as an animated GIF."""
        pictures = [self._picture(shown) for shown, _ in self.frames]
        width, height = pictures[0].size
        all_of_them = Image.new("RGB", (width, height * len(pictures)))
        for number, picture in enumerate(pictures):
            all_of_them.paste(picture, (0, number * height))
        palette = all_of_them.quantize(128, dither=Image.Dither.NONE)
        frames = [each.quantize(palette=palette, dither=Image.Dither.NONE) for each in pictures]
        times = [round(1000 * min(seconds, LONGEST)) for _, seconds in self.frames]
        times[-1] = 2500
        frames[0].save(
            path, save_all=True, append_images=frames[1:], duration=times, loop=0, optimize=True
        )

    def _picture(self, shown: str) -> Image.Image:
        screen = pyte.Screen(self._scene.columns, self._scene.rows)
        pyte.Stream(screen).feed(shown.rstrip("\n").replace("\n", "\r\n"))
        return drawn(screen)

    def _tmux(self, *arguments: str, check: bool = True) -> int:
        command = ["tmux", "-S", self._socket, *arguments]
        return subprocess.run(command, check=check, stderr=subprocess.DEVNULL).returncode

    def _output(self, *arguments: str) -> str:
        command = ["tmux", "-S", self._socket, *arguments]
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def _docker(engine: PrivateEngine) -> Path:
    found = engine.programs.find("docker")
    if found is None:
        raise FileNotFoundError("docker")
    return Path(found)


def _lists(*commands: str) -> Sequence[Step]:
    """Ask docker itself."""
    steps: list[Step] = [Types("clear"), "Enter", Rests(0.3)]
    for command in commands:
        steps += [Types(command), Rests(0.6), "Enter", Rests(1.2)]
    return steps


def _postgres(engine: PrivateEngine) -> None:
    """Have a container named db with PostgreSQL on the volume pgdata, and two rows in it."""
    busybox, environ = engine.programs.find("busybox"), engine.programs.environment()
    assert busybox
    image = import_postgres(engine.api, busybox)
    environ |= {"DOCKER_HOST": engine.url}

    def docker(*arguments: str, check: bool = True) -> int:
        command = [str(_docker(engine)), *arguments]
        return subprocess.run(command, env=environ, check=check, capture_output=True).returncode

    docker("tag", image, "postgres")
    docker("run", "--detach", "--name", "db", "--volume", f"pgdata:{DATA}", "postgres")
    psql = ["exec", "db", "psql", "--username", "postgres", "--command"]
    while docker(*psql, "SELECT 1", check=False):
        time.sleep(EVERY)
    docker(*psql, "CREATE TABLE tasks (what text); INSERT INTO tasks VALUES ('one'), ('two')")


_ROWS = "docker exec db psql -U postgres -c 'SELECT * FROM tasks'"
_RUN = f"docker run -d --name db -v pgdata:{DATA} postgres"
_DATABASE = _lists(
    "docker volume ls --filter name=app-db",
    "docker ps --all --filter name=app-db --format '{{.Names}}: {{.Status}}'",
)
_UNUSED = _lists("docker volume ls --filter dangling=true --format '{{.Name}}'")
_BROWSE = (Types("voltui"), Rests(0.6), "Enter")
LISTED = (Shows("32 volumes"), Rests(1.0))
SCENES = (
    Scene(
        "many-files",
        (
            *LISTED, *"/ci-c", "Enter", "Enter", Shows("npm"), "j", "Enter", Shows("200,064"),
            Rests(1.0), *"jjjj", Rests(0.3), *"Gkkk", Rests(1.0), ",", Rests(0.6), "s", Rests(2.0),
            *"jjj", Rests(0.5), "/", Rests(0.5), *"prices-a7", Rests(1.5),
            "Backspace", Rests(1.0), "Backspace", Rests(1.0), "Enter", *"jj", Rests(1.0),
        ),
    ),
    Scene(
        "follow",
        (
            *LISTED, *"/app-l", "Enter", "Enter", Shows("app.log"), Rests(0.5),
            *"/app.log", "Enter", Rests(1.0),
            "t", Shows("INFO"), Rests(4.0), PrivateEngine.restart, Rests(12.0),
        ),
    ),
    Scene(
        "grep",
        (
            *LISTED, *"/pgdata", "Enter", "Enter", Shows("PG_VERSION"), Rests(0.5), "F", Rests(0.7),
            *"max_conn", Rests(1.0), "Enter", Shows("2 lines"), Rests(1.5), "Enter", Rests(3.0),
        ),
    ),
    Scene(
        "delete",
        (
            Shows("$"), *_DATABASE, Rests(1.0), *_BROWSE, *LISTED, "d", Shows("files and"),
            Rests(2.0), "Space", Rests(1.5), *"app-db", Rests(1.0), "Enter",
            Shows("31 volumes"), Rests(3.0), "q", Shows("$ "),
            *_DATABASE, Rests(1.5),
        ),
        in_shell=True,
    ),
    Scene(
        "database",
        (
            _postgres, Shows("$"), *_lists(_ROWS, "docker stop db"), Shows("db\n"), *_BROWSE,
            Shows("33 volumes"), *"/pgdata", "Enter", "o", Shows("free"), Rests(1.0),
            *"pgdata.tar.zst", Rests(0.5), "Enter", Shows("Done"), Rests(0.5), "J",
            Shows("SHA-256"), Rests(2.5), "Esc", "q", Shows("$ "),
            *_lists("docker rm db", "docker volume rm pgdata", "docker volume ls -f name=pgdata"),
            *_BROWSE, Shows("32 volumes"), "O", Shows("Name an archive"), Rests(0.5),
            *"pgdata.tar.zst", Shows("voltui"), Rests(1.5), "Enter", Shows("Done"), Rests(1.0),
            "J", Shows("verified"), Rests(2.5), "Esc", "q", Shows("$ "),
            *_lists(_RUN), Rests(3.0), *_lists(_ROWS), Rests(2.0),
        ),
        in_shell=True,
    ),
    Scene(
        "prune",
        (
            Shows("$"), *_UNUSED, Rests(1.5), *_BROWSE, *LISTED, "P", Shows("wiki_uploads"),
            Rests(1.5), "Space", Rests(0.7), "G", Rests(0.5), "Space", Shows("2 of 5"), Rests(1.5),
            "d", Shows("Type"), Rests(1.5), *"wiki_uploads", Rests(1.0), "Enter",
            Shows("2 removed"), Rests(2.5), "Esc", Shows("30 volumes"), Rests(1.0), "q",
            Shows("$ "), *_UNUSED, Rests(1.5),
        ),
        in_shell=True,
    ),
)  # fmt: skip


def film(scene: Scene, engine: PrivateEngine, state: Path) -> None:
    """Play a scene and save it."""
    with Tmux(scene, engine, state) as tmux:
        for step in scene.steps:
            tmux.do(step, engine)
        tmux.save(FOLDER / f"{scene.name}.gif")


def main(names: list[str]) -> None:
    """Film the scenes named, or all of them."""
    for scene in SCENES:
        if names and scene.name not in names:
            continue
        if scene.in_shell:
            _film_changes(scene)
        else:
            demo = Demo()
            film(scene, demo.start(_tell), demo.root / "state")
        _tell(f"screenshots/{scene.name}.gif")


def _film_changes(scene: Scene) -> None:
    with tempfile.TemporaryDirectory(prefix="voltui-tour-") as folder:
        demo = Demo(Path(folder) / "demo", scale=0.002)
        try:
            film(scene, demo.start(_tell), Path(folder) / "state")
        finally:
            demo.clean()


def _tell(text: str) -> None:
    sys.stderr.write(f"{text}\n")


if __name__ == "__main__":
    main(sys.argv[1:])
