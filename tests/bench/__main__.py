"""`python -m tests.bench`: the table of ratios; exit status 1 when a bound is missed."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from tests.bench.limit import Limit
from tests.bench.listing import listing
from tests.bench.many import many_volumes
from tests.bench.million import million
from tests.bench.ratio import Ratio
from tests.bench.roundtrips import round_trips
from tests.bench.searching import searching
from tests.bench.start import listing_all, start
from tests.bench.wire_bytes import wire_bytes
from tests.engines.private import PrivateEngine


def rows(home: Path) -> Iterator[Ratio | Limit]:
    """Everything that is measured, each part on an engine of its own."""
    with PrivateEngine() as engine:
        yield from listing(engine)
    with PrivateEngine() as engine:
        yield from searching(engine)
    with PrivateEngine() as engine:
        yield from start(engine, home)
        yield listing_all(engine, home)
    with PrivateEngine() as engine:
        yield from million(engine, home)
    with PrivateEngine() as engine:
        yield from wire_bytes(engine, home)
        yield from round_trips(engine, home)
    yield from many_volumes(home)


def main() -> int:
    """Measure and print a row each."""
    sys.stdout.write("| what | ratio | bound | ours ms | peer ms | |\n|---|---|---|---|---|---|\n")
    missed = 0
    with tempfile.TemporaryDirectory() as home:
        for row in rows(Path(home)):
            result = row.measure()
            missed += not result.ok
            sys.stdout.write(f"{result.row()}\n")
            sys.stdout.flush()
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
