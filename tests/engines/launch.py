"""`make run`: voltui on the engine the user has, else on a private one with a demo."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

from tests.engines.demo.server import Demo
from tests.engines.packages import PackagesError, Programs
from tests.engines.private import PrivateEngineError
from tui.engine.endpoint import DEFAULT_SOCKET, resolve
from tui.engine.errors import UsageError

_CHOOSES = ("--host", "--context", "-H", "--help", "--version")


def configured(arguments: Sequence[str]) -> bool:
    """Whether the user has an engine, answering or not: then voltui itself says what is wrong."""
    if any(each.startswith(_CHOOSES) for each in arguments):
        return True
    try:
        endpoint = resolve()
    except UsageError:
        return True
    chosen = endpoint.origin != "default socket" or DEFAULT_SOCKET.exists()
    return chosen or Programs().find("dockerd") is not None


def main(arguments: Sequence[str]) -> None:
    """Become voltui; returns only when no engine can be had, with the reason for `sys.exit`."""
    host: list[str] = []
    if not configured(arguments):
        try:
            demo = Demo()
            host = ["--host", demo.start(_tell).url]
            # So that `make demo-clean` removes what voltui remembers of it as well.
            os.environ["XDG_STATE_HOME"] = str(demo.root / "state")
        except (PackagesError, PrivateEngineError) as problem:
            sys.exit(f"No container engine is configured here, and no demo can be shown: {problem}")
    os.execv(sys.executable, [sys.executable, "-m", "tui", *host, *arguments])


def _tell(text: str) -> None:
    sys.stderr.write(f"{text}\n")


if __name__ == "__main__":
    try:
        main(sys.argv[1:])
    except KeyboardInterrupt:
        sys.exit(130)
