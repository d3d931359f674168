"""Ten thousand volumes; `python -m tests.bench.many` is the program that lists them."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from tests.bench.limit import Limit, p95
from tests.bench.million import KEYS
from tests.bench.start import environment
from tests.bench.terminal import Terminal
from tests.fakes import FakeEngine
from tui.engine.model import Volume, VolumeSize

COUNT = 10_000
_MEASURED = datetime(2026, 11, 20, tzinfo=UTC)


def many_volumes(home: Path) -> Iterator[Limit]:
    """Keys while sizes come in, and afterwards."""
    environ = {**environment(home), "PYTHONPATH": str(Path(__file__).parents[2])}
    with Terminal([sys.executable, "-m", "tests.bench.many"], environ) as terminal:
        terminal.wait_for("app-00001")
        yield _keys(terminal, "while sizes come", 0.05)
        terminal.settle(2.0)
        yield _keys(terminal, "at rest", 0.3)


def _keys(terminal: Terminal, when: str, pause: float) -> Limit:
    def value() -> float:
        spent = []
        for key in KEYS * 4:
            spent.append(terminal.answered(key))
            terminal.settle(pause)
        return p95(spent) * 1000

    return Limit(f"a key among 10,000 volumes {when}: CPU time of the loop, p95", 16, "ms", value)


class ManyVolumes(FakeEngine):
    """Volumes that are all measured in a moment."""

    def __init__(self) -> None:
        names = [f"app-{number * 7919 % COUNT:05}-data" for number in range(COUNT)]
        super().__init__(
            [Volume(name, "local", "local", f"/v/{name}", _MEASURED) for name in names]
        )
        self.measured = {name: VolumeSize(len(name) << 20, _MEASURED, 3) for name in names}


if __name__ == "__main__":
    from tui.app import VolumeApp

    VolumeApp(ManyVolumes()).run()
