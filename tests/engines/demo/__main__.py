"""`python -m tests.engines.demo start|status|clean|env`."""

from __future__ import annotations

import sys

from tests.engines.demo.server import Demo
from tests.engines.packages import PackagesError
from tests.engines.private import PrivateEngineError

USAGE = """\
usage: python -m tests.engines.demo COMMAND
  start    make the demo's engine run, filled, and print its URL
  status   say whether it runs; exit status 1 if not
  env      print the variable that lets docker and voltui find it
  clean    remove the engine with all it holds
"""


def main(arguments: list[str]) -> int:
    """Run one command and return the exit status."""
    match arguments:
        case ["start"]:
            sys.stdout.write(Demo().start(say).url + "\n")
        case ["status"]:
            return status(Demo())
        case ["env"]:
            sys.stdout.write(f"export DOCKER_HOST={Demo().engine().url}" + "\n")
        case ["clean"]:
            Demo().clean()
        case _:
            say(USAGE)
            return 2
    return 0


def status(demo: Demo) -> int:
    """Say whether the demo runs."""
    if demo.running():
        sys.stdout.write(f"running at {demo.engine().url}" + "\n")
        return 0
    sys.stdout.write("not running" + "\n")
    return 1


def say(text: str) -> None:
    """Tell the user something beside the output."""
    sys.stderr.write(f"{text}\n")


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except (PackagesError, PrivateEngineError) as problem:
        sys.exit(str(problem))
    except KeyboardInterrupt:
        sys.exit(130)
