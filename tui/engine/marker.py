"""The marker: the file in the root of a volume that is being filled, which says by whom.

As long as it is there, the volume is incomplete. It is removed in the last step of a transfer.
"""

from __future__ import annotations

import errno
import json
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

from tui.engine.agent import AgentConnection
from tui.engine.errors import FileFailed, VolumeIncomplete

MARKER = ".voltui-incomplete"
"""Its name, in the root folder."""

_LONGEST = 64 * 1024
"""Bytes of it that are read."""


@dataclass(frozen=True, slots=True)
class Marker:
    """What stands in it; everything empty where somebody else wrote it."""

    job: str = ""
    """Value of the label `voltui.job` of the volume that is being filled."""
    kind: str = ""
    """`clone` or `import`."""
    source: str = ""
    """Name of the volume or archive that it is filled from."""
    start: datetime | None = None
    client: str = ""
    """`host/pid` of the voltui that fills it."""

    def text(self) -> bytes:
        """What is written into the file."""
        told = {
            "about": "voltui fills this volume, or did not come to the end of it.",
            "job": self.job,
            "kind": self.kind,
            "source": self.source,
            "start": self.start.isoformat() if self.start else None,
            "client": self.client,
        }
        return json.dumps(told, indent=2).encode() + b"\n"


def parse_marker(text: bytes) -> Marker:
    """The marker as far as it is ours."""
    with suppress(ValueError, TypeError, RecursionError):
        told = json.loads(text)
        if isinstance(told, dict):
            words = [str(told.get(field, "")) for field in ("job", "kind", "source", "client")]
            start = told.get("start")
            begin = datetime.fromisoformat(start) if isinstance(start, str) else None
            return Marker(words[0], words[1], words[2], begin, words[3])
    return Marker()


def mark(agent: AgentConnection, root: str, marker: Marker) -> int:
    """Make the marker in a root folder; nanoseconds of the engine's clock at that moment."""
    with agent.request("mark", root, text=marker.text()) as answers:
        answers.only()
    return agent.stat(_path(root)).version.ctime_ns


def marked(agent: AgentConnection, root: str = "/") -> bool:
    """Whether a root folder has the marker."""
    try:
        agent.stat(_path(root))
    except FileFailed as error:
        if error.errno != errno.ENOENT:
            raise
        return False
    return True


def read_marker(agent: AgentConnection, root: str = "/") -> Marker | None:
    """The marker of a root folder; None where there is none."""
    if not marked(agent, root):
        return None
    try:
        return parse_marker(agent.read(_path(root), 0, _LONGEST).data)
    except FileFailed:  # Something else than a file has its name, or it went meanwhile.
        return Marker() if marked(agent, root) else None


def refuse_incomplete(agent: AgentConnection, root: str, volume: str) -> None:
    """Raise `VolumeIncomplete` where what is in a volume is not all of it."""
    if marked(agent, root):
        raise incomplete(volume)


def incomplete(volume: str) -> VolumeIncomplete:
    """The error that says so."""
    return VolumeIncomplete(
        f"{volume} is incomplete: it holds {MARKER}, as whoever filled it did not come to the end.",
        hint="voltui helpers --recover offers to remove what was left half-made.",
    )


def _path(root: str) -> str:
    return f"{root.rstrip('/')}/{MARKER}"
