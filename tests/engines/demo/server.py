"""The demo's engine: started once, found again by later runs, removed on demand."""

from __future__ import annotations

import fcntl
import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.engines.demo.fill import fill, revive
from tests.engines.packages import Tell, cache_folder
from tests.engines.private import PrivateEngine

LABEL = "voltui.demo=1"


class Demo:
    """A filled engine below `root`; by default the one in the cache that `make run` shows."""

    def __init__(self, root: Path | None = None, *, scale: float = 1.0) -> None:
        self.root = root or cache_folder() / "demo"
        self.scale = scale

    def engine(self) -> PrivateEngine:
        """The engine, running or not."""
        return PrivateEngine(self.root, labels=[LABEL], outlive=True)

    def start(self, tell: Tell = lambda _: None) -> PrivateEngine:
        """Make the engine run and hold the demo; at once when it does already."""
        engine = self.engine()
        complete = self.root / "complete"
        if engine.api.answers() and _read(complete) == self._version():
            return engine
        with self._locked():
            if complete.exists() and _read(complete) != self._version():
                tell("Renewing the demo")
                engine.remove()
            engine = self.engine()
            engine.start(tell=tell)
            if complete.exists():
                revive(engine)
            else:
                tell("Filling the demo: 32 volumes, 22 containers, 400,000 files")
                fill(engine, scale=self.scale)
            complete.write_text(self._version())
        return engine

    def running(self) -> bool:
        """Whether the engine answers and holds all of the demo."""
        return self.engine().api.answers() and _read(self.root / "complete") == self._version()

    def clean(self) -> None:
        """Remove engine, containers, volumes and files."""
        with self._locked():
            self.engine().remove()
        self._lock.unlink(missing_ok=True)

    @property
    def _lock(self) -> Path:
        return self.root.with_name(f"{self.root.name}.lock")

    @contextmanager
    def _locked(self) -> Iterator[None]:
        self._lock.parent.mkdir(parents=True, exist_ok=True)
        with self._lock.open("w") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield

    def _version(self) -> str:
        """Digest of what the demo is made from: another source makes another demo."""
        digest = hashlib.sha256(str(self.scale).encode())
        for path in sorted(Path(__file__).parent.rglob("*")):
            if path.is_file() and "__pycache__" not in path.parts:
                digest.update(path.read_bytes())
        return digest.hexdigest()


def _read(path: Path) -> str:
    return path.read_text() if path.exists() else ""
