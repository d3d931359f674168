"""Import: an archive or a folder becomes a new volume, or the contents of one that exists.

Nothing that exists is touched before all of the source was read, checked and read again from where
it was written.
"""

from __future__ import annotations

from collections.abc import Generator, Mapping
from dataclasses import replace

from tui.engine.agent import AgentConnection
from tui.engine.answers import done
from tui.engine.cancel import working_for
from tui.engine.creating import NewVolume
from tui.engine.errors import UsageError
from tui.engine.model import Volume
from tui.engine.protocol import FrameType, answer_object
from tui.engine.session import Session
from tui.engine.sharing import same_data
from tui.engine.transfers.cloning import COMPOSE, labels_of_clone
from tui.engine.transfers.filling import begin_filling, filled
from tui.engine.transfers.header import ArchiveHeader
from tui.engine.transfers.journal import FillingNote
from tui.engine.transfers.progress import (
    Loss,
    Operation,
    Progress,
    Report,
    Stage,
    parse_losses,
)
from tui.engine.transfers.questions import Asker
from tui.engine.transfers.receiving import Received, receive
from tui.engine.transfers.replacing import Mode, import_into
from tui.engine.transfers.sources import Source, Stream
from tui.engine.volumes import parse_volumes


def import_archive(
    session: Session,
    source: Source,
    target: NewVolume | Volume,
    mode: Mode,
    *,
    hot: bool = False,
    devices: bool = False,
    ask: Asker,
) -> Operation:
    """Import into a new volume (`Mode.NEW`), or into one that exists.

    A new one gets the labels that voltui wrote into the archive, below those it is given; driver
    and options are those it is given. Merging is refused, unless `hot`, while containers may write
    to the volume; replacing always. `devices`: device nodes are made.
    """
    session.refuse_read_only()
    yield Progress(Stage.PREPARING)
    with source.open() as stream:
        if isinstance(target, NewVolume):
            yield from _into_new(session, source, stream, target, devices, ask)
        else:
            yield from import_into(
                session, source, stream, target, mode, hot=hot, devices=devices, ask=ask
            )


def labels_of_import(header: ArchiveHeader | None, name: str) -> Mapping[str, str]:
    """Labels that an import gives to a new volume: those of a clone, and where it gets its old name
    back those of compose too, which takes it for its own again.
    """
    if header is None:
        return {}
    return labels_of_clone(header.labels, compose=name == header.volume)


def _into_new(
    session: Session,
    source: Source,
    stream: Stream,
    new: NewVolume,
    devices: bool,
    ask: Asker,
) -> Operation:
    _refuse_same(session, new)
    labelled = replace(new, labels={**labels_of_import(stream.header, new.name), **new.labels})

    def work(made: Volume, note: FillingNote) -> Generator[Progress, None, Report]:
        with session.open_helpers().writing(made) as agent:
            begin_filling(agent, "/", note, made.name)
            received = yield from receive(agent, "/", source, stream, devices=devices, ask=ask)
            yield Progress(Stage.FINISHING, received.sums, received.sums)
            losses = _settle(agent)
        notes = (*_other_options(made, stream.header), *_left_out(labelled, stream.header))
        return _report(session, made, received, losses, notes)

    yield from filled(session, labelled, "import", source.label, work)


def _refuse_same(session: Session, new: NewVolume) -> None:
    listed = parse_volumes(session.connection.get_slow("/volumes"), [])
    for other in same_data(new.driver, new.options, listed):
        raise UsageError(
            f"{new.name} would be the same data as {other.name}: they name one device.",
            hint="Import into that one with --replace or --merge, or choose another device.",
        )


def _settle(agent: AgentConnection) -> tuple[Loss, ...]:
    """The last step, which nobody cancels: in its middle the volume is whole."""
    losses: tuple[Loss, ...] = ()
    with working_for(None), agent.request("settle", "/", source=b"") as answers:
        for frame in answers:
            if frame.type is not FrameType.PROGRESS and done(frame):
                losses = parse_losses(answer_object(frame.payload))
    return losses


def _other_options(made: Volume, header: ArchiveHeader | None) -> tuple[str, ...]:
    """What is to be told where the volume of the archive was on other storage than this one."""
    if header is None or made.options or made.driver != "local":
        return ()
    had = [f"{key}={value}" for key, value in sorted(header.options.items())]
    if header.driver != "local":
        had.insert(0, f"driver {header.driver}")
    if not had:
        return ()
    return (f"{header.volume} had {', '.join(had)}; {made.name} is a plain volume.",)


def _left_out(new: NewVolume, header: ArchiveHeader | None) -> tuple[str, ...]:
    """What is to be told where labels of compose were left out."""
    if header is None:
        return ()
    if not any(key.startswith(COMPOSE) and key not in new.labels for key in header.labels):
        return ()
    return (f"Labels of compose were left out, which are for a volume named {header.volume}.",)


def _report(
    session: Session,
    volume: Volume,
    received: Received,
    losses: tuple[Loss, ...],
    notes: tuple[str, ...],
) -> Report:
    session.completeness().note(volume, incomplete=False)
    session.size_cache().drop(volume)
    ending = received.ending
    return Report(
        received.sums,
        received.losses + losses,
        ending.changed,
        ending.changed_paths,
        volume=replace(volume, incomplete=False),
        notes=ending.notes + notes,
    )
