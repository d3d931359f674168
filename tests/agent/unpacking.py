"""Archives fed to the agent, and what it says of them."""

from __future__ import annotations

import errno
from collections.abc import Iterable
from typing import Any

import pytest

from tui.engine.agent import AgentConnection
from tui.engine.errors import FileFailed
from tui.engine.protocol import FrameType, answer_object

PART = 256 * 1024


def unpack(
    agent: AgentConnection, data: bytes | Iterable[bytes], path: str = "/", **fields: Any
) -> dict[str, Any]:
    """The DONE of an unpack; devices are made unless said otherwise."""
    wanted = {"devices": True, "max_entries": 0, "max_size": 0, **fields}
    with agent.request("unpack", path, **wanted) as answers:
        for part in parts(data) if isinstance(data, bytes) else data:
            answers.feed(part)
        answers.end()
        *_, last = answers
    assert last.type is FrameType.DONE
    return answer_object(last.payload)


def parts(data: bytes, size: int = PART) -> Iterable[bytes]:
    """A stream as it is fed."""
    return (data[at : at + size] for at in range(0, len(data), size))


def refusal(agent: AgentConnection, data: bytes, path: str = "/", **fields: Any) -> str:
    """The sentence that refuses an archive."""
    with pytest.raises(FileFailed) as caught:
        unpack(agent, data, path, **fields)
    assert caught.value.errno == errno.EBADMSG, caught.value
    return str(caught.value)


def losses(answer: dict[str, Any]) -> dict[str, int]:
    """How often each kind was lost."""
    return {loss["kind"]: loss["count"] for loss in answer["losses"]}
