"""Following a file as `tail -F` does: what is appended, and what else becomes of its name."""

from __future__ import annotations

import threading
from collections.abc import Callable, Generator
from contextlib import AbstractContextManager, closing
from dataclasses import dataclass
from enum import Enum

from tui.engine.agent import AgentConnection
from tui.engine.answers import done
from tui.engine.cancel import refuse_cancelled, waking
from tui.engine.errors import (
    EngineError,
    EngineFailed,
    EngineTimeout,
    EngineUnreachable,
    HelperFailed,
    ProtocolError,
)
from tui.engine.protocol import FrameType, answer_object, integer, text

AGAIN_AFTER = 1.0
"""Seconds between two tries to open a helper again."""

_PASSING = (HelperFailed, EngineUnreachable, EngineTimeout, EngineFailed)
"""What an engine that is started again may answer meanwhile."""


class FollowKind(Enum):
    """What became of the file."""

    FOLLOWING = "following"
    """It is followed from now on, or again."""
    DATA = "data"
    TRUNCATED = "truncated"
    """It is shorter than what was read; it is followed from its beginning."""
    REPLACED = "replaced"
    """Another file has its name; that one is followed from its beginning."""
    GONE = "gone"
    """No regular file has its name; the follower waits for one."""
    LOST = "lost"
    """The helper ended; another one is opened as soon as that can be done, and goes on there."""


@dataclass(frozen=True, slots=True)
class Followed:
    """One thing that happened to a file that is followed."""

    kind: FollowKind
    identity: str
    """Tells files of the same name apart, also across helpers."""
    offset: int
    """Where `data` begins, or the next data will."""
    size: int
    """Of the file at that moment, in bytes."""
    data: bytes = b""
    left_out: int = 0
    """Bytes right before `offset` that came too fast to be sent."""
    reason: str = ""
    """Why it is gone: the name of an errno, or words; why the helper was lost."""

    @property
    def next(self) -> int:
        """The first byte that was not told yet."""
        return self.offset + len(self.data)


def follow(
    agent: AgentConnection, path: str, offset: int, identity: str = ""
) -> Generator[Followed, None, None]:
    """Tell what happens to a file from `offset` on, without end.

    With the `identity` of a file that was followed before it goes on with that one, or says that it
    was replaced or is gone. Whoever takes parts slowly gets fewer and larger ones: nothing is sent
    before the part before was taken.
    """
    data = b""
    with agent.request("follow", path, endless=True, offset=offset, identity=identity) as answers:
        for frame in answers:
            if frame.type is FrameType.DATA:
                data = frame.payload
            elif frame.type is FrameType.PROGRESS:
                yield _followed(frame.payload, data)
                data = b""
                answers.more()
            elif done(frame):
                return


def keep_following(
    lease: Callable[[], AbstractContextManager[AgentConnection]],
    path: str,
    offset: int,
    identity: str = "",
) -> Generator[Followed, None, None]:
    """Follow a file beyond the end of a helper and of its engine, telling each loss once.

    Only what fails before anything was followed is raised, and what will not pass.
    """
    lost = False
    while True:
        try:
            with lease() as agent, closing(follow(agent, path, offset, identity)) as parts:
                for part in parts:
                    lost, offset, identity = False, part.next, part.identity
                    yield part
                return
        except _PASSING as error:
            if not identity:
                raise
            if not lost:
                lost = True
                yield _loss(identity, offset, error)
        _wait(AGAIN_AFTER)


def _loss(identity: str, offset: int, error: EngineError) -> Followed:
    return Followed(FollowKind.LOST, identity, offset, offset, reason=str(error))


def _wait(seconds: float) -> None:
    """Wait, but not for longer than somebody wants to know."""
    woken = threading.Event()
    with waking(woken.set):
        woken.wait(seconds)
    refuse_cancelled()


def _followed(payload: bytes, data: bytes) -> Followed:
    answer = answer_object(payload)
    try:
        kind = FollowKind(text(answer, "event"))
    except ValueError as error:
        raise ProtocolError("The helper told something unknown about a file.") from error
    if (kind is FollowKind.DATA) != bool(data) or kind is FollowKind.LOST:
        raise ProtocolError("The helper told something about a file that makes no sense.")
    return Followed(
        kind,
        text(answer, "identity"),
        integer(answer, "offset"),
        integer(answer, "size"),
        data,
        integer(answer, "left_out"),
        text(answer, "reason"),
    )
