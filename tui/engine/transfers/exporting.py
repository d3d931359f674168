"""Export: the contents of a volume as a tar stream to a destination, proven to be whole there.

Source: operations `usage` and `pack` of the agent, which has the volume read-only.
"""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from tui.engine.agent import AgentConnection
from tui.engine.answers import done
from tui.engine.cancel import refuse_cancelled
from tui.engine.errors import EngineError
from tui.engine.marker import refuse_incomplete
from tui.engine.model import DiskUsage, Volume
from tui.engine.protocol import FrameType, answer_object, encode_name, integer, names, text
from tui.engine.session import Session
from tui.engine.transfers.destinations import Destination, Packed, Receiver
from tui.engine.transfers.header import encode_header, header_of
from tui.engine.transfers.pace import Pace
from tui.engine.transfers.progress import (
    Operation,
    Progress,
    Report,
    Stage,
    Sums,
    parse_losses,
    parse_sums,
)
from tui.engine.writers import refuse_writers

_TO_DO = "Stop what writes, or export it hot: what changes meanwhile is told."


def export(
    session: Session, volume: Volume, destination: Destination, *, hot: bool = False
) -> Operation:
    """Write what is in a volume to one destination. Refused, unless `hot`, while containers may
    write to the volume.

    Entries that changed while they were read are in the report. Nothing is under its final name
    before it was read again, as far as the destination can be read.
    """
    yield Progress(Stage.PREPARING)
    destination.refuse()
    if not hot:
        refuse_writers(session.connection, volume, session.open_helpers().containers(), _TO_DO)
    with destination.receiving() as receiver:
        try:
            packed = yield from _Export(session, volume, destination, receiver, hot).work()
            made = yield from receiver.finish(packed)
        except EngineError:
            yield Progress(Stage.CLEANING)
            raise
    report = Report(
        packed.sums,
        packed.losses + made.losses,
        packed.changed,
        packed.changed_paths,
        files=made.files,
        written=made.size,
        digest=made.digest,
        notes=made.notes,
    )
    yield Progress(Stage.DONE, packed.sums, packed.sums, made.size, report)


@dataclass(frozen=True, slots=True)
class _Export:
    """What happens while the volume is mounted, in a helper of its own."""

    session: Session
    volume: Volume
    destination: Destination
    receiver: Receiver
    hot: bool

    def work(self) -> Generator[Progress, None, Packed]:
        """Count, and send all of it."""
        helpers = self.session.open_helpers()
        with helpers.working([self.volume]) as agent:
            if not self.hot:
                connection = self.session.connection
                refuse_writers(connection, self.volume, helpers.containers(), _TO_DO)
            refuse_incomplete(agent, "/", self.volume.name)
            usage = yield from _counted(agent)
            self.destination.refuse_no_room(usage)
            return (yield from self._packed(agent, _sums(usage)))

    def _packed(self, agent: AgentConnection, total: Sums) -> Generator[Progress, None, Packed]:
        yield Progress(Stage.COPYING, Sums(), total)
        header = header_of(self.volume, self.session.info(), datetime.now(UTC))
        pace = Pace()
        sums = Sums()
        with agent.request(
            "pack",
            "/",
            bulk=True,
            prefix=encode_name(self.destination.prefix),
            comment=encode_header(header),
            image=self.destination.image,
        ) as answers:
            for frame in answers:
                if frame.type is FrameType.DATA:
                    refuse_cancelled()
                    self.receiver.write(frame.payload)
                elif frame.type is FrameType.PROGRESS:
                    sums = parse_sums(answer_object(frame.payload))
                elif done(frame):
                    packed = _parse_packed(answer_object(frame.payload))
                if pace.due():
                    yield Progress(Stage.COPYING, sums, total, self.receiver.written)
        return packed


def _counted(agent: AgentConnection) -> Generator[Progress, None, DiskUsage]:
    usage = DiskUsage(0, 0, 0, 0, 0)
    for usage in agent.usage("/"):
        yield Progress(Stage.PREPARING, _sums(usage))
    return usage


def _sums(usage: DiskUsage) -> Sums:
    entries = usage.files + usage.directories
    return Sums(entries, usage.files, usage.directories, usage.apparent)


def _parse_packed(answer: dict[str, Any]) -> Packed:
    told = answer.get("changed")
    changed = told if isinstance(told, dict) else {}
    return Packed(
        parse_sums(answer),
        integer(answer, "stream"),
        text(answer, "sha256"),
        parse_losses(answer),
        integer(changed, "count") if changed else 0,
        tuple(names(changed, "paths")),
    )
