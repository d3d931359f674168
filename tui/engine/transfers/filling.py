"""A new volume that is filled: noted before it is made, and gone again if that does not succeed.

Only what carries the label of this very job is ever removed.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from contextlib import suppress
from datetime import UTC, datetime

from tui.engine.agent import AgentConnection
from tui.engine.cancel import refuse_cancelled, working_for
from tui.engine.creating import NewVolume, create, new_job, refuse_impossible
from tui.engine.deletion import LOST, delete
from tui.engine.errors import EngineError, VolumeInUse, VolumeNotFound
from tui.engine.helper import this_client
from tui.engine.identity import inspect_volume
from tui.engine.marker import MARKER, Marker, mark, marked, read_marker
from tui.engine.model import Volume
from tui.engine.session import Session
from tui.engine.transfers.journal import STEM, Filling, FillingNote
from tui.engine.transfers.progress import Operation, Progress, Report, Stage
from tui.engine.volumes import JOB_LABEL, parse_volume, tells_creation

Work = Callable[[Volume, Marker], Generator[Progress, None, Report]]
"""Fills a volume, marks it with the marker before and settles it at its end."""


def filled(session: Session, new: NewVolume, kind: str, source: str, work: Work) -> Operation:
    """Make a volume, let `work` fill it, and end with its report.

    However the work ends otherwise, the volume is removed; where that fails, the error says so, and
    the journal has it. Raises `NameTaken`: then nothing of the volume of that name is touched.
    """
    refuse_impossible(new)
    filling = Filling(kind, new.name, new_job(), source, datetime.now(UTC), this_client())
    note = FillingNote(session.state_file(STEM), filling)
    try:
        with working_for(None):  # A call that is left unanswered may still make it.
            tells = tells_creation(session.info())
            made = create(session.connection, new, tells_creation=tells, job=filling.job)
        refuse_cancelled()
        report = yield from work(made, _marker(filling))
    except BaseException as error:
        try:
            if isinstance(error, EngineError):
                yield Progress(Stage.CLEANING)
        finally:
            with working_for(None):
                left = _cleaned(session, filling, note, unsure=isinstance(error, LOST))
        if left is not None and isinstance(error, EngineError):
            raise _with_what_is_left(error, filling, left) from error
        raise
    note.close(settled=True)
    yield Progress(Stage.DONE, report.sums, report=report)


def begin_filling(agent: AgentConnection, root: str, marker: Marker, volume: str) -> int:
    """Mark a root folder, which has to be empty; nanoseconds of the engine's clock then.

    A new volume holds something where its driver options name a place that does.
    """
    for batch in agent.entries(root):
        if batch.names:
            raise VolumeInUse(
                f"What {volume} is made of holds something already, such as {batch.names[0]}.",
                hint="Choose an empty place with the driver options, or none.",
            )
    return mark(agent, root, marker)


def remove_filling(session: Session, filling: Filling) -> bool:
    """Remove the volume of a transfer if there is one with the label of its job, and what was put
    into storage that its options name; False where there is none. Raises `EngineError`.
    """
    try:
        attrs = inspect_volume(session.connection, filling.volume)
    except VolumeNotFound:
        return False
    volume = parse_volume(attrs, tells_creation=tells_creation(session.info()))
    if volume.labels.get(JOB_LABEL) != filling.job:
        return False
    if not volume.plain:
        _empty_storage(session, volume, filling)
    with session.barred([volume.name]), suppress(VolumeNotFound):
        delete(session.connection, volume, lambda: False)
    session.size_cache().drop(volume)
    return True


def half_made(session: Session, volume: Volume) -> bool:
    """Whether a volume with the label of a job whose client is dead is not whole: it has the
    marker, or it was not even marked and holds nothing.

    One whose options name storage is not looked into unasked, and may be.
    """
    if not volume.plain:
        return True
    with session.open_helpers().working([volume]) as agent:
        return marked(agent) or not any(batch.names for batch in agent.entries("/"))


def _empty_storage(session: Session, volume: Volume, filling: Filling) -> None:
    """Remove what we put where the volume's options point: the engine leaves that alone. It was
    empty before it was marked, and the marker goes last.
    """
    with session.open_helpers().writing(volume) as agent:
        marker = read_marker(agent)
        if marker is None or marker.job != filling.job:
            return
        names = [name for batch in agent.entries("/") for name in batch.names if name != MARKER]
        for name in [*names, MARKER]:
            with agent.request("remove", f"/{name}") as answers:
                for _ in answers:
                    pass


def _cleaned(
    session: Session, filling: Filling, note: FillingNote, *, unsure: bool
) -> EngineError | None:
    """Remove what was half-made; why that did not succeed, and then the journal keeps it, as it
    does where a call was left without an answer that may make the volume yet.
    """
    try:
        found = remove_filling(session, filling)
    except EngineError as error:
        note.close(settled=False)
        return error
    note.close(settled=found or not unsure)
    return None


def _with_what_is_left(error: EngineError, filling: Filling, left: EngineError) -> EngineError:
    said = f"{error} What was made of {filling.volume} could not be removed: {left}"
    return EngineError(said, hint="voltui helpers --recover offers to remove it.")


def _marker(filling: Filling) -> Marker:
    return Marker(filling.job, filling.kind, filling.source, filling.at, filling.client)
