"""An import into a volume that exists: staged beside what is there, and moved in at the end.

Source: operations `swap collisions merge` of the agent.
"""

from __future__ import annotations

from collections.abc import Generator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from tui.engine.agent import AgentConnection
from tui.engine.answers import Answers, done
from tui.engine.cancel import refuse_cancelled, working_for
from tui.engine.creating import new_job
from tui.engine.errors import EngineError
from tui.engine.identity import refuse_other_root, root_identity
from tui.engine.marker import refuse_incomplete
from tui.engine.model import Volume
from tui.engine.protocol import FrameType, answer_object, encode_name, integer, name, names, objects
from tui.engine.session import Session
from tui.engine.transfers.progress import (
    Loss,
    Operation,
    Progress,
    Report,
    Stage,
    Sums,
    parse_losses,
)
from tui.engine.transfers.questions import Asker, Collisions
from tui.engine.transfers.receiving import Received, receive
from tui.engine.transfers.sources import Source, Stream
from tui.engine.transfers.staging import clean, recover_before, refuse_other_imports, stage, told
from tui.engine.transfers.stagingnote import StagingNote
from tui.engine.writers import refuse_writers

_MOST_TOLD = 100
_MOST_NAMED = 10
_STOP = "Stop what writes: what is being replaced has to stand still."
_MERGE_HINT = "Stop what writes, or merge it hot."


class Mode(StrEnum):
    """What an import does with its target."""

    NEW = "new"
    REPLACE = "replace"
    MERGE = "merge"


def import_into(
    session: Session,
    source: Source,
    stream: Stream,
    volume: Volume,
    mode: Mode,
    *,
    hot: bool,
    devices: bool,
    ask: Asker,
) -> Operation:
    """Replace what is in a volume, or add to it. However it fails, nothing staged is left, or the
    error says so and the journal has it.
    """
    work = _Import(session, volume, mode, hot=hot)
    try:
        report = yield from work.run(source, stream, devices=devices, ask=ask)
    except BaseException as error:
        if isinstance(error, EngineError) and work.staged:
            yield Progress(Stage.CLEANING)
        finished = work.clean(error)
        if finished is None:
            raise
        report = finished
    yield Progress(Stage.DONE, report.sums, report=report)


@dataclass(frozen=True, slots=True)
class _InPlace:
    """What the agent tells of the last step."""

    losses: tuple[Loss, ...] = ()
    notes: tuple[str, ...] = ()


