"""Clones and what is told of them, for tests of the agent."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import Any

from tests.agent.asking import ask
from tui.engine.agent import AgentConnection

RIGHTS = "dac_override,fowner,chown,fsetid,mknod,setfcap"  # of a helper that writes

Pair = tuple[Path, Path]


def clone(agent: AgentConnection, **fields: Any) -> dict[str, Any]:
    return ask(agent, "clone", "/0", target=b"/1", **fields)


def lost(answer: dict[str, Any]) -> dict[str, int]:
    return {loss["kind"]: loss["count"] for loss in answer["losses"]}


def paths(sample: dict[str, Any]) -> set[bytes]:
    return {base64.b64decode(path) for path in sample["paths"]}


def with_rights(rights: str) -> tuple[str, ...]:
    listed = ",".join(f"+{right}" for right in rights.split(","))
    return ("setpriv", f"--inh-caps=-all,{listed}", f"--bounding-set=-all,{listed}")
