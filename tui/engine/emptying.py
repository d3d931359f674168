"""Emptying a volume: its contents go; the volume, its labels and its root folder stay."""

from __future__ import annotations

import errno
import os
from collections.abc import Generator
from contextlib import closing
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

from tui.engine.agent import AgentConnection
from tui.engine.answers import done
from tui.engine.cancel import Cancel
from tui.engine.connection import Connection
from tui.engine.errors import FileFailed, ReadOnly, VolumeChanged, VolumeInUse, VolumeNotFound
from tui.engine.failures import local_errno
from tui.engine.helpers import OpenHelpers
from tui.engine.identity import RootIdentity, refuse_other_root, root_identity
from tui.engine.masking import masked_text
from tui.engine.model import Volume
from tui.engine.protocol import Frame, FrameType, answer_object, integer, name, objects, text
from tui.engine.writers import refuse_writers

MOST_TOLD = 100
"""Entries that stay and are named."""

_REASONS = {
    errno.EXDEV: "another file system is mounted there",
    errno.EBUSY: "something is mounted there, or uses it",
    errno.EPERM: "not permitted: it may be immutable or append-only",
    errno.EACCES: "permission denied by its storage",
    errno.EROFS: "its file system is read-only",
    errno.ENOTEMPTY: "it was filled again meanwhile",
}


class Failure(NamedTuple):
    """An entry that could not be removed."""

    path: str
    errno: int

    @property
    def reason(self) -> str:
        """Why, in a few words."""
        return _REASONS.get(self.errno) or os.strerror(self.errno)


@dataclass(frozen=True, slots=True)
class Emptied:
    """How far the emptying of a volume is; what is counted is gone."""

    files: int
    """Entries that are not folders."""
    directories: int
    size: int
    """Bytes that went with the last names of files, holes counted."""
    errors: int
    """Entries that could not be removed, each for a reason of its own."""
    failed: tuple[Failure, ...] = ()
    """The first 100 of them, told at the end."""
    complete: bool = False
    """It went through all of it; the last state is not complete only where it was cancelled."""
    remaining: int | None = None
    """Entries the root folder had when it was listed at the end; None before that."""
    names: tuple[str, ...] = ()
    """The first 100 of those."""


NOTHING = Emptied(0, 0, 0, 0)
"""What is gone before it begins."""

REFUSALS = (ReadOnly, VolumeChanged, VolumeInUse, VolumeNotFound)
"""Errors behind which nothing is gone. Behind all others more may be gone than was told: a helper
whose engine hangs goes on.
"""

_TO_DO = "Stop what writes, or empty it while that runs."

Emptying = Generator[Emptied, None, None]


def empty(
    connection: Connection,
    helpers: OpenHelpers,
    volume: Volume,
    *,
    root: RootIdentity | None,
    hot: bool,
    cancel: Cancel,
) -> Emptying:
    """Remove all that is in a volume: about five states a second, the last is complete, unless it
    was cancelled.

    Refused where it is not the volume that was listed, or its root folder not `root`; unless `hot`
    also while containers may write to it. What was removed is gone, however it ends.
    """
    if not hot:
        refuse_writers(connection, volume, helpers.containers(), _TO_DO)
    with helpers.writing(volume) as agent:
        refuse_other_root(volume, root_identity(agent.stat("/")), root)
        if not hot:
            refuse_writers(connection, volume, helpers.containers(), _TO_DO)
        if cancel.called:  # While the helper started: nothing is to go.
            yield NOTHING
            return
        with closing(remove_below(agent, "/", cancel)) as states:
            for state in states:
                yield _proven(agent, state) if state.complete else state


def remove_below(agent: AgentConnection, path: str, cancel: Cancel) -> Emptying:
    """Remove what is below a folder; sums as they grow, the last one with what stays.

    Cancelled, it ends with a sum that is not complete.
    """
    with (
        agent.request("remove", path, contents=True) as answers,
        cancel.waking(answers.cancel),
    ):
        try:
            for frame in answers:
                yield _emptied(frame)
        except FileFailed as error:
            if error.errno != errno.ECANCELED:
                raise


def _emptied(frame: Frame) -> Emptied:
    final = frame.type is not FrameType.PROGRESS and done(frame)
    answer = answer_object(frame.payload)
    return Emptied(
        integer(answer, "files"),
        integer(answer, "directories"),
        integer(answer, "size"),
        integer(answer, "errors"),
        tuple(map(_failure, objects(answer, "failed"))) if final else (),
        final,
    )


def _failure(answer: dict[str, Any]) -> Failure:
    number = local_errno(text(answer, "code"), integer(answer, "errno"))
    return Failure(name(answer, "path"), number)


def _proven(agent: AgentConnection, state: Emptied) -> Emptied:
    """The last state, with what a fresh listing of the root folder finds."""
    remaining = 0
    names: list[str] = []
    with closing(agent.entries("/")) as batches:
        for batch in batches:
            remaining += len(batch)
            names += batch.names[: MOST_TOLD - len(names)]
    return replace(state, remaining=remaining, names=tuple(names))


def storage(volume: Volume) -> str:
    """Whose contents these are, in a sentence; empty where they are the volume's alone."""
    device = masked_text(volume.options.get("device", ""))
    kind = volume.options.get("type", "")
    if volume.driver != "local":
        return f"These are the contents of what the driver {volume.driver} mounts."
    if kind == "tmpfs" or not device:
        return ""
    options = volume.options.get("o", "").split(",")
    if kind in {"", "none"} or {"bind", "rbind"} & set(options):
        return f"These are the contents of {device} on the engine's machine."
    return f"These are the contents of {device} ({kind})."
