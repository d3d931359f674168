"""Watching: what changes in a folder, told by the agent as it happens."""

from __future__ import annotations

import time
from collections.abc import Generator, Sequence
from dataclasses import dataclass, fields
from typing import Any

from tui.engine.agent import AgentConnection
from tui.engine.answers import misplaced
from tui.engine.errors import ProtocolError
from tui.engine.model import EntryBatch
from tui.engine.protocol import FrameType, answer_object, name, parse_entries

_NO_ENTRIES = bytes(12)
"""The payload of an ENTRIES of none."""


@dataclass(frozen=True, slots=True)
class Watching:
    """From now on every change is seen."""

    polled: bool
    """The agent looks about once a second: nothing tells it what happens there."""


@dataclass(frozen=True, slots=True)
class FolderChanged:
    """What changed since the last of these."""

    entries: EntryBatch
    """Entries that are new or different, as they are now."""
    gone: tuple[str, ...]
    """Names of entries that are no longer there."""
    overflow: bool
    """More changed than is told: the folder has to be listed again."""
    polled: bool


def watch(
    agent: AgentConnection, path: str, since: float
) -> Generator[Watching | FolderChanged, None, None]:
    """Tell what changes in a folder until closed; the next is told when this one was taken.

    What changed since a moment on the monotonic clock, when the folder was listed, is told too.
    Raises `FileFailed` once the folder is gone from its path.
    """
    age = max(0, round((time.monotonic() - since) * 1000))
    with agent.request("watch", path, endless=True, age_ms=age) as answers:
        begun = False
        batches: list[EntryBatch] = []
        for frame in answers:
            if frame.type is FrameType.ENTRIES and begun:
                batches.append(parse_entries(frame.payload))
                continue
            if frame.type is not FrameType.PROGRESS:
                raise misplaced(frame)
            told = answer_object(frame.payload)
            polled = _flag(told, "polled")
            if begun:
                yield FolderChanged(
                    _joined(batches), _names(told, "gone"), _flag(told, "overflow"), polled
                )
                batches = []
            else:
                begun = True
                yield Watching(polled)
            answers.more()
        raise ProtocolError(f"The helper stopped watching {path} without a reason.")


def _joined(batches: Sequence[EntryBatch]) -> EntryBatch:
    first, *others = batches or [parse_entries(_NO_ENTRIES)]
    for batch in others:
        for field in fields(EntryBatch):
            getattr(first, field.name).extend(getattr(batch, field.name))
    return first


def _flag(answer: dict[str, Any], field: str) -> bool:
    value = answer.get(field)
    if not isinstance(value, bool):
        raise ProtocolError(f"The helper sent an answer without yes or no for {field}.")
    return value


def _names(answer: dict[str, Any], field: str) -> tuple[str, ...]:
    value = answer.get(field)
    if not isinstance(value, list):
        raise ProtocolError(f"The helper sent an answer without a list for {field}.")
    return tuple(name({field: each}, field) for each in value)
