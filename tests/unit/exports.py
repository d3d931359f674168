"""What the tests of places of exports share."""

from __future__ import annotations

import hashlib
import io
import os
import tarfile
from collections.abc import Callable
from datetime import UTC, datetime

from tui.engine.model import EngineInfo, Volume
from tui.engine.transfers.destinations import Destination, Made, Packed
from tui.engine.transfers.header import ArchiveHeader, encode_header
from tui.engine.transfers.progress import Stage, Sums

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
INFO = EngineInfo("Docker", "26.1", "1.45", "linux", "amd64", identity="one")
PG = Volume("pg", "local", "local", "", None)


def tar(header: ArchiveHeader | None = None, size: int = 300_000) -> bytes:
    out = io.BytesIO()
    said = {"comment": encode_header(header).decode()} if header else {}
    with tarfile.open(fileobj=out, mode="w", format=tarfile.PAX_FORMAT, pax_headers=said) as made:
        member = tarfile.TarInfo("./a")
        member.size = size
        made.addfile(member, io.BytesIO(os.urandom(size)))
    return out.getvalue()


def send(
    destination: Destination,
    data: bytes,
    *,
    meanwhile: dict[Stage, Callable[[], object]] | None = None,
    digest: str = "",
) -> Made:
    """Give it a stream; what happens `meanwhile` does so before its stage goes on."""
    destination.refuse()
    packed = Packed(Sums(2, 1, 1, len(data)), len(data), digest or hashlib.sha256(data).hexdigest())
    with destination.receiving() as receiver:
        for at in range(0, len(data), 100_000):
            receiver.write(data[at : at + 100_000])
        states = receiver.finish(packed)
        while True:
            try:
                state = next(states)
            except StopIteration as end:
                made = end.value
                assert isinstance(made, Made)
                return made
            (meanwhile or {}).get(state.stage, lambda: None)()
