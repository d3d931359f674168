"""A folder of this machine, packed by the same agent that packs volumes."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tui.engine.agent import AgentConnection
from tui.engine.answers import Answers, done
from tui.engine.cancel import refuse_cancelled
from tui.engine.errors import ArchiveBroken
from tui.engine.protocol import FrameType, answer_object, integer, names, text
from tui.engine.transfers.localagent import local_agent, refuse_no_local_agent
from tui.engine.transfers.progress import parse_losses
from tui.engine.transfers.sources import Ending, Source, Stream


class HostFolder(Source):
    """What this user may read of it; the rest is told."""

    def __init__(self, path: Path) -> None:
        """Raises `HelperFailed` where folders cannot be read."""
        refuse_no_local_agent()
        self.path = path
        self.label = str(path)
        self.kind = "folder"
        self.may_wrap = False
        self.size = None

    @contextmanager
    def open(self) -> Iterator[Stream]:
        """Read it from its begin."""
        with local_agent(self.path) as agent:
            size = _size(agent)
            with agent.request(
                "pack", "/", bulk=True, prefix="", comment="", image=False
            ) as packed:
                yield _PackStream(packed, size, self.label)


def _size(agent: AgentConnection) -> int:
    """Bytes of the files, about those of the archive."""
    for usage in agent.usage("/"):
        size = usage.apparent
    return size


class _PackStream(Stream):
    def __init__(self, packed: Answers, size: int, label: str) -> None:
        self._packed = packed
        self._label = label
        self._sum = hashlib.sha256()
        self._kept = b""
        self._ending = Ending()
        self.size = size
        self.taken = 0
        self.header = None

    def read(self, size: int, /) -> bytes:
        while not self._kept:
            refuse_cancelled()
            frame = next(self._packed, None)
            if frame is None:
                return b""
            if frame.type is FrameType.DATA:
                self._kept = frame.payload
                self._sum.update(frame.payload)
            elif frame.type is not FrameType.PROGRESS and done(frame):
                self._end(frame.payload)
        data, self._kept = self._kept[:size], self._kept[size:]
        self.taken += len(data)
        return data

    def finish(self) -> Ending:
        return self._ending

    def _end(self, payload: bytes) -> None:
        told = answer_object(payload)
        if text(told, "sha256") != self._sum.hexdigest():
            raise ArchiveBroken(f"What was read of {self._label} did not arrive as it was.")
        changed = told.get("changed")
        if isinstance(changed, dict):
            count, paths = integer(changed, "count"), tuple(names(changed, "paths"))
        else:
            count, paths = 0, ()
        self._ending = Ending(parse_losses(told), count, paths)
