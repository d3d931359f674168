"""Clone: a new volume with everything that is in another one, read again before it counts.

Source: operations `usage space mark clone sync compare settle` of the agent, which has both
volumes in one helper.
"""

from __future__ import annotations

from collections.abc import Collection, Generator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from tui.engine.agent import AgentConnection
from tui.engine.answers import done
from tui.engine.cancel import working_for
from tui.engine.creating import NewVolume
from tui.engine.errors import UsageError, VerificationFailed
from tui.engine.identity import inspect_volume
from tui.engine.marker import refuse_incomplete
from tui.engine.model import DiskUsage, Volume, VolumeSize
from tui.engine.protocol import FrameType, answer_object, flag, integer, name, names, objects, text
from tui.engine.session import Session
from tui.engine.sharing import same_data
from tui.engine.space import space
from tui.engine.transfers.filling import begin_filling, filled
from tui.engine.transfers.journal import FillingNote
from tui.engine.transfers.progress import (
    Loss,
    Operation,
    Progress,
    Report,
    Stage,
    Sums,
    joined_losses,
    parse_losses,
    parse_sums,
)
from tui.engine.transfers.space import refuse_without_room
from tui.engine.volumes import ANONYMOUS_LABEL, parse_volume, parse_volumes, tells_creation
from tui.engine.writers import refuse_writers

COMPOSE = "com.docker.compose."
"""What the labels begin with that compose puts on its volumes."""

_OURS = "voltui."
_SOURCE, _TARGET = "/0", "/1"
_LONGEST = 255
_MOST_NAMED = 10
_TO_DO = "Stop what writes, or clone it hot: what changes meanwhile is told."

_DIFFERS = {
    "missing": "missing",
    "extra": "not in the source",
    "type": "of another kind",
    "mode": "mode",
    "owner": "owner",
    "time": "time",
    "xattr": "extended attributes",
    "contents": "contents",
    "target": "target of the link",
    "device": "device number",
    "link": "hard links",
    "size": "size",
    "unreadable": "not readable",
}


def suggested_name(name: str, taken: Collection[str]) -> str:
    """`NAME-copy`, or `NAME-copy-2` and so on where that is taken."""
    number = 1
    while True:
        ending = "-copy" if number == 1 else f"-copy-{number}"
        room = _LONGEST - len(ending)
        suggested = name.encode(errors="replace")[:room].decode(errors="ignore") + ending
        if suggested not in taken:
            return suggested
        number += 1


def labels_of_clone(labels: Mapping[str, str], *, compose: bool) -> dict[str, str]:
    """Labels that a clone gets: not those of voltui, not that it is anonymous, and the labels of
    compose only if told, which would take two volumes for one.
    """
    return {
        key: value
        for key, value in labels.items()
        if key != ANONYMOUS_LABEL
        and not key.startswith(_OURS)
        and (compose or not key.startswith(COMPOSE))
    }


def clone(session: Session, source: Volume, new: NewVolume, *, hot: bool) -> Operation:
    """Make `new` with the contents of `source`. Refused, unless `hot`, while containers may write
    to the source, and where the new one would be the same data.

    Entries that changed while they were read are in the report; any other difference fails it.
    """
    session.refuse_read_only()
    yield Progress(Stage.PREPARING)
    _refuse_same(session, source, new)
    if not hot:
        refuse_writers(session.connection, source, session.open_helpers().containers(), _TO_DO)

    def work(made: Volume, note: FillingNote) -> Generator[Progress, None, Report]:
        return _Clone(session, source, made, note, hot=hot).work()

    yield from filled(session, new, "clone", source.name, work)


def _refuse_same(session: Session, source: Volume, new: NewVolume) -> None:
    if new.name == source.name:
        raise UsageError(f"{source.name} cannot be cloned to its own name.")
    listed = parse_volumes(session.connection.get_slow("/volumes"), [])
    for other in same_data(new.driver, new.options, listed):
        raise UsageError(
            f"{new.name} would be the same data as {other.name}: they name one device.",
            hint="Choose another device, or no driver options at all.",
        )


@dataclass(frozen=True, slots=True)
class _Copied:
    """What the agent tells of a copy."""

    sums: Sums
    losses: tuple[Loss, ...]
    changed: int
    changed_paths: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Compared:
    """What the agent tells of a comparison."""

    count: int
    changed: int
    """How many of them belong to entries of the source that changed since."""
    differences: tuple[tuple[str, str, bool], ...]
    """Path, kind, and whether it changed, of the first 1,000."""


