"""An archive goes into an empty folder of a volume, and is read again there.

Source: operations `space unpack sync verify lift` of the agent.
"""

from __future__ import annotations

import errno
import stat
from collections.abc import Generator
from dataclasses import dataclass
from typing import Any

from tui.engine.agent import AgentConnection
from tui.engine.answers import done
from tui.engine.errors import ArchiveBroken, EngineError, FileFailed, NoRoom, VerificationFailed
from tui.engine.protocol import (
    FrameType,
    answer_object,
    encode_name,
    integer,
    name,
    names,
    objects,
    parse_entries,
    text,
)
from tui.engine.space import Space, space
from tui.engine.transfers.feeding import Feeder
from tui.engine.transfers.header import ArchiveHeader
from tui.engine.transfers.progress import Loss, Progress, Stage, Sums, parse_losses, parse_sums
from tui.engine.transfers.questions import Asker
from tui.engine.transfers.sources import Ending, Source, Stream

_MOST_NAMED = 10
_MOST_ENTRIES = 100_000_000
_DEEP_WRAPPERS = {"backup"}
"""docker-volume-backup puts the volumes below this folder, each in one of its own name."""


@dataclass(frozen=True, slots=True)
class Received:
    """What stands in the folder now."""

    sums: Sums
    losses: tuple[Loss, ...]
    ending: Ending
    header: ArchiveHeader | None


@dataclass(frozen=True, slots=True)
class _Unpacked:
    """What the agent tells of it."""

    sums: Sums
    losses: tuple[Loss, ...]
    digest: str
    top: tuple[str, ...]
    """The first 100 names in the folder."""


def receive(
    agent: AgentConnection,
    folder: str,
    source: Source,
    stream: Stream,
    *,
    devices: bool,
    ask: Asker,
) -> Generator[Progress, None, Received]:
    """Fill a folder that holds nothing, or the marker. `devices`: device nodes are made.

    Raises `ArchiveBroken` for what is hostile or broken, `NoRoom`, and `VerificationFailed`.
    """
    unpacked = yield from _unpack(agent, folder, source, stream, devices=devices)
    ending = stream.finish()
    wrapping = _wrapping(agent, folder, unpacked) if _asks(source, stream) else []
    if wrapping and not ask.unwrap("/".join(wrapping)):
        wrapping = []
    yield Progress(Stage.SYNCING, unpacked.sums, unpacked.sums)
    yield from _waited(agent, "sync", folder, Stage.SYNCING, unpacked.sums)
    yield from _verify(agent, folder, unpacked.sums, source.label)
    for wrapper in wrapping:
        with agent.request("lift", folder, folder=encode_name(wrapper)) as answers:
            for frame in answers:
                if frame.type is not FrameType.PROGRESS:
                    done(frame)
    return Received(unpacked.sums, unpacked.losses + ending.losses, ending, stream.header)


def _asks(source: Source, stream: Stream) -> bool:
    return source.may_wrap and stream.header is None


def _unpack(
    agent: AgentConnection, folder: str, source: Source, stream: Stream, *, devices: bool
) -> Generator[Progress, None, _Unpacked]:
    room = space(agent, folder)
    total = None if stream.size is None else Sums(size=stream.size)
    yield Progress(Stage.COPYING, Sums(), total)
    with agent.request(
        "unpack",
        folder,
        devices=devices,
        max_entries=_most_entries(room),
        max_size=max(1, room.available),
    ) as answers:
        feeder = Feeder(answers, stream)
        try:
            for frame in answers:
                told = answer_object(frame.payload)
                if frame.type is FrameType.PROGRESS:
                    sums = parse_sums(told)
                    # How far it is, is known only by the bytes of the file.
                    taken = Sums(sums.entries, sums.files, sums.directories, stream.taken)
                    yield Progress(Stage.COPYING, taken, total, written=sums.size)
                elif done(frame):
                    unpacked = _unpacked(told)
        except FileFailed as error:
            feeder.stop()
            raise feeder.error or _refusal(error, source.label) from error
        finally:
            feeder.stop()
    if feeder.error is not None:
        raise feeder.error
    if feeder.digest != unpacked.digest:
        raise VerificationFailed(f"What was read of {source.label} did not arrive as it was.")
    return unpacked


def _most_entries(room: Space) -> int:
    """As many as a helper can keep where the file system makes inodes as it needs them."""
    return min(max(1, room.inodes_free), _MOST_ENTRIES) if room.inodes else _MOST_ENTRIES


def _refusal(error: FileFailed, label: str) -> EngineError:
    if error.errno == errno.EBADMSG:
        return ArchiveBroken(f"{label} is refused. {error}", hint="Nothing of it was kept.")
    if error.errno in {errno.ENOSPC, errno.EDQUOT}:
        return NoRoom(f"There is no room for all that is in {label}. {error}")
    return error


def _unpacked(told: dict[str, Any]) -> _Unpacked:
    return _Unpacked(
        parse_sums(told), parse_losses(told), text(told, "sha256"), tuple(names(told, "top"))
    )


def _wrapping(agent: AgentConnection, folder: str, unpacked: _Unpacked) -> list[str]:
    """The folders around everything, the outermost first; none where there is more than one entry.

    vackup puts the contents into `vackup-volume`, docker-volume-backup into `backup/NAME`.
    """
    if len(unpacked.top) != 1 or not _is_folder(agent, _below(folder, unpacked.top[0])):
        return []
    wrapping = [unpacked.top[0]]
    if wrapping[0] in _DEEP_WRAPPERS:
        outer = _below(folder, wrapping[0])
        inner = _first_two(agent, outer)
        if len(inner) == 1 and _is_folder(agent, _below(outer, inner[0])):
            wrapping.append(inner[0])
    return wrapping


def _is_folder(agent: AgentConnection, path: str) -> bool:
    return stat.S_ISDIR(agent.stat(path).entry.mode)


def _first_two(agent: AgentConnection, path: str) -> list[str]:
    found: list[str] = []
    with agent.request("list", path) as answers:
        for frame in answers:
            if frame.type is FrameType.ENTRIES:
                found += parse_entries(frame.payload).names
            if len(found) > 1:
                break
    return found


def _verify(
    agent: AgentConnection, folder: str, total: Sums, label: str
) -> Generator[Progress, None, None]:
    """Read all of it again; raises `VerificationFailed` where it is not what was unpacked."""
    yield Progress(Stage.VERIFYING, Sums(), total)
    with agent.request("verify", folder) as answers:
        for frame in answers:
            told = answer_object(frame.payload)
            if frame.type is FrameType.PROGRESS:
                yield Progress(Stage.VERIFYING, parse_sums(told), total)
            elif done(frame) and (count := integer(told, "count")):
                raise _differs(count, told, label)


def _differs(count: int, told: dict[str, Any], label: str) -> VerificationFailed:
    named = [
        f"{name(each, 'path')} ({text(each, 'kind')})"
        for each in objects(told, "differences")[:_MOST_NAMED]
    ]
    more = f" and {count - len(named):,} more" if count > len(named) else ""
    return VerificationFailed(
        f"What was written is not what is in {label}: {', '.join(named)}{more}.",
        hint="The storage or the memory of the engine's machine may be failing: look into its log.",
    )


def _waited(
    agent: AgentConnection, op: str, folder: str, stage: Stage, sums: Sums
) -> Generator[Progress, None, None]:
    with agent.request(op, folder) as answers:
        for frame in answers:
            if frame.type is FrameType.PROGRESS or not done(frame):
                yield Progress(stage, sums, sums)


def _below(folder: str, name: str) -> str:
    return f"{folder.rstrip('/')}/{name}"