class _Import:
    def __init__(self, session: Session, volume: Volume, mode: Mode, *, hot: bool) -> None:
        self._session = session
        self._volume = volume
        self._mode = mode
        self._hot = hot and mode is Mode.MERGE
        self._job = new_job()
        self._note: StagingNote | None = None
        self._received: Received | None = None

    @property
    def staged(self) -> bool:
        """Whether something of ours may be in the volume."""
        return self._note is not None

    def run(
        self, source: Source, stream: Stream, *, devices: bool, ask: Asker
    ) -> Generator[Progress, None, Report]:
        """All of it, in one helper."""
        self._refuse_writers()
        session, volume = self._session, self._volume
        with session.open_helpers().writing(volume) as agent:
            refuse_other_root(volume, root_identity(agent.stat("/")), None)
            refuse_other_imports(session, volume)
            notes = recover_before(session, volume, agent)
            refuse_incomplete(agent, "/", volume.name)
            self._refuse_writers()
            self._note = StagingNote(session, volume.name, self._job)
            staged = stage(agent, self._job)
            received = yield from receive(agent, staged, source, stream, devices=devices, ask=ask)
            self._received = received
            placed = yield from self._put_in_place(agent, staged, received.sums, ask)
        self._note.close(settled=True)
        return self._report(received, placed, notes)

    def clean(self, error: BaseException) -> Report | None:
        """After an error: nothing staged is left, or an `EngineError` says what is. The report,
        where all was in place already.
        """
        if self._note is None:
            return None
        try:
            with working_for(None):
                recovered = clean(self._session, self._volume)
                notes = told(self._volume.name, recovered)
        except EngineError as failure:
            self._note.close(settled=False)
            if not isinstance(error, EngineError):
                return None
            raise _with_what_is_left(error, self._volume.name, failure) from error
        self._note.close(settled=True)
        if self._received is None or not recovered.finished:
            return None
        return self._report(self._received, _InPlace(), notes)

    def _put_in_place(
        self, agent: AgentConnection, staged: str, sums: Sums, ask: Asker
    ) -> Generator[Progress, None, _InPlace]:
        name = encode_name(staged.lstrip("/"))
        overwrite = False
        if self._mode is Mode.MERGE:
            collisions = _collisions(agent, name)
            overwrite = bool(collisions.count) and ask.overwrite(collisions)
        self._refuse_writers()
        refuse_cancelled()
        yield Progress(Stage.REPLACING, sums, sums)
        # From here on it comes to its end: a cancel would only leave the volume between both.
        with working_for(None):
            if self._mode is Mode.MERGE:
                return _merge(agent, name, overwrite=overwrite)
            return _swap(agent, name, self._job)

    def _refuse_writers(self) -> None:
        """Raise `VolumeInUse` where containers may write to it and that matters."""
        if self._hot:
            return
        own = self._session.open_helpers().containers()
        hint = _MERGE_HINT if self._mode is Mode.MERGE else _STOP
        refuse_writers(self._session.connection, self._volume, own, hint)

    def _report(self, received: Received, placed: _InPlace, notes: tuple[str, ...]) -> Report:
        self._session.size_cache().drop(self._volume)
        ending = received.ending
        return Report(
            received.sums,
            received.losses + placed.losses,
            ending.changed,
            ending.changed_paths,
            volume=self._volume,
            notes=notes + ending.notes + placed.notes,
        )


def _collisions(agent: AgentConnection, staging: bytes) -> Collisions:
    with agent.request("collisions", "/", staging=staging, limit=_MOST_TOLD) as answers:
        told = _last(answers)
    return Collisions(integer(told, "count"), tuple(names(told, "paths")))


def _merge(agent: AgentConnection, staging: bytes, *, overwrite: bool) -> _InPlace:
    with agent.request("merge", "/", staging=staging, overwrite=overwrite) as answers:
        told = _last(answers)
    kept = told.get("kept")
    if isinstance(kept, int) and kept:
        entries = "1 entry" if kept == 1 else f"{kept:,} entries"
        return _InPlace(parse_losses(told), (f"{entries} of the volume stayed as they were.",))
    return _InPlace(parse_losses(told))


def _swap(agent: AgentConnection, staging: bytes, job: str) -> _InPlace:
    with agent.request("swap", "/", staging=staging, job=job) as answers:
        told = _last(answers)
    notes = []
    kept = told.get("kept")
    if isinstance(kept, dict) and integer(kept, "count"):
        notes.append(
            f"Appeared in the volume meanwhile, and is still there: {_listed(names(kept, 'paths'))}"
        )
    if failed := [name(each, "path") for each in objects(told, "failed")]:
        notes.append(f"What was replaced could not all be removed: {_listed(failed)}")
    return _InPlace(parse_losses(told), tuple(notes))


def _listed(paths: Sequence[str]) -> str:
    return ", ".join(paths[:_MOST_NAMED]) + (" …" if len(paths) > _MOST_NAMED else ".")


def _last(answers: Answers) -> dict[str, Any]:
    """The DONE; what comes before tells nothing that is shown."""
    for frame in answers:
        if frame.type is not FrameType.PROGRESS and done(frame):
            told = answer_object(frame.payload)
    return told


def _with_what_is_left(error: EngineError, volume: str, left: EngineError) -> EngineError:
    return EngineError(
        f"{error} What was imported so far is still in {volume}, in a folder of voltui's own, "
        f"beside what was there: {left}",
        hint="voltui helpers --recover removes it, and so does the next import.",
    )