class _Clone:
    """The work between the making of the new volume and its being whole."""

    def __init__(
        self, session: Session, source: Volume, made: Volume, note: FillingNote, *, hot: bool
    ) -> None:
        self._session = session
        self._source = source
        self._made = made
        self._note = note
        self._hot = hot

    def work(self) -> Generator[Progress, None, Report]:
        """Everything, in one helper that has both volumes."""
        helpers = self._session.open_helpers()
        volumes = [self._source, self._made]
        with helpers.working(volumes, writing=[self._made.name]) as agent:
            if not self._hot:
                connection = self._session.connection
                refuse_writers(connection, self._source, helpers.containers(), _TO_DO)
            refuse_incomplete(agent, _SOURCE, self._source.name)
            usage = yield from self._count(agent)
            refuse_without_room(
                usage, space(agent, _SOURCE), space(agent, _TARGET), self._made.name
            )
            begin_filling(agent, _TARGET, self._note, self._made.name, self._named(agent))
            total = Sums(
                usage.files + usage.directories, usage.files, usage.directories, usage.apparent
            )
            copied = yield from self._copy(agent, total)
            yield from self._sync(agent, copied.sums)
            compared = yield from self._compare(agent, copied.sums)
            yield Progress(Stage.FINISHING, copied.sums, copied.sums)
            losses = _settle(agent)
        copied = replace(copied, losses=joined_losses(copied.losses, losses))
        return self._report(usage, copied, compared)

    def _named(self, agent: AgentConnection) -> list[str] | None:
        """What is going to be in the root folder, where the engine does not remove it."""
        if self._made.plain:
            return None
        return [each for batch in agent.entries(_SOURCE) for each in batch.names]

    def _count(self, agent: AgentConnection) -> Generator[Progress, None, DiskUsage]:
        usage = DiskUsage(0, 0, 0, 0, 0)
        for usage in agent.usage(_SOURCE):
            sums = Sums(
                usage.files + usage.directories, usage.files, usage.directories, usage.apparent
            )
            yield Progress(Stage.PREPARING, sums)
        return usage

    def _copy(self, agent: AgentConnection, total: Sums) -> Generator[Progress, None, _Copied]:
        yield Progress(Stage.COPYING, Sums(), total)
        with agent.request("clone", _SOURCE, target=_TARGET.encode(), flags=False) as answers:
            for frame in answers:
                answer = answer_object(frame.payload)
                if frame.type is FrameType.PROGRESS:
                    written = answer.get("written")
                    yield Progress(
                        Stage.COPYING,
                        parse_sums(answer),
                        total,
                        written if isinstance(written, int) else None,
                    )
                elif done(frame):
                    copied = _copied(answer)
        return copied

    def _sync(self, agent: AgentConnection, sums: Sums) -> Generator[Progress, None, None]:
        yield Progress(Stage.SYNCING, sums, sums)
        with agent.request("sync", _TARGET) as answers:
            for frame in answers:
                if frame.type is FrameType.PROGRESS or not done(frame):
                    yield Progress(Stage.SYNCING, sums, sums)

    def _compare(self, agent: AgentConnection, total: Sums) -> Generator[Progress, None, _Compared]:
        yield Progress(Stage.VERIFYING, Sums(), total)
        target = _TARGET.encode()
        # 0: what changed since the copy began, by the clock of the agent.
        with agent.request("compare", _SOURCE, target=target, since_ns=0) as answers:
            for frame in answers:
                answer = answer_object(frame.payload)
                if frame.type is FrameType.PROGRESS:
                    yield Progress(Stage.VERIFYING, parse_sums(answer), total)
                elif done(frame):
                    compared = _compared(answer)
        self._refuse_differences(compared)
        return compared

    def _refuse_differences(self, compared: _Compared) -> None:
        """Raise `VerificationFailed` where something differs that did not change meanwhile."""
        wrong = compared.count - compared.changed
        if wrong <= 0:
            return
        named = [
            f"{path} ({_DIFFERS.get(kind, kind)})"
            for path, kind, changed in compared.differences
            if not changed
        ][:_MOST_NAMED]
        more = f" and {wrong - len(named):,} more" if wrong > len(named) else ""
        raise VerificationFailed(
            f"The copy of {self._source.name} is not the same, and was removed: "
            f"{', '.join(named)}{more}.",
            hint="The storage or the memory of the engine's machine may be failing: look into its "
            "log.",
        )

    def _report(self, usage: DiskUsage, copied: _Copied, compared: _Compared) -> Report:
        session = self._session
        attrs = inspect_volume(session.connection, self._made.name)
        volume = parse_volume(attrs, tells_creation=tells_creation(session.info()))
        session.completeness().note(volume, incomplete=False)
        paths = [*copied.changed_paths, *(p for p, _, changed in compared.differences if changed)]
        changed = dict.fromkeys(paths)
        if not (changed or usage.errors):
            size = VolumeSize(usage.apparent, datetime.now(UTC), usage.files)
            session.size_cache().put(volume, size)
            volume = replace(volume, size=size)
        return Report(
            copied.sums,
            copied.losses,
            max(len(changed), copied.changed, compared.changed),
            tuple(changed)[:20],
            volume=replace(volume, incomplete=False),
        )


def _settle(agent: AgentConnection) -> tuple[Loss, ...]:
    """The last step, which nobody cancels: in its middle the volume is whole."""
    with working_for(None), agent.request("settle", _TARGET, source=_SOURCE.encode()) as answers:
        for frame in answers:
            if frame.type is not FrameType.PROGRESS and done(frame):
                losses = parse_losses(answer_object(frame.payload))
    return losses


def _copied(answer: dict[str, Any]) -> _Copied:
    told = answer.get("changed")
    changed = told if isinstance(told, dict) else {}
    return _Copied(
        parse_sums(answer),
        parse_losses(answer),
        integer(changed, "count") if changed else 0,
        tuple(names(changed, "paths")),
    )


def _compared(answer: dict[str, Any]) -> _Compared:
    return _Compared(
        integer(answer, "count"),
        integer(answer, "changed_count"),
        tuple(
            (name(each, "path"), text(each, "kind"), flag(each, "changed"))
            for each in objects(answer, "differences")
        ),
    )
