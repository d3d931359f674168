"""`python -m tests.bench [PART...]`: the table of ratios; exit status 1 when a bound is missed."""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from tests.bench.cloning import cloning
from tests.bench.limit import Limit
from tests.bench.listing import listing
from tests.bench.many import many_volumes
from tests.bench.million import million
from tests.bench.packing import packing
from tests.bench.ratio import Ratio
from tests.bench.removing import removing
from tests.bench.roundtrips import round_trips
from tests.bench.searching import searching
from tests.bench.sending import sending
from tests.bench.start import listing_all, start
from tests.bench.unpacking import unpacking
from tests.bench.wire_bytes import wire_bytes
from tests.engines.private import PrivateEngine

Row = Ratio | Limit


def _on_an_engine(
    *parts: Callable[[PrivateEngine, Path], Iterable[Row]],
) -> Callable[[Path], Iterator[Row]]:
    """Parts that are measured one after the other on an engine of their own."""

    def rows(home: Path) -> Iterator[Row]:
        with PrivateEngine() as engine:
            for part in parts:
                yield from part(engine, home)

    return rows


PARTS: dict[str, Callable[[Path], Iterator[Row]]] = {
    "listing": _on_an_engine(lambda engine, _: listing(engine)),
    "searching": _on_an_engine(lambda engine, _: searching(engine)),
    "removing": _on_an_engine(lambda engine, _: removing(engine)),
    "cloning": _on_an_engine(lambda engine, _: cloning(engine)),
    "start": _on_an_engine(start, lambda engine, home: [listing_all(engine, home)]),
    "million": _on_an_engine(million),
    "wire": _on_an_engine(wire_bytes, round_trips),
    "many": many_volumes,
    "unpack": unpacking,
    "pack": packing,
    "send": _on_an_engine(lambda engine, _: sending(engine)),
}


def main() -> int:
    """Measure the parts that are named, or all of them, and print a row each."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.bench", description="The table of ratios."
    )
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"of {', '.join(PARTS)}")
    parts = parser.parse_args().parts or list(PARTS)
    if unknown := set(parts) - PARTS.keys():
        parser.error(f"no such part: {', '.join(sorted(unknown))}")
    sys.stdout.write("| what | ratio | bound | ours ms | peer ms | |\n|---|---|---|---|---|---|\n")
    missed = 0
    with tempfile.TemporaryDirectory() as home:
        for part in parts:
            for row in PARTS[part](Path(home)):
                result = row.measure()
                missed += not result.ok
                sys.stdout.write(f"{result.row()}\n")
                sys.stdout.flush()
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
