"""An import into a volume that exists: staged beside what is there, and moved in at the end.

What the agent is asked stands in `receiving`, `placing` and `staging`.
"""

from __future__ import annotations

from collections.abc import Generator
from enum import StrEnum

from tui.engine.agent import AgentConnection
from tui.engine.cancel import refuse_cancelled, working_for
from tui.engine.creating import new_job
from tui.engine.errors import EngineError
from tui.engine.identity import refuse_other_root, root_identity
from tui.engine.marker import refuse_incomplete
from tui.engine.model import Volume
from tui.engine.protocol import encode_name
from tui.engine.session import Session
from tui.engine.transfers.placing import InPlace, collisions, merge, not_removed, swap
from tui.engine.transfers.progress import Operation, Progress, Report, Stage, Sums
from tui.engine.transfers.questions import Asker
from tui.engine.transfers.receiving import Received, receive
from tui.engine.transfers.sources import Source, Stream
from tui.engine.transfers.staging import (
    clean,
    recover_before,
    refuse_other_imports,
    remove_staged,
    stage,
    told,
)
from tui.engine.transfers.stagingnote import StagingNote, in_part
from tui.engine.writers import refuse_writers

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


class _Import:
    def __init__(self, session: Session, volume: Volume, mode: Mode, *, hot: bool) -> None:
        self._session = session
        self._volume = volume
        self._mode = mode
        self._hot = hot and mode is Mode.MERGE
        self._job = new_job()
        self._note: StagingNote | None = None
        self._received: Received | None = None
        self._merging = ""

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
            placed = yield from self._put_in_place(agent, staged, source.label, received.sums, ask)
        self._note.close(settled=placed.settled)
        return self._report(received, placed, notes)

    def clean(self, error: BaseException) -> Report | None:
        """After an error: nothing staged is left, or an `EngineError` says what is. The report,
        where all was in place already.
        """
        if self._note is None:
            return None
        if self._merging and isinstance(error, EngineError):
            error = EngineError(
                f"{error} {in_part(self._volume.name, self._merging)}",
                hint="Import it again with --merge.",
            )
        try:
            with working_for(None):
                recovered = clean(self._session, self._volume)
                if self._received is not None and recovered.finished and recovered.left:
                    self._note.close(settled=False)
                    stays = not_removed(recovered.failed or recovered.left)
                    return self._report(self._received, InPlace(notes=(stays,), in_part=True), ())
                notes = told(self._volume.name, recovered)
        except EngineError as failure:
            self._note.close(settled=False)
            if not isinstance(error, EngineError):
                return None
            raise _with_what_is_left(error, self._volume.name, failure) from error
        self._note.close(settled=True)
        if self._merging:
            raise error
        if self._received is None or not recovered.finished:
            return None
        return self._report(self._received, InPlace(), notes)

    def _put_in_place(
        self, agent: AgentConnection, staged: str, source: str, sums: Sums, ask: Asker
    ) -> Generator[Progress, None, InPlace]:
        name, volume = encode_name(staged.lstrip("/")), self._volume.name
        overwrite = False
        if self._mode is Mode.MERGE:
            both = collisions(agent, volume, name)
            overwrite = bool(both.count) and ask.overwrite(both)
        self._refuse_writers()
        refuse_cancelled()
        yield Progress(Stage.REPLACING, sums, sums)
        # From here on it comes to its end: a cancel would only leave the volume between both.
        with working_for(None):
            if self._mode is Mode.REPLACE:
                return swap(agent, name, self._job)
            if self._note is not None:
                self._note.merging(source)
            self._merging = source
            placed = merge(agent, volume, name, overwrite=overwrite)
            remove_staged(agent, volume, self._job)
            return placed

    def _refuse_writers(self) -> None:
        """Raise `VolumeInUse` where containers may write to it and that matters."""
        if self._hot:
            return
        own = self._session.open_helpers().containers()
        hint = _MERGE_HINT if self._mode is Mode.MERGE else _STOP
        refuse_writers(self._session.connection, self._volume, own, hint)

    def _report(self, received: Received, placed: InPlace, notes: tuple[str, ...]) -> Report:
        self._session.size_cache().drop(self._volume)
        ending = received.ending
        return Report(
            placed.sums or received.sums,
            received.losses + placed.losses,
            ending.changed,
            ending.changed_paths,
            volume=self._volume,
            notes=notes + ending.notes + placed.notes,
            in_part=placed.in_part,
        )


def _with_what_is_left(error: EngineError, volume: str, left: EngineError) -> EngineError:
    return EngineError(
        f"{error} What was imported so far is still in {volume}, in a folder of voltui's own, "
        f"beside what was there: {left}",
        hint="voltui helpers --recover removes it, and so does the next import.",
    )
