"""A new volume that is filled: noted before it is made, and gone again if that does not succeed.

Only what carries the label of this very job is ever removed.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Sequence
from contextlib import suppress
from datetime import UTC, datetime

from tui.engine.agent import AgentConnection
from tui.engine.answers import done
from tui.engine.cancel import refuse_cancelled, working_for
from tui.engine.creating import NewVolume, create, new_job, refuse_impossible
from tui.engine.deletion import LOST, delete
from tui.engine.errors import EngineError, VolumeInUse, VolumeNotFound
from tui.engine.helper import this_client
from tui.engine.identity import inspect_volume
from tui.engine.marker import MARKER, Marker, mark, marked, read_marker
from tui.engine.model import Volume
from tui.engine.protocol import FrameType, answer_object, integer, name, objects, text
from tui.engine.session import Session
from tui.engine.transfers.journal import STEM, Filling, FillingNote, first_named, what_stays
from tui.engine.transfers.progress import Operation, Progress, Report, Stage
from tui.engine.volumes import JOB_LABEL, parse_volume, tells_creation

Work = Callable[[Volume, FillingNote], Generator[Progress, None, Report]]
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
        report = yield from work(made, note)
    except BaseException as error:
        try:
            if isinstance(error, EngineError):
                yield Progress(Stage.CLEANING)
        finally:
            with working_for(None):
                left = _cleaned(session, note, unsure=isinstance(error, LOST))
        if left is not None and isinstance(error, EngineError):
            raise EngineError(f"{error} {left}", hint=left.hint) from error
        raise
    note.close(settled=True)
    yield Progress(Stage.DONE, report.sums, report=report)


def begin_filling(
    agent: AgentConnection,
    root: str,
    note: FillingNote,
    volume: str,
    names: Iterable[str] | None = None,
) -> int:
    """Mark a root folder, which has to be empty; nanoseconds of the engine's clock then.

    `names`: what is going to be in it, and may be removed again where the engine leaves it. A new
    volume holds something where its driver options name a place that does.
    """
    for batch in agent.entries(root):
        if batch.names:
            raise VolumeInUse(
                f"What {volume} is made of holds something already, such as {batch.names[0]}.",
                hint="Choose an empty place with the driver options, or none.",
            )
    if names is not None:
        note.puts(names)
    return mark(agent, root, _marker(note.filling))


def remove_filling(session: Session, filling: Filling) -> tuple[str, ...] | None:
    """Remove the volume of a transfer if there is one with the label of its job, and what was put
    into storage that its options name; None where there is none. Raises `EngineError`.

    Gives what else is in that storage by now, and stays.
    """
    try:
        attrs = inspect_volume(session.connection, filling.volume)
    except VolumeNotFound:
        return None
    volume = parse_volume(attrs, tells_creation=tells_creation(session.info()))
    if volume.labels.get(JOB_LABEL) != filling.job:
        return None
    stays = () if volume.plain else _empty_storage(session, volume, filling)
    with session.barred([volume.name]), suppress(VolumeNotFound):
        delete(session.connection, volume, lambda: False)
    session.size_cache().drop(volume)
    return stays


def half_made(session: Session, volume: Volume, *, asked: bool) -> bool:
    """Whether a volume with the label of a job whose client is dead is not whole: it has the
    marker, or it was not even marked and holds nothing.

    One whose options name storage is not looked into unless `asked` for, and may be.
    """
    if not (volume.plain or asked):
        return True
    with session.open_helpers().working([volume]) as agent:
        return marked(agent) or not any(batch.names for batch in agent.entries("/"))


def _empty_storage(session: Session, volume: Volume, filling: Filling) -> tuple[str, ...]:
    """Remove what we put where the volume's options point: the engine leaves that alone.

    It was empty before it was marked, but others may have put something there since, which stays
    and is told. The marker goes last, and only if all that is ours went.
    """
    with session.open_helpers().writing(volume) as agent:
        marker = read_marker(agent)
        found = [each for batch in agent.entries("/") for each in batch.names if each != MARKER]
        ours = marker is not None and marker.job == filling.job
        if ours and filling.names is None and found:
            raise _stay(
                volume, found, f"of which it is not known whether the {filling.kind} put it there"
            )
        names = set(filling.names or ()) if ours else set()
        stays = [each for each in found if each not in names]
        for each in found:
            if each in names:
                _remove(agent, f"/{each}")
        if stays and volume.driver != "local":  # A plugin may remove it with the volume.
            raise _stay(volume, stays, f"which the {filling.kind} did not put there")
        if ours:
            _remove(agent, f"/{MARKER}")
    return tuple(stays) if ours else ()


def _stay(volume: Volume, found: Sequence[str], why: str) -> EngineError:
    return EngineError(
        f"{volume.name} stays as it is: its storage holds {first_named(found)}, {why}.",
        hint="Look into it; once all of that is gone, voltui helpers --recover removes the rest.",
    )


def _remove(agent: AgentConnection, path: str) -> None:
    """Remove an entry with all below it; raises `EngineError` where something of it stays."""
    with agent.request("remove", path) as answers:
        for frame in answers:
            if frame.type is FrameType.PROGRESS or not done(frame):
                continue
            told = answer_object(frame.payload)
            if integer(told, "errors"):
                first = next(iter(objects(told, "failed") if "failed" in told else []), None)
                named = f"{name(first, 'path')}: {text(first, 'code')}" if first else path
                raise EngineError(f"Not all of {path} could be removed ({named}).")


def _cleaned(session: Session, note: FillingNote, *, unsure: bool) -> EngineError | None:
    """Remove what was half-made; what is left of it, and then the journal keeps it, as it does
    where a call was left without an answer that may make the volume yet.
    """
    filling = note.filling
    try:
        stays = remove_filling(session, filling)
    except EngineError as error:
        note.close(settled=False)
        return EngineError(
            f"What was made of {filling.volume} could not be removed: {error}",
            hint=error.hint or "voltui helpers --recover offers to remove it.",
        )
    note.close(settled=stays is not None or not unsure)
    if not stays:
        return None
    return EngineError(what_stays(filling, stays))


def _marker(filling: Filling) -> Marker:
    return Marker(filling.job, filling.kind, filling.source, filling.at, filling.client)
