"""One operation asked for, and its DONE or its ERROR."""

from __future__ import annotations

import errno
from typing import Any

import pytest

from tui.engine.agent import AgentConnection
from tui.engine.errors import FileFailed
from tui.engine.protocol import FrameType, answer_object


def ask(agent: AgentConnection, op: str, path: str = "/", **fields: Any) -> dict[str, Any]:
    """The DONE of an operation; what it tells before is left out."""
    with agent.request(op, path, **fields) as answers:
        *_, last = answers
    assert last.type is FrameType.DONE
    return answer_object(last.payload)


def refused(agent: AgentConnection, op: str, path: str = "/", **fields: Any) -> str:
    """The name of the errno of its ERROR."""
    with pytest.raises(FileFailed) as caught:
        ask(agent, op, path, **fields)
    return errno.errorcode[caught.value.errno or 0]
